"""From summed states to values: of one class, of averages, of all rows."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import starmap
from pathlib import Path

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks.base import overflow_to_infinity
from evalcli.errors import EvalcliError, UsageError
from evalcli.metrics.context import Context, Summary
from evalcli.metrics.metric import Metric, Request
from evalcli.metrics.registry import METRICS
from evalcli.metrics.results import (
    NO_BOUND,
    AtThreshold,
    Mean,
    MonotoneArea,
    MonotoneProportion,
    Proportion,
    Result,
    Undefined,
    numbers_of,
    ratio,
)
from evalcli.metrics.sources import Area
from evalcli.statistics import (
    AnyStatistic,
    ConfusionCounts,
    LabelPatternCounts,
    LabelRankMoments,
    LabelRanks,
    LabelTotals,
    Moments,
    OneVsRest,
    Ranking,
    ResampledCounts,
    RowConfusion,
    RowValues,
    ScoreRanking,
)
from evalcli.statistics.base import Floats
from evalcli.text import escape

ROUNDING = 1e-9
Flags = npt.NDArray[np.bool_]
Counted = ConfusionCounts | LabelTotals | ResampledCounts
"""Counts of the rows, or of many resamples."""
OVERFLOW = "overflow"
INCOMPLETE = "it needs all labels of a row, and some are missing"


class MetricValue(Struct, frozen=True):
    """A value or the reason why it is undefined, and what its interval is computed from.

    ``share``: a share of rows, or ``area``: under a curve; the value itself or the argument of ``curve``.
    ``mean``: over the rows. ``threshold``: the score at which the value is reached, for metrics that choose
    one.
    """

    value: float | None
    reason: str | None = None
    share: Proportion | None = None
    area: float | None = None
    curve: Callable[[float], float] | None = None
    mean: Mean | None = None
    excluded_classes: tuple[str, ...] = ()
    threshold: float | None = None


def statistic(request: Request, context: Context) -> AnyStatistic:
    """The statistic that a request is computed from."""
    if request.of_rows:
        excluded = context.excluded_indices
        return RowConfusion(excluded) if request.metric.form == "counts" else LabelRanks(excluded)
    return request.metric.needs(context, request)


@overflow_to_infinity
def compute(request: Request, summary: Summary) -> MetricValue:
    """Compute one request from the finished states of a pass."""
    metric, context = request.metric, summary.context
    lacking = metric.missing_from(context)
    if lacking is not None:
        return MetricValue(None, lacking)
    if context.weighted and not metric.weights:
        return MetricValue(None, "it is not defined for weighted rows")
    if context.ranking.certified and _reads_points(request, context):
        return MetricValue(None, NO_BOUND)
    if metric.parts:
        return _within(metric.range, _combined(request, summary))
    if context.gaps and isinstance(statistic(request, context), RowConfusion | LabelRanks | RowValues):
        return MetricValue(None, INCOMPLETE)
    return _within(metric.range, _evaluated(request, summary))


def _reads_points(request: Request, context: Context) -> bool:
    """Whether a metric needs points of a curve, or areas in a formula, which counts in bins do not bound."""
    if request.metric.parts:
        return any(isinstance(statistic(part, context), ScoreRanking) for part in request.simple)
    of_curve = request.parameter is not None or request.metric.form == "whole"
    return of_curve and isinstance(statistic(request, context), ScoreRanking)


def _evaluated(request: Request, summary: Summary) -> MetricValue:
    context = summary.context
    if request.metric.form == "whole":
        state = summary.finished[statistic(request, context)]
        return _to_value(call(request, state, summary), request.metric.undefined)
    if request.metric.form == "counts":
        if request.of_rows:
            return _by_row(request, summary[RowConfusion(context.excluded_indices)], context)
        return _counts(request, summary)
    if request.of_rows:
        return _areas_by_row(request, summary[LabelRanks(context.excluded_indices)], context)
    return _areas(request, summary[context.ranking], summary)


def _combined(request: Request, summary: Summary) -> MetricValue:
    """The formula of the values of its parts."""
    results = [compute(part, summary) for part in request.metric.parts]
    excluded = tuple(dict.fromkeys(name for result in results for name in result.excluded_classes))
    for part, result in zip(request.metric.parts, results, strict=True):
        if result.value is None:
            return MetricValue(None, f"{part.key}: {result.reason}", excluded_classes=excluded)
    value = float(numbers(request, *(np.float64(result.value) for result in results)))
    if math.isnan(value):
        return MetricValue(None, request.metric.undefined.reason, excluded_classes=excluded)
    return MetricValue(value, excluded_classes=excluded)


def _within(ends: tuple[float, float], result: MetricValue) -> MetricValue:
    """Clip a value that is outside the range by the rounding of sums of weights; leave any other as it is."""
    if result.value is None or ends[0] <= result.value <= ends[1]:
        return result
    nearest = min(max(result.value, ends[0]), ends[1])
    return replace(result, value=nearest) if abs(result.value - nearest) <= ROUNDING else result


def call(request: Request, *arguments: object) -> Result | Undefined:
    """Result of the formula, of the type that was declared."""
    extra = () if request.parameter is None else (request.parameter,)
    try:
        result = request.metric.function(*arguments, *extra)
    except Exception as error:
        if METRICS.origin_of(request.metric) is None:
            raise
        raise failed(request.metric.name, error) from error
    if not isinstance(result, Undefined) and not fits(result, request.metric.gives):
        raise _not_as_declared(request.metric, result)
    return result


def fits(result: object, gives: type[object]) -> bool:
    """Whether a result is of a declared type; one number is fine for an array of no dimension."""
    if gives in (float, np.ndarray):
        numeric = np.asarray(result).dtype.kind in "iuf"
        return numeric and not hasattr(result, "mask")  # of masked arrays; asking ``numpy.ma`` imports it
    return isinstance(result, gives)


def failed(name: str, error: Exception) -> EvalcliError:
    """The error for one that the formula of a metric of one's own raises; its own errors as they are."""
    if isinstance(error, EvalcliError):
        return error
    trace, line = error.__traceback__, ""
    while trace is not None:
        line = f", {Path(trace.tb_frame.f_code.co_filename).name} line {trace.tb_lineno}"
        trace = trace.tb_next
    return UsageError(
        f"metric {name!r} raises an error",
        found=f"{type(error).__name__}: {error}{line}",
        hint="correct its function, or leave it out of the metrics",
        code="plugin",
    )


