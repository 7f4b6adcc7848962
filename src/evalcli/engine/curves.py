"""From states to what pictures are drawn from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from evalcli.blocks import Array, ScoreKind
from evalcli.blocks.base import unit_interval
from evalcli.intervals.scales import wilson
from evalcli.metrics import Context, Summary
from evalcli.report.curves import Bins, Curves, RankedCurve, Residuals
from evalcli.statistics import AnyStatistic, Calibration, CalibrationBins, PairedValues, Ranking
from evalcli.statistics.curves import CurveSegment
from evalcli.statistics.thinned_curve import ThinnedCurve, thinned

MOST_POINTS, ALL_POINTS, MOST_CLASSES = 500, 4000, 40
"""Points of a curve, of all curves together, and classes with a curve."""
POINTS_OF_SLICES, POINTS_OF_SLICE, MOST_SLICES = 1000, 200, 20
"""The same of slices: of all together, of each, and slices with a curve."""
SLACK, SATURATED = 1e-9, 1 - 1e-12
"""Of sums of weights that may differ in the last digits; logits of probabilities beyond fall together."""
AS_THEY_ARE = (ScoreKind.RAW, ScoreKind.PROBABILITIES)
SCORE_BINS, GRID = 50, 40
T = TypeVar("T")
Thresholds = Mapping[str, float]
LEVELS = tuple(np.round(np.linspace(0, 1, 101), 2).tolist())


def curve_statistics(context: Context, needed: Collection[AnyStatistic], every: bool) -> list[AnyStatistic]:
    """The statistics that pictures need besides the ``needed`` ones of the metrics.

    Without ``every``, the pictures are those of what the metrics need anyway.
    """
    if not context.task.has_classes:
        return [PairedValues()] if every and "point" in context.available else []
    found: list[AnyStatistic] = []
    if every and "scores" in context.available:
        found.append(context.ranking)
        if "probabilities" in context.available and context.task.exclusive:
            found.append(Calibration(context.bins))
    if any(isinstance(statistic, Calibration) for statistic in (*needed, *found)):
        found.append(Calibration(SCORE_BINS))
    return found


def curves_of(
    summary: Summary, thresholds: Thresholds, every: bool = False, level: float | None = None
) -> Curves:
    """The curves of a finished pass. ``every``: of all classes, not only of as many as pictures show.

    ``thresholds``: those that the predictions are made by, which are points of the curves. ``level``:
    confidence of intervals; None for none.
    """
    context = summary.context
    ranked: tuple[RankedCurve, ...] = ()
    left_out, micro = 0, None
    if context.ranking in summary and context.task.has_classes:
        ranked, left_out = _ranked(summary, thresholds, every)
        micro = _micro(summary, every)
    return Curves(
        ranked=ranked,
        reliability=_bins(summary, context.bins, level),
        scores=_bins(summary, SCORE_BINS, None),
        residuals=_residuals(summary) if PairedValues() in summary else None,
        left_out=left_out,
        micro=micro,
    )


def curves_of_slice(summary: Summary, thresholds: Thresholds, slices: int) -> tuple[RankedCurve, ...]:
    """The curve of binary data in one of some slices; none if there are too many."""
    context = summary.context
    if slices > MOST_SLICES or not context.task.has_positive or context.ranking not in summary:
        return ()
    ranking, found = summary[context.ranking], list[RankedCurve]()
    most = min(POINTS_OF_SLICE, POINTS_OF_SLICES // slices)

    def work(row: int, curve: CurveSegment) -> None:
        if curve.positives and curve.negatives:
            found.append(_of_class(summary, ranking.state.columns[row], thinned(curve, most), thresholds))

    ranking.visit_curves(work)
    return tuple(found)


def _ranked(summary: Summary, thresholds: Thresholds, every: bool) -> tuple[tuple[RankedCurve, ...], int]:
    ranking = summary[summary.context.ranking]
    columns = ranking.state.columns
    rows = list(range(len(columns)))
    if not every and len(rows) > MOST_CLASSES:  # those with the lowest areas
        areas = np.nan_to_num(ranking.roc_auc, nan=1.0)
        rows = np.sort(np.argsort(areas, kind="stable")[:MOST_CLASSES]).tolist()
    most = MOST_POINTS if every else min(MOST_POINTS, max(ALL_POINTS // len(rows), 2))
    found: dict[int, RankedCurve] = {}

    def work(row: int, curve: CurveSegment) -> None:
        if row in rows and curve.positives and curve.negatives:
            found[row] = _of_class(summary, columns[row], thinned(curve, most), thresholds)

    ranking.visit_curves(work)
    return tuple(found[row] for row in sorted(found)), len(columns) - len(rows)


def _micro(summary: Summary, every: bool) -> RankedCurve | None:
    if summary.context.task.has_positive:
        return None
    ranking = summary[summary.context.ranking]
    curve = ranking.pooled_curve(every)
    if curve is None or not (curve.positives and curve.negatives):
        return None
    return _curve("", thinned(curve, MOST_POINTS), ranking)


def _of_class(summary: Summary, index: int, curve: ThinnedCurve, thresholds: Thresholds) -> RankedCurve:
    """The curve of a class, with the point of its predictions."""
    name = summary.context.classes[index]
    found = _curve(name, curve, summary[summary.context.ranking])
    if name not in thresholds:
        return found
    counts = summary.counts.classes
    return _with_point(found, thresholds[name], _plain(counts.tp[index]), _plain(counts.fp[index]))


def _with_point(curve: RankedCurve, at: float, tp: float, fp: float) -> RankedCurve:
    """A curve with one point more, if it has none at that threshold and it lies on the way."""
    last = len(curve.tp) - 1
    lower = (i for i, other in enumerate(curve.thresholds) if other is not None and other <= at)
    place = next(lower, last)
    if place == 0 or curve.thresholds[place] == at or (curve.thresholds[place] or 0.0) > at:
        return curve
    slack = SLACK * (curve.positives + curve.negatives)
    before, after = (curve.tp[place - 1], curve.fp[place - 1]), (curve.tp[place], curve.fp[place])
    if any(
        not low - slack <= n <= high + slack for low, n, high in zip(before, (tp, fp), after, strict=True)
    ):
        return curve

    def joined(values: Sequence[T], value: T) -> tuple[T, ...]:
        return (*values[:place], value, *values[place:])

    return replace(
        curve,
        thresholds=joined(curve.thresholds, at),
        tp=joined(curve.tp, tp),
        fp=joined(curve.fp, fp),
        hull=tuple(corner + (corner >= place) for corner in curve.hull),
    )


def _curve(name: str, curve: ThinnedCurve, ranking: Ranking) -> RankedCurve:
    thresholds, kept = _thresholds(curve, ranking.state.kind)
    return RankedCurve(
        name=name,
        positives=_plain(curve.positives),
        negatives=_plain(curve.negatives),
        thresholds=thresholds,
        tp=tuple(map(_plain, curve.tp[kept].tolist())),
        fp=tuple(map(_plain, curve.fp[kept].tolist())),
        hull=tuple(np.flatnonzero(curve.hull[kept]).tolist()),
    )


def _thresholds(
    curve: ThinnedCurve, kind: ScoreKind
) -> tuple[tuple[float | None, ...], npt.NDArray[np.intp]]:
    """The shortest numbers that are the scores in their float type, and the points that have one.

    Logits become probabilities. Of scores that are the same then, the last point has the rows of all; a point
    above a score is above its probability. So close to 1 that scores fall together there is no threshold.
    """
    values = curve.scores
    if kind not in AS_THEY_ARE:
        values = _probabilities(values, kind)
        below = _probabilities(np.nextafter(curve.scores, np.array(-np.inf, curve.scores.dtype)), kind)
        values = np.where(curve.above & (values <= below), np.nextafter(below, 1.0), values)
        values = np.where(np.isfinite(values) & (values > SATURATED), np.nan, values)
    apart = np.append(~(values[1:] >= values[:-1]), True)
    places = np.flatnonzero(apart)
    return tuple(float(str(v)) if np.isfinite(v) else None for v in values[places]), places


def _probabilities(scores: Array, kind: ScoreKind) -> Array:
    return np.where(np.isinf(scores), scores, unit_interval(scores, kind, False))


def _plain(number: float) -> float:
    return int(number) if float(number).is_integer() else float(number)


def _bins(summary: Summary, bins: int, level: float | None) -> Bins | None:
    statistic = Calibration(bins)
    if statistic not in summary:
        return None
    state: CalibrationBins = summary[statistic]
    context = summary.context
    name = context.classes[context.positive] if context.positive is not None else ""
    pairs = zip(state.hits.tolist(), state.count.tolist(), strict=True)
    ends = [wilson(*pair, level) if pair[1] else (0.0, 0.0) for pair in pairs] if level is not None else []
    return Bins(
        name=name,
        edges=tuple((np.arange(bins + 1) / bins).tolist()),
        count=tuple(map(_plain, state.count.tolist())),
        probability=tuple(round(value, 9) for value in state.confidence.tolist()),
        hits=tuple(map(_plain, state.hits.tolist())),
        low=tuple(low for low, _ in ends),
        high=tuple(high for _, high in ends),
    )


def _residuals(summary: Summary) -> Residuals | None:
    pairs = summary[PairedValues()]
    truth, predicted = pairs.truth, pairs.predicted_value[:]
    if not len(truth):
        return None
    weights = pairs.weights.values
    edges = [_edges(values, weights) for values in (truth, predicted)]
    at = [np.searchsorted(e[1:-1], v, side="right") for v, e in zip((truth, predicted), edges, strict=True)]
    grid = np.bincount(at[0] * GRID + at[1], weights, GRID * GRID).reshape(GRID, GRID)
    values = _quantiles(predicted - truth, weights, LEVELS)
    return Residuals(
        levels=LEVELS,
        values=tuple(values.tolist()),
        truth_edges=tuple(edges[0].tolist()),
        predicted_edges=tuple(edges[1].tolist()),
        grid=tuple(tuple(map(_plain, row)) for row in grid.tolist()),
    )


def _quantiles(values: Array, weights: Array | None, levels: Sequence[float]) -> Array:
    """Quantiles; with weights those of the weighted distribution, between the middles of its steps."""
    if weights is None:
        return np.asarray(np.quantile(values, levels))
    order = np.argsort(values)
    upto = np.cumsum(weights[order])
    return np.interp(np.asarray(levels) * upto[-1], upto - weights[order] / 2, values[order])


def _edges(values: Array, weights: Array | None) -> Array:
    """Edges of a grid over all but the 1 in 1,000 at each end."""
    low, high = _quantiles(values, weights, (0.001, 0.999))
    if not low < high:
        middle = float(values.mean())
        low, high = middle - max(0.5, 1e-9 * abs(middle)), middle + max(0.5, 1e-9 * abs(middle))
    return np.linspace(low, high, GRID + 1)


__all__ = ["curve_statistics", "curves_of", "curves_of_slice"]
