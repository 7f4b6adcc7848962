"""From summed states to values: of one class, of averages, of all rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evalcli.blocks.base import overflow_to_infinity
from evalcli.metrics.registry import Context, Floats, Request
from evalcli.metrics.results import AtThreshold, Mean, MonotoneProportion, Proportion, Undefined, ratio
from evalcli.statistics import (
    AnyStatistic,
    LabelPatternCounts,
    LabelRankMoments,
    LabelRanks,
    Moments,
    OneVsRest,
    Ranking,
    RowConfusion,
)
from evalcli.text import escape

ROUNDING = 1e-9
EMPTY = "there are no rows"
"""Reason of metrics that are undefined without rows only: a NaN of theirs is an overflow."""


INCOMPLETE = "it needs all labels of a row, and some are missing"


@dataclass(frozen=True)
class MetricValue:
    """A value or the reason why it is undefined, and what its interval is computed from.

    ``share``: a share of rows, the value itself or the argument of ``curve``. ``mean``: over the rows.
    ``threshold``: the score at which the value is reached, for metrics that choose one.
    """

    value: float | None
    reason: str | None = None
    share: Proportion | None = None
    curve: Callable[[float], float] | None = None
    mean: Mean | None = None
    excluded_classes: tuple[str, ...] = ()
    threshold: float | None = None


def statistic(request: Request, context: Context) -> AnyStatistic:
    """The statistic that a request is computed from."""
    if request.average == "samples":
        excluded = context.excluded_indices
        return RowConfusion(excluded) if request.metric.form == "counts" else LabelRanks(excluded)
    return request.metric.needs(context, request)


def method_of(request: Request, context: Context) -> str:
    """Method of its interval: a key of ``evalcli.intervals.methods.METHODS``; or ``none: `` and why."""
    metric, single = request.metric, class_index(request, context) is not None
    method = metric.interval
    if method.startswith("none"):
        return method
    if request.average == "samples":
        method = "normal"
    elif metric.form == "areas" and (request.parameter is not None or str(request.average).startswith("ovo")):
        method = "row-bootstrap"
    elif metric.form == "counts" and not single:
        method = "row-bootstrap" if context.task.several_labels else "table-bootstrap"
    if context.gaps and (method == "normal" or (metric.form == "areas" and not single)):
        method = "row-bootstrap"
    if not context.weighted and context.groups is None:
        return method
    if method in ("delong", "infinitesimal-jackknife") and not context.gaps:
        return method if context.groups is None else f"{method}-by-group"
    if method == "bin-bounds":
        return method if context.groups is None else "none: the bins of rows in groups have no interval"
    return "row-bootstrap" if context.groups is None else "group-bootstrap"


@overflow_to_infinity
def compute(request: Request, context: Context) -> MetricValue:
    """Compute one request from the states of a finished pass."""
    metric = request.metric
    lacking = context.missing_requirement(metric)
    if lacking is not None:
        return MetricValue(None, lacking)
    if context.weighted and not metric.weights:
        return MetricValue(None, "it is not defined for weighted rows")
    if context.gaps and isinstance(statistic(request, context), RowConfusion | LabelRanks):
        return MetricValue(None, INCOMPLETE)
    state = context.states[statistic(request, context)]
    return _within(metric.range, _evaluated(request, state, context))


def _evaluated(request: Request, state: Any, context: Context) -> MetricValue:
    form, samples = request.metric.form, request.average == "samples"
    if form == "whole":
        return _to_value(call(request, state, context), request.metric.undefined)
    if form == "counts":
        return _by_row(request, state, context) if samples else _counts(request, state, context)
    return _areas_by_row(request, state, context) if samples else _areas(request, state, context)


def _within(ends: tuple[float, float], result: MetricValue) -> MetricValue:
    """Clip a value that is outside the range by the rounding of sums of weights; leave any other as it is."""
    if result.value is None or ends[0] <= result.value <= ends[1]:
        return result
    nearest = min(max(result.value, ends[0]), ends[1])
    return replace(result, value=nearest) if abs(result.value - nearest) <= ROUNDING else result


def call(request: Request, *arguments: Any) -> Any:
    """Result of the formula."""
    extra = () if request.parameter is None else (request.parameter,)
    return request.metric.function(*arguments, *extra)


def _to_value(result: Any, undefined: str) -> MetricValue:
    if isinstance(result, Undefined):
        return MetricValue(None, result.reason)
    if isinstance(result, AtThreshold):
        return MetricValue(result.value, threshold=result.threshold)
    mean = result if isinstance(result, Mean) else None
    value = float(_values(result))
    if np.isinf(value) or (np.isnan(value) and undefined == EMPTY):
        return MetricValue(None, "overflow")
    if np.isnan(value):
        return MetricValue(None, undefined)
    return MetricValue(value, share=result if isinstance(result, Proportion) else None, mean=mean)


def _values(result: Any) -> Floats:
    return np.asarray(getattr(result, "value", result), np.float64)


@overflow_to_infinity
def values_of(request: Request, state: Any, context: Context) -> Floats:
    """A metric of counts over the last axis of a state's arrays; NaN where it is undefined."""
    if request.metric.form == "whole":
        return _values(call(request, state, context))
    index = class_index(request, context)
    if index is not None:
        return _values(call(request, state.classes.only(index)))[..., 0]
    if request.average == "micro":
        return _values(call(request, state.classes.without(context.excluded_indices).pooled))[..., 0]
    values, weights = _averaged(request, state, context)
    return ratio((values * weights).sum(axis=-1), weights.sum(axis=-1))