def _not_as_declared(metric: Metric, result: object) -> UsageError:
    return UsageError(
        f"metric {metric.name!r} is declared to give {metric.gives.__name__}",
        found=f"its formula gave {type(result).__name__}",
        hint=f"declare what it gives, or return {metric.gives.__name__} or Undefined",
    )


def _to_value(result: Result | Undefined, undefined: Undefined) -> MetricValue:
    if isinstance(result, Undefined):
        return MetricValue(None, result.reason)
    value = float(numbers_of(result))
    if np.isinf(value) or (np.isnan(value) and undefined.without_rows):
        return MetricValue(None, OVERFLOW)
    if np.isnan(value):
        return MetricValue(None, undefined.reason)
    if isinstance(result, AtThreshold):
        return MetricValue(value, threshold=result.threshold)
    if isinstance(result, MonotoneArea):
        return MetricValue(value, area=result.area, curve=result.curve)
    share = result if isinstance(result, Proportion) else None
    return MetricValue(value, share=share, mean=result if isinstance(result, Mean) else None)


def numbers(request: Request, *arguments: object) -> Floats:
    """Values of the formula, NaN where it is undefined."""
    result = call(request, *arguments)
    return np.asarray(np.nan) if isinstance(result, Undefined) else numbers_of(result)


@overflow_to_infinity
def values_of(request: Request, state: Counted, context: Context) -> Floats:
    """A metric of counts over the last axis of a state's arrays; NaN where it is undefined."""
    if request.metric.parts:
        return numbers(request, *(values_of(part, state, context) for part in request.metric.parts))
    if request.metric.form == "whole":
        return numbers(request, state, Summary(context))
    index = class_index(request, context)
    if index is not None:
        return numbers(request, state.classes.only(index))[..., 0]
    if request.pools:
        return numbers(request, state.classes.without(context.excluded_indices).pooled)[..., 0]
    values, weights = _averaged(request, state, context)
    return ratio((values * weights).sum(axis=-1), weights.sum(axis=-1))


