"""Options that take one of some words: what help, completion, checks and errors know of them."""

from __future__ import annotations

from evalcli.tasks import TASKS as KINDS

TASKS = ("auto", *KINDS)
SCALES = ("auto", "probabilities", "percentages", "logits", "log-probabilities", "raw")
POLICIES = ("error", "drop")
"""What becomes of rows that lack something."""
AVERAGES = ("macro", "micro", "weighted", "samples")
ZERO_DIVISIONS = ("0", "1", "skip")
