"""A metric, its value and the summed states → its confidence interval, or the reason why there is none."""

from __future__ import annotations

from collections.abc import Sequence

from evalcli.blocks.base import overflow_to_infinity
from evalcli.intervals.method import ROW_DRAWS, Study, enough_rows, kind_of
from evalcli.intervals.methods import choose, choose_each, redraws_rows
from evalcli.metrics import MetricValue, Request, Summary
from evalcli.metrics.sources import NoInterval
from evalcli.report.score import Interval
from evalcli.statistics import RowSample, SharedDraws

OUTSIDE = NoInterval("the value is outside the range that the metric declares")


def study_of(
    summary: Summary,
    requests: Sequence[Request],
    confidence: float,
    sampled: RowSample,
    draws: int = ROW_DRAWS,
    tables: SharedDraws | None = None,
) -> Study:
    """The study of a run, or of a slice; ``requests``: all that intervals may be requested for."""
    methods = choose_each(requests, summary.context)
    redrawn = tuple(request for request in requests if redraws_rows(methods[kind_of(request)]))
    return Study(summary, confidence, sampled, redrawn, draws, methods, tables)


@overflow_to_infinity
def interval_of(study: Study, request: Request, result: MetricValue) -> Interval | NoInterval:
    """The interval of a value, or the reason why it has none."""
    if result.value is None:
        return NoInterval("there is no value")
    method = study.methods.get(kind_of(request)) or choose(request, study.context)
    if isinstance(method, NoInterval):
        return method
    if not request.metric.range[0] <= result.value <= request.metric.range[1]:
        return OUTSIDE
    too_few = None if method.for_few_rows else enough_rows(study)
    ends = too_few or method.ends(study, request, result, result.value)
    if isinstance(ends, NoInterval):
        return ends
    limits, value = request.metric.range, result.value
    low, high = min(ends[0], value), max(ends[1], value)
    return Interval(min(max(low, limits[0]), value), max(min(high, limits[1]), value), method.name)
