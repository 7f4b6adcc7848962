"""From summed states to numbers: one class, the averages, the whole."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evalcli.blocks.base import overflow_to_infinity
from evalcli.errors import printable
from evalcli.metrics.registry import Floats, Request, Study
from evalcli.metrics.results import AtThreshold, Mean, Proportion, ThroughShare, Undefined, ratio
from evalcli.statistics import (
    AnyStatistic,
    LabelRankMoments,
    LabelRanks,
    Moments,
    OneVsRest,
    Ranking,
    RowConfusion,
    RowKinds,
)

ROUNDING = 1e-9
EMPTY = "there are no rows"
"""What makes a metric undefined that is defined for every row: NaN is from an overflow then."""


@dataclass(frozen=True)
class Outcome:
    """A number or the reason why there is none, and what it is made of, for its interval.

    ``share``: of rows; the value itself, or what ``curve`` makes the value of. ``mean``: over the rows.
    ``threshold``: the score at which it is reached, where the metric chooses one.
    """

    value: float | None
    reason: str | None = None
    share: Proportion | None = None
    curve: Callable[[float], float] | None = None
    mean: Mean | None = None
    left_out: tuple[str, ...] = ()
    threshold: float | None = None


def statistic(request: Request, study: Study) -> AnyStatistic:
    """The statistic that a request is computed from."""
    if request.average == "samples":
        return RowConfusion() if request.metric.form == "counts" else LabelRanks()
    return request.metric.needs(study, request)


def method_of(request: Request, study: Study) -> str:
    """How its interval is made: a key of ``evalcli.intervals.scales.METHODS``; or ``none: `` why not."""
    metric, single = request.metric, request.cls is not None or study.positive is not None
    method = metric.interval
    if method.startswith("none"):
        return method
    if request.average == "samples":
        method = "normal"
    elif metric.form == "areas" and (request.parameter is not None or str(request.average).startswith("ovo")):
        method = "row-bootstrap"
    elif metric.form == "counts" and not single:
        method = "row-bootstrap" if study.task == "multilabel" else "table-bootstrap"
    if not study.weighted and study.groups is None:
        return method
    if method in ("delong", "infinitesimal-jackknife"):
        return method if study.groups is None else f"{method}-by-group"
    if method == "bin-bounds":
        return method if study.groups is None else "none: the bins of rows in groups have no interval"
    return "row-bootstrap" if study.groups is None else "group-bootstrap"


@overflow_to_infinity
def compute(request: Request, study: Study) -> Outcome:
    """Evaluate one request over the states of a finished pass."""
    metric = request.metric
    lacking = study.lacks(metric)
    if lacking is not None:
        return Outcome(None, lacking)
    if study.weighted and not metric.weights:
        return Outcome(None, "it has no agreed meaning for weighted rows")
    state = study.states[statistic(request, study)]
    return _within(metric.range, _found(request, state, study))


def _found(request: Request, state: Any, study: Study) -> Outcome:
    form, samples = request.metric.form, request.average == "samples"
    if form == "whole":
        return _settled(_called(request, state, study), request.metric.undefined)
    if form == "counts":
        return _by_row(request, state, study) if samples else _counts(request, state, study)
    return _areas_by_row(request, state) if samples else _areas(request, state, study)


def _within(ends: tuple[float, float], result: Outcome) -> Outcome:
    """Sums of weights may end a rounding error outside the range; anything farther is left to be seen."""
    if result.value is None or ends[0] <= result.value <= ends[1]:
        return result
    nearest = min(max(result.value, ends[0]), ends[1])
    return replace(result, value=nearest) if abs(result.value - nearest) <= ROUNDING else result


def _called(request: Request, *arguments: Any) -> Any:
    extra = () if request.parameter is None else (request.parameter,)
    return request.metric.function(*arguments, *extra)


def _settled(result: Any, undefined: str) -> Outcome:
    if isinstance(result, Undefined):
        return Outcome(None, result.reason)
    if isinstance(result, AtThreshold):
        return Outcome(result.value, threshold=result.threshold)
    mean = result if isinstance(result, Mean) else None
    value = float(_values(result))
    if np.isinf(value) or (np.isnan(value) and undefined == EMPTY):
        return Outcome(None, "sums behind it are too large for a floating-point number")
    if np.isnan(value):
        return Outcome(None, undefined)
    return Outcome(value, share=result if isinstance(result, Proportion) else None, mean=mean)


def _values(result: Any) -> Floats:
    return np.asarray(getattr(result, "value", result), np.float64)


@overflow_to_infinity
def values_of(request: Request, state: Any, study: Study) -> Floats:
    """A metric of counts over the last axis of a state's arrays; NaN where it is undefined."""
    if request.metric.form == "whole":
        return _values(_called(request, state, study))
    index = _class_index(request, study)
    if index is not None:
        return _values(_called(request, state.classes.only(index)))[..., 0]
    if request.average == "micro":
        return _values(_called(request, state.classes.pooled))[..., 0]
    values, weights = _averaged(request, state, study)
    return ratio((values * weights).sum(axis=-1), weights.sum(axis=-1))


