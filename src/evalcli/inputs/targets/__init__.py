"""What is scored, a module per kind of task, and how rows of it become a block."""
