"""Intervals of metrics of counts: the table of counts, drawn again and again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from evalcli.intervals.methods import DRAWS, FEWER_DRAWS, MOST_CELLS, UNDEFINED, undefined_in
from evalcli.intervals.scales import Ends, by_effective_rows, quantiles
from evalcli.metrics import Request, Study, values_of
from evalcli.statistics import Confusion, RedrawnCounts, Size, redrawn

ALONE = Study("binary", ("other", "own"), 1)
"""One label against everything else."""


@dataclass(frozen=True, eq=False)
class TableIntervals:
    """Intervals of metrics of counts, whose tables are drawn once for all of them."""

    study: Study
    confidence: float

    @cached_property
    def _tables(self) -> RedrawnCounts:
        rng, draws = np.random.default_rng(self.study.seed), DRAWS if self.study.k == 2 else FEWER_DRAWS
        return redrawn(self.study.states[Confusion()].table, rng, draws, MOST_CELLS)

    def of(self, request: Request, value: float) -> Ends | str:
        """Both ends, or why there are none."""
        study = self.study
        if study.task == "multilabel":  # of one label: a table of two classes
            one = study.states[study.counts].classes.only(study.classes.index(str(request.cls)))
            table = np.array([[one.tn[0], one.fp[0]], [one.fn[0], one.tp[0]]])
            tables = redrawn(table, np.random.default_rng(study.seed), DRAWS, MOST_CELLS)
            study, request = ALONE, replace(request, cls=None)
        else:
            tables = self._tables
        rows = self.study.states[Size()].rows
        return of_table(request, tables, study, value, rows, self.confidence)


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