def _averaged(request: Request, state: Counted, context: Context) -> tuple[Floats, Floats]:
    """The classes' values and their weights in the average."""
    values, counted = _class_values(request, state, context)
    return values, np.where(counted, state.support if request.by_support else 1.0, 0.0)


def _class_values(request: Request, state: Counted, context: Context) -> tuple[Floats, Flags]:
    """The classes' values, and which of them are averaged: those that occur and are not excluded."""
    values = numbers(request, state.classes)
    return _fill_undefined(values, state.present & context.averaged, context)


def _counts(request: Request, summary: Summary) -> MetricValue:
    state, context = summary.counts, summary.context
    index = class_index(request, context)
    if index is not None:
        return _single(request, summary, index)
    if request.pools:
        value = float(values_of(request, state, context))
        known = not np.isnan(value)
        reason = None if known else _reason(request, "any class")
        return MetricValue(value if known else None, reason, excluded_classes=context.excluded)
    values, counted = _class_values(request, state, context)
    weights = summary.support if request.by_support else np.ones(context.k)
    return _mean(values, weights, counted, context, _reason(request, "any class"))


def _by_row(request: Request, state: LabelPatternCounts, context: Context) -> MetricValue:
    """Mean over the rows; a row without labels is treated like an absent class in an average."""
    values = numbers(request, state.rows)
    values, counted = _fill_undefined(values, np.ones(len(values), np.bool_), context)
    mean = Mean(Moments.of(values[counted], state.counts[counted]))
    if not mean.moments.n:
        return MetricValue(None, "it is undefined for every row")
    return MetricValue(mean.value, mean=mean, excluded_classes=context.excluded)


def _fill_undefined(values: Floats, counted: Flags, context: Context) -> tuple[Floats, Flags]:
    """Undefined values replaced as --zero-division requires, and which values count."""
    if context.zero_division == "skip":
        counted = counted & ~np.isnan(values)
    return np.where(np.isnan(values), float(context.zero_division == "1"), values), counted


class _OfClasses(Struct, frozen=True, eq=False):
    """A metric of counts, of every class: its values, its shares if it gives any, and their curve."""

    values: list[float]
    shares: list[Proportion] | None = None
    curve: Callable[[float], float] | None = None

    @classmethod
    def of(cls, request: Request, counts: OneVsRest) -> _OfClasses:
        """One call of the formula for all classes."""
        result = call(request, counts)
        if isinstance(result, Undefined):
            return cls([np.nan] * counts.tp.shape[-1])
        values = numbers_of(result).tolist()
        share = result.share if isinstance(result, MonotoneProportion) else result
        if not isinstance(share, Proportion):
            return cls(values)
        pairs = zip(np.asarray(share.hits).tolist(), np.asarray(share.total).tolist(), strict=True)
        curve = result.curve if isinstance(result, MonotoneProportion) else None
        return cls(values, list(starmap(Proportion, pairs)), curve)


def _single(request: Request, summary: Summary, index: int) -> MetricValue:
    key = (request.metric, request.parameter)
    results = summary.shared(key, lambda: _OfClasses.of(request, summary.counts.classes))
    value = results.values[index]
    if math.isnan(value):
        return MetricValue(None, _reason(request, summary.context.classes[index]))
    if math.isinf(value):
        return MetricValue(None, OVERFLOW)
    return MetricValue(
        value, share=None if results.shares is None else results.shares[index], curve=results.curve
    )