def _averaged(request: Request, state: Any, context: Context) -> tuple[Floats, Floats]:
    """The classes' values and their weights in the average."""
    values, counted = _class_values(request, state, context)
    return values, np.where(counted, state.support if request.average == "weighted" else 1.0, 0.0)


def _class_values(request: Request, state: Any, context: Context) -> tuple[Floats, Any]:
    """The classes' values, and which of them are averaged: those that occur and are not excluded."""
    values = _values(call(request, state.classes))
    return _fill_undefined(values, state.present & context.averaged, context)


def _counts(request: Request, state: Any, context: Context) -> MetricValue:
    index = class_index(request, context)
    if index is not None:
        return _single(request, state.classes.only(index), context.classes[index])
    if request.average == "micro":
        value = float(values_of(request, state, context))
        known = not np.isnan(value)
        reason = None if known else _reason(request, "any class")
        return MetricValue(value if known else None, reason, excluded_classes=context.excluded)
    values, counted = _class_values(request, state, context)
    weights = state.support if request.average == "weighted" else np.ones(context.k)
    return _mean(values, weights, counted, context, _reason(request, "any class"))


def _by_row(request: Request, state: LabelPatternCounts, context: Context) -> MetricValue:
    """Mean over the rows; a row without labels is treated like an absent class in an average."""
    values = _values(call(request, state.rows))
    values, counted = _fill_undefined(values, np.ones(len(values), np.bool_), context)
    mean = Mean(Moments.of(values[counted], state.counts[counted]))
    if not mean.moments.n:
        return MetricValue(None, "it is undefined for every row")
    return MetricValue(mean.value, mean=mean, excluded_classes=context.excluded)


def _fill_undefined(values: Floats, counted: Any, context: Context) -> tuple[Floats, Any]:
    """Undefined values replaced as --zero-division requires, and which values count."""
    if context.zero_division == "skip":
        counted = counted & ~np.isnan(values)
    return np.where(np.isnan(values), float(context.zero_division == "1"), values), counted


def _single(request: Request, counts: OneVsRest, name: str) -> MetricValue:
    result = call(request, counts)
    value = float(_values(result)[0])
    if np.isnan(value):
        return MetricValue(None, _reason(request, name))
    share = result.share if isinstance(result, MonotoneProportion) else result
    if not isinstance(share, Proportion):
        return MetricValue(value)
    share = Proportion(share.hits[0].item(), share.total[0].item())
    return MetricValue(value, share=share, curve=getattr(result, "curve", None))


def _areas(request: Request, ranking: Ranking, context: Context) -> MetricValue:
    columns = ranking.state.columns
    index = class_index(request, context)
    average = str(request.average)
    if average.startswith("ovo"):
        return _one_vs_one(ranking, average, context)
    if average in ("micro", "ovr_micro") and context.excluded:
        return MetricValue(None, "it pools all classes, so none can be excluded")
    if average in ("micro", "ovr_micro"):
        return _to_value(getattr(ranking.pooled, request.metric.name), _reason(request, "any class"))
    values = call(request, ranking)
    if index is not None:
        if index not in columns:
            return MetricValue(None, f"only {escape(context.classes[columns[0]])} is ranked in binary data")
        return _to_value(values[columns.index(index)], _reason(request, context.classes[index]))
    weights = context.support if average.endswith("weighted") else np.ones(context.k)
    return _mean(
        values, weights, ~np.isnan(values) & context.averaged, context, "it is undefined for every class"
    )


def _one_vs_one(ranking: Ranking, average: str, context: Context) -> MetricValue:
    """Mean over the pairs of classes that both occur in the labels."""
    shares = ranking.pairwise_auc
    support = context.support
    averaged = context.averaged & (support > 0)
    excluded_classes = tuple(np.array(context.classes, object)[~averaged])
    left, right = np.triu_indices(context.k, 1)
    known = ~np.isnan(shares[left, right]) & averaged[left] & averaged[right]
    if not known.any():
        return MetricValue(
            None, "fewer than two classes occur in the labels", excluded_classes=excluded_classes
        )
    weights = support[left] + support[right] if average.endswith("weighted") else np.ones(len(left))
    return MetricValue(
        float(np.average(shares[left, right][known], weights=weights[known])),
        excluded_classes=excluded_classes,
    )


def _areas_by_row(request: Request, state: LabelRankMoments, context: Context) -> MetricValue:
    mean = Mean(state.roc_auc if request.metric.name == "roc_auc" else state.precision)
    if not mean.moments.n:
        return MetricValue(None, "no row has both true and false labels")
    return MetricValue(mean.value, mean=mean, excluded_classes=context.excluded)


def _mean(values: Floats, weights: Any, counted: Any, context: Context, reason: str) -> MetricValue:
    total = float(np.sum(weights[counted]))
    excluded_classes = tuple(name for name, used in zip(context.classes, counted, strict=True) if not used)
    if not total:
        weightless = counted.any()  # an average weighted by support, without any support
        return MetricValue(
            None,
            "no row of the labels has any class" if weightless else reason,
            excluded_classes=excluded_classes,
        )
    return MetricValue(
        float(np.dot(values[counted], weights[counted])) / total, excluded_classes=excluded_classes
    )


def class_index(request: Request, context: Context) -> int | None:
    """Index of the class of a request; None for an average or for all rows."""
    if request.cls is not None:
        return context.index_of_class[request.cls]
    return context.positive if request.average is None else None


def _reason(request: Request, name: str) -> str:
    return request.metric.undefined.format(name=escape(name) if name == "any class" else repr(name))
