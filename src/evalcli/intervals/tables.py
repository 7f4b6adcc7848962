"""Intervals of metrics of counts: the table of counts, drawn again and again."""

from __future__ import annotations

import numpy as np

from evalcli.intervals.methods import UNDEFINED, undefined_in
from evalcli.intervals.scales import Ends, by_effective_rows, quantiles
from evalcli.metrics import Request, Study, values_of
from evalcli.statistics import RedrawnCounts

ALONE = Study("binary", ("other", "own"), 1)
"""One label against everything else."""


def of_table(
    request: Request, tables: RedrawnCounts, study: Study, value: float, rows: float, confidence: float
) -> Ends | str:
    """Ends of a metric of counts from draws of its table; quantiles of two classes, else by how it varies."""
    drawn = values_of(request, tables, study)
    known = drawn[np.isfinite(drawn)]
    if len(known) < (1 - UNDEFINED) * len(drawn):
        return undefined_in(len(drawn) - len(known), len(drawn))
    if study.k == 2:
        low, high = quantiles(known, confidence)
        return min(low, value), max(high, value)
    mean, variance = float(known.mean()), float(known.var(ddof=1))
    return (
        by_effective_rows(value, mean, variance, request.metric.range, rows, confidence) or "it does not vary"
    )