def area_of(metric: Metric) -> Area:
    """The area under a curve that a metric of rankings is."""
    if not isinstance(metric.source, Area):
        raise TypeError(f"{metric.name} is not an area under a curve")
    return metric.source


def _areas(request: Request, ranking: Ranking, summary: Summary) -> MetricValue:
    context = summary.context
    index = class_index(request, context)
    if request.one_vs_one:
        return _one_vs_one(request, ranking, summary)
    if request.pools and context.excluded:
        return MetricValue(None, "it pools all classes, so none can be excluded")
    if request.pools:
        reason = Undefined(_reason(request, "any class"))
        return _to_value(area_of(request.metric).pooled(ranking.pooled), reason)
    if index is not None:
        return _area_of_class(request, ranking, summary, index)
    values = numbers(request, ranking)
    weights = summary.support if request.by_support else np.ones(context.k)
    return _mean(
        values, weights, ~np.isnan(values) & context.averaged, context, "it is undefined for every class"
    )


def _area_of_class(request: Request, ranking: Ranking, summary: Summary, index: int) -> MetricValue:
    columns, classes = ranking.state.columns, summary.context.classes
    values = summary.shared(
        (request.metric, request.parameter),
        lambda: dict(zip(columns, numbers(request, ranking).tolist(), strict=True)),
    )
    if index not in values:
        return MetricValue(None, f"only {escape(classes[columns[0]])} is ranked in binary data")
    if math.isfinite(values[index]):
        return MetricValue(values[index])
    return _to_value(values[index], Undefined(_reason(request, classes[index])))


def _one_vs_one(request: Request, ranking: Ranking, summary: Summary) -> MetricValue:
    """Mean over the pairs of classes that both occur in the labels."""
    context, support = summary.context, summary.support
    shares = ranking.pairwise_auc
    averaged = context.averaged & (support > 0)
    excluded_classes = tuple(np.array(context.classes, object)[~averaged])
    left, right = np.triu_indices(context.k, 1)
    known = ~np.isnan(shares[left, right]) & averaged[left] & averaged[right]
    if not known.any():
        return MetricValue(
            None, "fewer than two classes occur in the labels", excluded_classes=excluded_classes
        )
    weights = support[left] + support[right] if request.by_support else np.ones(len(left))
    return MetricValue(
        float(np.average(shares[left, right][known], weights=weights[known])),
        excluded_classes=excluded_classes,
    )


def _areas_by_row(request: Request, state: LabelRankMoments, context: Context) -> MetricValue:
    mean = Mean(area_of(request.metric).by_row(state))
    if not mean.moments.n:
        return MetricValue(None, "no row has both true and false labels")
    return MetricValue(mean.value, mean=mean, excluded_classes=context.excluded)


def _mean(values: Floats, weights: Floats, counted: Flags, context: Context, reason: str) -> MetricValue:
    total = float(np.sum(weights[counted]))
    excluded_classes = tuple(name for name, used in zip(context.classes, counted, strict=True) if not used)
    if not total:
        weightless = counted.any()  # an average weighted by support, without any support
        return MetricValue(
            None,
            "no row of the labels has any class" if weightless else reason,
            excluded_classes=excluded_classes,
        )
    mean = float(np.dot(values[counted], weights[counted])) / total
    if np.isinf(mean):
        return MetricValue(None, OVERFLOW, excluded_classes=excluded_classes)
    return MetricValue(mean, excluded_classes=excluded_classes)


def class_index(request: Request, context: Context) -> int | None:
    """Index of the class of a request; None for an average or for all rows."""
    if request.cls is not None:
        return context.index_of_class[request.cls]
    return context.positive if request.average is None else None


def _reason(request: Request, name: str) -> str:
    return request.metric.undefined.reason.format(name=escape(name) if name == "any class" else repr(name))
