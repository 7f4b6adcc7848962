"""Options that take one of some words: what help, completion, checks and errors know of them."""

from __future__ import annotations

from evalcli import tasks

TASKS = ("auto", *tasks.TASKS)
AVERAGES = tasks.AVERAGES
PERCENTAGES = "percentages"
SCALES = ("auto", "probabilities", PERCENTAGES, "logits", "log-probabilities", "raw")
POLICIES = ("error", "drop")
"""What becomes of rows that lack something."""
ZERO_DIVISIONS = ("0", "1", "skip")
