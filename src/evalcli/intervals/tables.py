"""Intervals of metrics of counts, from resamples of the confusion matrix."""

from __future__ import annotations

import math

import numpy as np
from msgspec.structs import replace

from evalcli.intervals.method import (
    ALL_ALIKE,
    DRAWS,
    FEWER_DRAWS,
    MOST_CELLS,
    UNDEFINED,
    Study,
    is_single,
    scale_of,
    undefined_in,
)
from evalcli.intervals.scales import Ends, delta_interval, quantiles, wilson_effective
from evalcli.metrics import Context, MetricValue, Request, values_of
from evalcli.metrics.sources import NoInterval
from evalcli.statistics import Confusion, ResampledCounts, resample_table
from evalcli.tasks import BINARY

ALONE = Context(BINARY, ("other", "this"), 1)
"""One label against the rest."""


class TableBootstrap:
    """Resamples of the confusion matrix; drawn once for all metrics."""

    name = "table-bootstrap"
    words = (
        "multinomial resamples of the confusion matrix, with pseudo-counts of ½ for a hit and "
        "½ for a miss of each class (Jeffreys). Two classes: percentiles of 2,000 draws; more: Wilson's "
        "interval at the effective sample size that has the variance of 500 draws"
    )
    coverage = ""
    redraws_rows = False
    for_few_rows = False

    def applies(self, request: Request, context: Context) -> bool:
        """For what follows from one table: metrics of classes, and of one label."""
        one_table = not context.task.several_labels or is_single(request, context)
        return request.metric.from_counts and not request.of_rows and one_table and context.independent

    def ends(self, study: Study, request: Request, result: MetricValue, value: float) -> Ends | NoInterval:
        """Both ends."""
        context, rows = study.context, study.summary.size.rows
        if not context.task.several_labels:
            return of_table(request, study.shared(_tables), context, value, rows, study.confidence)
        counts = study.summary.counts.classes.only(context.index_of_class[str(request.cls)])
        table = np.array([[counts.tn[0], counts.fp[0]], [counts.fn[0], counts.tp[0]]])
        tables = resample_table(table, np.random.default_rng(context.seed), DRAWS, MOST_CELLS)
        return of_table(replace(request, cls=None), tables, ALONE, value, rows, study.confidence)


def _tables(study: Study) -> ResampledCounts:
    if study.tables is not None and study.tables.fits(study.context.k):
        return study.tables.of_table(study.summary[Confusion()].table)
    rng, draws = np.random.default_rng(study.context.seed), DRAWS if study.context.k == 2 else FEWER_DRAWS
    return resample_table(study.summary[Confusion()].table, rng, draws, MOST_CELLS)


def of_table(
    request: Request, tables: ResampledCounts, context: Context, value: float, rows: float, confidence: float
) -> Ends | NoInterval:
    """Ends of a metric of counts from resampled tables: quantiles for two classes, otherwise the variance."""
    drawn = values_of(request, tables, context)
    is_known = np.isfinite(drawn)
    known = drawn if is_known.all() else drawn[is_known]
    if len(known) < (1 - UNDEFINED) * len(drawn):
        return undefined_in(len(drawn) - len(known), len(drawn))
    if context.k == 2:
        low, high = quantiles(known, confidence)
        return min(low, value), max(high, value)
    mean = float(known.mean())
    off = known - mean
    variance, limits = float(np.dot(off, off)) / (len(known) - 1), request.metric.range
    ends = (
        wilson_effective(value, mean, variance, limits, rows, confidence)
        if all(map(math.isfinite, limits))
        else delta_interval(value, math.sqrt(variance), scale_of(request), rows - 1, confidence)
    )
    return ends or ALL_ALIKE
