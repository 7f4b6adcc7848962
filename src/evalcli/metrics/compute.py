"""From summed states to numbers: one class, the averages, the whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from evalcli.errors import printable
from evalcli.metrics.names import Request
from evalcli.metrics.registry import Floats, Proportion, Study, Undefined, ratio
from evalcli.statistics import Confusion, ConfusionCounts, OneVsRest, Ranking


@dataclass(frozen=True)
class Outcome:
    """A number or the reason why there is none; ``hits`` of ``total`` where it is a share of rows."""

    value: float | None
    reason: str | None = None
    hits: int | None = None
    total: int | None = None
    left_out: tuple[str, ...] = ()


def compute(request: Request, study: Study) -> Outcome:
    """Evaluate one request over the states of a finished pass."""
    metric = request.metric
    if metric.needs_scores and not study.has_scores:
        return Outcome(None, "it needs scores, and the file holds predicted classes only")
    if metric.needs_probabilities and not study.has_probabilities:
        return Outcome(None, "it needs probabilities, and the scores are raw")
    state = study.states[metric.needs(study)]
    if metric.form == "whole":
        extra = () if request.parameter is None else (request.parameter,)
        return _settled(metric.formula(state, study, *extra))
    if metric.form == "counts":
        return _counts(request, state, study)
    return _areas(request, state, study)


def _settled(found: Any) -> Outcome:
    if isinstance(found, Undefined):
        return Outcome(None, found.reason)
    if isinstance(found, Proportion):
        return Outcome(found.hits / found.total, hits=int(found.hits), total=int(found.total))
    return Outcome(float(found))


def _counts(request: Request, state: ConfusionCounts, study: Study) -> Outcome:
    index = _class_index(request, study)
    if index is not None:
        return _single(request, state.classes.only(index), study.classes[index])
    if request.average == "micro":
        return _single(request, state.classes.pooled, "any class", shares=False)
    values = _values(_formula(request, state.classes))
    counted = state.present.copy()
    if study.zero_division == "skip":
        counted &= ~np.isnan(values)
    values = np.where(np.isnan(values), float(study.zero_division == "1"), values)
    weights = state.support if request.average == "weighted" else np.ones(study.k)
    return _mean(values, weights, counted, study, _reason(request, "any class"))


def _single(request: Request, counts: OneVsRest, name: str, shares: bool = True) -> Outcome:
    found = _formula(request, counts)
    value = float(_values(found)[0])
    if np.isnan(value):
        return Outcome(None, _reason(request, name))
    if isinstance(found, Proportion) and shares:
        return Outcome(value, hits=int(found.hits[0]), total=int(found.total[0]))
    return Outcome(value)


def _formula(request: Request, counts: OneVsRest) -> Any:
    extra = () if request.parameter is None else (request.parameter,)
    return request.metric.formula(counts, *extra)


def _values(found: Any) -> Floats:
    return ratio(found.hits, found.total) if isinstance(found, Proportion) else np.asarray(found, np.float64)


def _areas(request: Request, ranking: Ranking, study: Study) -> Outcome:
    columns = ranking.state.columns
    index = _class_index(request, study)
    if request.average in ("micro", "ovr_micro"):
        value = getattr(ranking.pooled, request.metric.name)
        return Outcome(float(value)) if not np.isnan(value) else Outcome(None, _reason(request, "any class"))
    values = request.metric.formula(ranking)
    if index is not None:
        if index not in columns:
            return Outcome(None, f"only {printable(study.classes[columns[0]])} is ranked in binary data")
        value = float(values[columns.index(index)])
        if np.isnan(value):
            return Outcome(None, _reason(request, study.classes[index]))
        return Outcome(value)
    support = study.states[Confusion()].support
    weights = support if str(request.average).endswith("weighted") else np.ones(study.k)
    return _mean(values, weights, ~np.isnan(values), study, "it is undefined for every class")


def _mean(values: Floats, weights: Any, counted: Any, study: Study, reason: str) -> Outcome:
    total = float(np.sum(weights[counted]))
    left_out = tuple(name for name, taken in zip(study.classes, counted, strict=True) if not taken)
    if not total:
        return Outcome(None, reason, left_out=left_out)
    return Outcome(float(np.dot(values[counted], weights[counted])) / total, left_out=left_out)


def _class_index(request: Request, study: Study) -> int | None:
    if request.cls is not None:
        return study.classes.index(request.cls)
    return study.positive


def _reason(request: Request, name: str) -> str:
    return request.metric.undefined.format(name=printable(name) if name == "any class" else repr(name))
