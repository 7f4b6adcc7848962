"""Values of options with a fixed set of values, used by help, completion, checks and errors."""

from __future__ import annotations

from evalcli import tasks

TASKS = ("auto", *tasks.TASKS)
AVERAGES = tasks.AVERAGES
PERCENTAGES = "percentages"
SCALES = ("auto", "probabilities", PERCENTAGES, "logits", "log-probabilities", "raw")
POLICIES = ("error", "drop")
"""Policies for rows that lack something."""
COMPATS = ("sklearn", "torchmetrics")
"""Libraries whose values can be given beside others."""
ZERO_DIVISIONS = ("0", "1", "skip")
RANKINGS = ("auto", "exact", "certified")
CURVES = ("none", "default", "all")
"""What a report has for pictures."""
