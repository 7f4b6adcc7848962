"""Sample size of a value: its denominator, or the fewest rows of any class that it needs."""

from __future__ import annotations

from functools import cache
from typing import Protocol

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.metrics.context import Context, Summary
from evalcli.metrics.evaluate import call, class_index
from evalcli.metrics.metric import Metric, Request, Totals, both_truths
from evalcli.metrics.results import MonotoneProportion, Proportion
from evalcli.statistics import OneVsRest
from evalcli.statistics.base import Floats


class Units(Protocol):
    """Independent units: rows, or groups of rows."""

    @property
    def all(self) -> float:
        """Their number."""
        ...

    def of_class(self, totals: Totals, cls: int) -> float:
        """Their number in the denominator for one class; the smallest of several denominators."""
        ...

    def pooled(self, totals: Totals) -> float:
        """The same for the counts of all classes together."""
        ...

    def of_classes(self, totals: Totals) -> Floats:
        """The same for each class, (k,)."""
        ...


class Rows(Struct, frozen=True, eq=False):
    """Rows; weighted rows by Kish's effective sample size."""

    summary: Summary

    @property
    def all(self) -> float:
        """Rows that were scored."""
        size = self.summary.size
        return float(size.effective if self.summary.context.weighted else size.rows)

    def of_class(self, totals: Totals, cls: int) -> float:
        """Rows in the denominator."""
        return self.summary.shared(totals, lambda: self.of_classes(totals).tolist())[cls]

    def pooled(self, totals: Totals) -> float:
        """Rows, or (row, label) pairs."""
        counts, squares = (
            counts.without(self.summary.context.excluded_indices).pooled for counts in self._counts
        )
        return float(_effective(totals, counts, squares)[0])

    def of_classes(self, totals: Totals) -> Floats:
        """Rows of each class, (k,)."""
        return _effective(totals, *self._counts)

    @property
    def _counts(self) -> tuple[OneVsRest, OneVsRest]:
        return self.summary.counts.classes, self.summary.squared_counts.classes


def _effective(totals: Totals, counts: OneVsRest, squares: OneVsRest) -> Floats:
    parts = totals(counts)
    if squares is not counts:  # of rows without weights they are the same
        parts = tuple(kish(total, square) for total, square in zip(parts, totals(squares), strict=True))
    return np.asarray(parts[0] if len(parts) == 1 else np.min(parts, axis=0), np.float64)


def kish(total: npt.ArrayLike, squares: npt.ArrayLike) -> Floats:
    """Kish's effective sample size from the sum of weights and of their squares; 0 without weights.

    >>> kish([4.0, 4.0, 0.0], [4.0, 10.0, 0.0]).tolist()
    [4.0, 1.6, 0.0]
    """
    total, squares = np.asarray(total, np.float64), np.asarray(squares, np.float64)
    share = np.divide(squares, total, out=np.full(total.shape, np.inf), where=squares > 0)
    return np.asarray(total / share)


def rows_behind(request: Request, context: Context, units: Units) -> float:
    """Sample size of a value, in rows or groups.

    Metrics of counts: the denominator, e.g. the rows of the class for recall, the rows predicted as it for
    precision. Unweighted means over classes, and curves: the smallest of the classes that count. All rows
    otherwise, also for means weighted by support.
    """
    metric, index = request.metric, class_index(request, context)
    if metric.parts:
        return min(rows_behind(part, context, units) for part in metric.parts)
    if not context.classes or request.of_rows or request.by_support:
        return units.all
    if metric.form == "whole":
        return (
            _fewest(units.of_classes(lambda c: (c.tp + c.fn,)), context, units)
            if metric.every_class
            else units.all
        )
    totals = totals_of(metric, request.parameter) if metric.form == "counts" else both_truths
    if request.pools:
        return min(units.pooled(totals) or units.all, units.all)
    if index is not None:  # an average precision without negatives has positives only
        return units.of_class(totals, index) or units.all
    return _fewest(units.of_classes(totals), context, units)


def _fewest(numbers: Floats, context: Context, units: Units) -> float:
    """The smallest above 0 of the classes that count in averages."""
    return float(numbers[(numbers > 0) & context.averaged].min(initial=units.all))


@cache
def totals_of(metric: Metric, parameter: float | None) -> Totals:
    """Denominators of a metric of counts; the same function for all classes, which share their result."""

    def totals(counts: OneVsRest) -> tuple[Floats, ...]:
        result = call(Request(metric, parameter=parameter), counts)
        share = result.share if isinstance(result, MonotoneProportion) else result
        if isinstance(share, Proportion):
            return (np.asarray(share.total),)
        return (counts.tp + counts.fp + counts.fn + counts.tn,)

    return metric.totals or totals
