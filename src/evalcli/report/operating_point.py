"""Where on its curve a report's predictions are."""

from __future__ import annotations

from collections.abc import Mapping

from evalcli.report.report import Report
from evalcli.tasks import TASKS

USUAL = 0.5
"""The threshold of probabilities."""


def threshold_of(report: Report, cls: str) -> float | None:
    """The threshold of a class or label; None where classes were predicted otherwise, as by the argmax."""
    source = report.input
    given = source.threshold.get(cls) if isinstance(source.threshold, Mapping) else source.threshold
    if isinstance(given, (int, float)):
        return float(given)
    task = TASKS[report.task]
    chosen = source.predicted is None and source.scores_as not in (None, "raw")
    return USUAL if chosen and (task.has_positive or not task.exclusive) else None


def operating_point(report: Report) -> tuple[float, float] | None:
    """True and false positives of binary predictions, at the threshold if they come from scores."""
    table, positive = report.confusion, report.input.positive
    if table is None or positive is None or not TASKS[report.task].has_positive:
        return None
    at = report.classes.index(positive)
    return table[at][at], table[1 - at][at]


__all__ = ["operating_point", "threshold_of"]