def _averaged(request: Request, state: Any, study: Study) -> tuple[Floats, Floats]:
    """The classes' values and what each counts in the average."""
    values, counted = _filled(_values(_called(request, state.classes)), state.present, study)
    return values, np.where(counted, state.support if request.average == "weighted" else 1.0, 0.0)


def _counts(request: Request, state: Any, study: Study) -> Outcome:
    index = _class_index(request, study)
    if index is not None:
        return _single(request, state.classes.only(index), study.classes[index])
    if request.average == "micro":
        value = float(values_of(request, state, study))
        return Outcome(None, _reason(request, "any class")) if np.isnan(value) else Outcome(value)
    values, counted = _filled(_values(_called(request, state.classes)), state.present, study)
    weights = state.support if request.average == "weighted" else np.ones(study.k)
    return _mean(values, weights, counted, study, _reason(request, "any class"))


def _by_row(request: Request, state: RowKinds, study: Study) -> Outcome:
    """Mean over the rows; a row without labels counts as an absent class in an average does."""
    values = _values(_called(request, state.rows))
    values, counted = _filled(values, np.ones(len(values), np.bool_), study)
    mean = Mean(Moments.of(values[counted], state.counts[counted]))
    if not mean.moments.n:
        return Outcome(None, "it is undefined for every row")
    return Outcome(mean.value, mean=mean)


def _filled(values: Floats, counted: Any, study: Study) -> tuple[Floats, Any]:
    """Undefined values as --zero-division has it, and which values count."""
    if study.zero_division == "skip":
        counted = counted & ~np.isnan(values)
    return np.where(np.isnan(values), float(study.zero_division == "1"), values), counted


def _single(request: Request, counts: OneVsRest, name: str) -> Outcome:
    result = _called(request, counts)
    value = float(_values(result)[0])
    if np.isnan(value):
        return Outcome(None, _reason(request, name))
    share = result.share if isinstance(result, ThroughShare) else result
    if not isinstance(share, Proportion):
        return Outcome(value)
    share = Proportion(share.hits[0].item(), share.total[0].item())
    return Outcome(value, share=share, curve=getattr(result, "curve", None))


def _areas(request: Request, ranking: Ranking, study: Study) -> Outcome:
    columns = ranking.state.columns
    index = _class_index(request, study)
    average = str(request.average)
    if average.startswith("ovo"):
        return _each_other(ranking, average, study)
    if average in ("micro", "ovr_micro"):
        return _settled(getattr(ranking.pooled, request.metric.name), _reason(request, "any class"))
    values = _called(request, ranking)
    if index is not None:
        if index not in columns:
            return Outcome(None, f"only {printable(study.classes[columns[0]])} is ranked in binary data")
        return _settled(values[columns.index(index)], _reason(request, study.classes[index]))
    weights = study.support if average.endswith("weighted") else np.ones(study.k)
    return _mean(values, weights, ~np.isnan(values), study, "it is undefined for every class")


def _each_other(ranking: Ranking, average: str, study: Study) -> Outcome:
    """Mean over the pairs of classes that both occur in the labels."""
    shares = ranking.against_each_other
    support = study.support
    left_out = tuple(name for name, rows in zip(study.classes, support, strict=True) if not rows)
    left, right = np.triu_indices(study.k, 1)
    known = ~np.isnan(shares[left, right])
    if not known.any():
        return Outcome(None, "fewer than two classes occur in the labels", left_out=left_out)
    weights = support[left] + support[right] if average.endswith("weighted") else np.ones(len(left))
    return Outcome(float(np.average(shares[left, right][known], weights=weights[known])), left_out=left_out)


def _areas_by_row(request: Request, state: LabelRankMoments) -> Outcome:
    mean = Mean(state.roc_auc if request.metric.name == "roc_auc" else state.precision)
    if not mean.moments.n:
        return Outcome(None, "no row has both labels that are true and labels that are not")
    return Outcome(mean.value, mean=mean)


def _mean(values: Floats, weights: Any, counted: Any, study: Study, reason: str) -> Outcome:
    total = float(np.sum(weights[counted]))
    left_out = tuple(name for name, taken in zip(study.classes, counted, strict=True) if not taken)
    if not total:
        weightless = counted.any()  # an average by the rows in the labels, where there are none
        return Outcome(
            None, "no row of the labels has any class" if weightless else reason, left_out=left_out
        )
    return Outcome(float(np.dot(values[counted], weights[counted])) / total, left_out=left_out)


def _class_index(request: Request, study: Study) -> int | None:
    if request.cls is not None:
        return study.classes.index(request.cls)
    return study.positive


def _reason(request: Request, name: str) -> str:
    return request.metric.undefined.format(name=printable(name) if name == "any class" else repr(name))
