"""Where on its curve a report's predictions are."""

from __future__ import annotations

import math
from collections.abc import Mapping

from evalcli.report.provenance import Provenance
from evalcli.report.report import Report
from evalcli.tasks import TASKS

USUAL = {"raw": 0.0}
"""Scores above which a row is predicted where no threshold is given; of probabilities, and of what is turned
into these, 0.5."""


def threshold_of(task: str, source: Provenance, cls: str) -> float | None:
    """The threshold of a class or label; None where classes were predicted otherwise, as by the argmax.

    Without a given one it is the number just above the usual one: rows at that are not predicted.
    """
    given = source.threshold.get(cls) if isinstance(source.threshold, Mapping) else source.threshold
    if isinstance(given, (int, float)):
        return float(given)
    if source.predicted is not None or source.scores_as is None:
        return None
    by_threshold = TASKS[task].has_positive or not TASKS[task].exclusive
    return math.nextafter(USUAL.get(source.scores_as, 0.5), math.inf) if by_threshold else None


def operating_point(report: Report) -> tuple[float, float] | None:
    """True and false positives of binary predictions, at the threshold if they come from scores."""
    table, positive = report.confusion, report.input.positive
    if table is None or positive is None or not TASKS[report.task].has_positive:
        return None
    at = report.classes.index(positive)
    return table[at][at], table[1 - at][at]


__all__ = ["operating_point", "threshold_of"]
