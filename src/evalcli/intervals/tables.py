"""Intervals of metrics of counts, from resamples of the confusion matrix."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from evalcli.intervals.methods import DRAWS, FEWER_DRAWS, MOST_CELLS, UNDEFINED, undefined_in
from evalcli.intervals.scales import Ends, quantiles, wilson_effective
from evalcli.metrics import Context, Request, values_of
from evalcli.statistics import Confusion, ResampledCounts, Size, resample_table
from evalcli.tasks import BINARY

ALONE = Context(BINARY, ("other", "this"), 1)
"""One label against the rest."""


@dataclass(frozen=True, eq=False)
class TableIntervals:
    """Intervals of metrics of counts; tables are resampled once for all of them."""

    context: Context
    confidence: float

    @cached_property
    def _tables(self) -> ResampledCounts:
        rng, draws = np.random.default_rng(self.context.seed), DRAWS if self.context.k == 2 else FEWER_DRAWS
        return resample_table(self.context.states[Confusion()].table, rng, draws, MOST_CELLS)

    def of(self, request: Request, value: float) -> Ends | str:
        """Both ends, or the reason why there are none."""
        context = self.context
        if context.task.several_labels:  # of one label: a table of two classes
            counts = context.states[context.counts].classes.only(context.index_of_class[str(request.cls)])
            table = np.array([[counts.tn[0], counts.fp[0]], [counts.fn[0], counts.tp[0]]])
            tables = resample_table(table, np.random.default_rng(context.seed), DRAWS, MOST_CELLS)
            context, request = ALONE, replace(request, cls=None)
        else:
            tables = self._tables
        rows = self.context.states[Size()].rows
        return of_table(request, tables, context, value, rows, self.confidence)


def of_table(
    request: Request, tables: ResampledCounts, context: Context, value: float, rows: float, confidence: float
) -> Ends | str:
    """Ends of a metric of counts from resampled tables: quantiles for two classes, otherwise the variance."""
    drawn = values_of(request, tables, context)
    known = drawn[np.isfinite(drawn)]
    if len(known) < (1 - UNDEFINED) * len(drawn):
        return undefined_in(len(drawn) - len(known), len(drawn))
    if context.k == 2:
        low, high = quantiles(known, confidence)
        return min(low, value), max(high, value)
    mean, variance = float(known.mean()), float(known.var(ddof=1))
    ends = wilson_effective(value, mean, variance, request.metric.range, rows, confidence)
    return ends or "every resample has the same value"
