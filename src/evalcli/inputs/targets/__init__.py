"""Targets: what is scored, one module per kind of task, and how its rows become a block."""
