"""From states to what pictures are drawn from."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence

import numpy as np

from evalcli.blocks import Array, ScoreKind
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
SCORE_BINS, GRID = 50, 40
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


def curves_of(summary: Summary, every: bool = False, level: float | None = None) -> Curves:
    """The curves of a finished pass. ``every``: of all classes, not only of as many as pictures show.

    ``level``: confidence of intervals; None for none.
    """
    context = summary.context
    ranked: tuple[RankedCurve, ...] = ()
    left_out, micro = 0, None
    if context.ranking in summary and context.task.has_classes:
        ranked, left_out = _ranked(summary, every)
        micro = _micro(summary, every)
    return Curves(
        ranked=ranked,
        reliability=_bins(summary, context.bins, level),
        scores=_bins(summary, SCORE_BINS, None),
        residuals=_residuals(summary) if PairedValues() in summary else None,
        left_out=left_out,
        micro=micro,
    )


def curves_of_slice(summary: Summary, slices: int) -> tuple[RankedCurve, ...]:
    """The curve of binary data in one of some slices; none if there are too many."""
    context = summary.context
    if slices > MOST_SLICES or not context.task.has_positive or context.ranking not in summary:
        return ()
    ranking, found = summary[context.ranking], list[RankedCurve]()
    most = min(POINTS_OF_SLICE, POINTS_OF_SLICES // slices)

    def work(row: int, curve: CurveSegment) -> None:
        if curve.positives and curve.negatives:
            name = context.classes[ranking.state.columns[row]]
            found.append(_curve(name, thinned(curve, most), ranking))

    ranking.visit_curves(work)
    return tuple(found)


def _ranked(summary: Summary, every: bool) -> tuple[tuple[RankedCurve, ...], int]:
    ranking, context = summary[summary.context.ranking], summary.context
    columns = ranking.state.columns
    rows = list(range(len(columns)))
    if not every and len(rows) > MOST_CLASSES:  # those with the lowest areas
        areas = np.nan_to_num(ranking.roc_auc, nan=1.0)
        rows = np.sort(np.argsort(areas, kind="stable")[:MOST_CLASSES]).tolist()
    most = MOST_POINTS if every else min(MOST_POINTS, max(ALL_POINTS // len(rows), 2))
    found: dict[int, RankedCurve] = {}

    def work(row: int, curve: CurveSegment) -> None:
        if row in rows and curve.positives and curve.negatives:
            found[row] = _curve(context.classes[columns[row]], thinned(curve, most), ranking)

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


def _curve(name: str, curve: ThinnedCurve, ranking: Ranking) -> RankedCurve:
    return RankedCurve(
        name=name,
        positives=_plain(curve.positives),
        negatives=_plain(curve.negatives),
        thresholds=tuple(_thresholds(curve.scores, ranking)),
        tp=tuple(map(_plain, curve.tp.tolist())),
        fp=tuple(map(_plain, curve.fp.tolist())),
        hull=tuple(np.flatnonzero(curve.hull).tolist()),
    )


def _thresholds(scores: Array, ranking: Ranking) -> Iterator[float | None]:
    """The shortest numbers that are the scores in their float type; of logits, probabilities."""
    as_they_are = ranking.state.kind in (ScoreKind.RAW, ScoreKind.PROBABILITIES)
    for score in scores:
        if not np.isfinite(score):
            yield None
        else:
            yield float(str(score)) if as_they_are else ranking.threshold(float(score))


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
        low, high = float(values.min()) - 0.5, float(values.max()) + 0.5
    return np.linspace(low, high, GRID + 1)


__all__ = ["curve_statistics", "curves_of", "curves_of_slice"]
