"""Exact ROC and precision-recall curves of one class against the rest, from sorted scores."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array, starts_of_runs
from evalcli.statistics.base import Floats, Mapper, Summable, dot
from evalcli.statistics.correlation import ranks_of
from evalcli.statistics.sorted_keys import (
    SEGMENT_ROWS,
    SortedKeys,
    cut_at_scores,
    merged,
    scores_of_keys,
    slices_of,
)
from evalcli.statistics.weights import Weights

R = TypeVar("R")
Sums = tuple[float, float, float]

EXACT = 2.0**53
"""Whole numbers up to this are exact as floats, whose sums of products are several times faster."""


class AreaSums(Summable, Struct, frozen=True):
    """Sums over the positives of a curve, or of a segment of it; rows, or their weights.

    ``doubled_concordant``: 2 per negative with a lower score, 1 per negative with the same score.
    ``tied_pairs``: pairs with the same score. ``precision_sum``: sum of the precisions at each positive's
    score. ``variance_terms``: sums for the variances of the areas, if wanted.
    """

    positives: float
    negatives: float
    doubled_concordant: float = 0
    tied_pairs: float = 0
    precision_sum: float = 0.0
    variance_terms: AreaSquares | None = None

    def __add__(self, other: AreaSums) -> AreaSums:
        """Join segments of one curve; with ``variance_terms`` the lower one comes first."""
        known = self.variance_terms is not None and other.variance_terms is not None
        return AreaSums(
            self.positives,
            self.negatives,
            self.doubled_concordant + other.doubled_concordant,
            self.tied_pairs + other.tied_pairs,
            self.precision_sum + other.precision_sum,
            self.variance_terms + other.variance_terms if known else None,  # type: ignore[operator]
        )

    @property
    def variances(self) -> tuple[float, float]:
        """Variances of the area under the ROC curve and of the average precision; NaN if not computed."""
        if self.variance_terms is None:
            return np.nan, np.nan
        return self.variance_terms.roc_auc_variance(self), self.variance_terms.average_precision_variance(
            self
        )

    @property
    def pairs(self) -> float:
        """Pairs of a positive and a negative row."""
        return self.positives * self.negatives

    @property
    def roc_auc(self) -> float:
        """Share of concordant (positive, negative) pairs, ties counted half; NaN without both classes."""
        return self.doubled_concordant / (2 * self.pairs) if self.pairs else np.nan

    @property
    def average_precision(self) -> float:
        """Mean precision at the positives; NaN without positives."""
        return self.precision_sum / self.positives if self.positives else np.nan


class CurveSegment(Struct, frozen=True):
    """A curve or a segment of it: one entry per distinct score of the positives, lowest first; shape (m,).

    ``hits`` and ``tied``: positives and negatives with that score; ``tp`` and ``fp``: with that score or a
    higher one. ``positives`` and ``negatives``: of the whole curve. Between two entries the ROC curve is
    horizontal. ``below`` and ``beyond``: negatives that score below, or above, every row of this segment.
    """

    positives: float
    negatives: float
    hits: Array
    tied: Array
    tp: Array
    fp: Array
    scores: Array
    below: float = 0
    beyond: float = 0

    @property
    def sums(self) -> AreaSums:
        """Contribution of this segment to the areas."""
        hits, tied, fp = self.hits, self.tied, self.fp
        if hits.dtype != np.float64 and 2 * self.positives * self.negatives < EXACT:
            hits, tied, fp = (part.astype(np.float64) for part in (hits, tied, fp))
        doubled_concordant = dot(hits, 2 * (self.negatives - fp) + tied)
        precision_sum = dot(hits, self.tp / (self.tp + fp))
        total = dot(hits, tied)
        whole = self.hits.dtype != np.float64
        return AreaSums(
            self.positives,
            self.negatives,
            int(doubled_concordant) if whole else doubled_concordant,
            int(total) if whole else total,
            precision_sum,
        )

    @property
    def recall(self) -> Floats:
        """Share of the positives at each score or above."""
        return np.asarray(self.tp / self.positives)

    @property
    def precision(self) -> Floats:
        """Share of the positives among the rows at each score or above."""
        return np.asarray(self.tp / (self.tp + self.fp))

    @property
    def fpr(self) -> Floats:
        """Share of the negatives at each score or above."""
        return np.asarray(self.fp / self.negatives)

    def area_upto(self, limit: float, end: float) -> float:
        """Area under this segment up to a false positive rate, times the pairs of the whole curve.

        ``end``: negatives above the next lower point.
        """
        upto = limit * self.negatives
        # under each step: linear from (fp - tied, tp - hits) to (fp, tp), then constant until the next one
        start = self.fp - self.tied
        ends = np.concatenate([[end], start[:-1]])
        level = self.tp * (np.minimum(ends, upto) - np.minimum(self.fp, upto))
        inside = np.clip(upto - start, 0, self.tied)
        share = np.divide(inside, self.tied, out=np.zeros(len(inside)), where=self.tied > 0)
        slope = inside * (self.tp - self.hits + self.hits * share / 2)
        return float(level.sum() + slope.sum())

    def equal_error_rate(self, before: tuple[float, float] = (0.0, 0.0)) -> float:
        """Rate at which FPR = FNR; the ROC curve is interpolated linearly between thresholds.

        ``before``: both rates at the next higher point.
        """
        start = self.fp - self.tied
        fpr = np.stack([start, self.fp])[:, ::-1].T.reshape(-1) / self.negatives
        tpr = np.stack([self.tp - self.hits, self.tp])[:, ::-1].T.reshape(-1) / self.positives
        fpr, tpr = np.concatenate([[before[0]], fpr, [1.0]]), np.concatenate([[before[1]], tpr, [1.0]])
        above = fpr + tpr - 1.0
        at = int(np.argmax(above >= 0.0))
        low, high = above[at - 1], above[at]
        return float(fpr[at - 1] + (fpr[at] - fpr[at - 1]) * (-low / (high - low)))


def map_segments(
    arrays: Sequence[SortedKeys],
    mapper: Mapper,
    work: Callable[[CurveSegment], R],
    segment_rows: int = SEGMENT_ROWS,
) -> list[R]:
    """Apply a function to each segment of the merged arrays of sorted keys, the lowest first.

    Cut between scores, every ``segment_rows``; the cuts do not depend on the threads.
    """
    positive_bit = arrays[0].dtype.type(1)
    cuts = cut_at_scores(arrays, segment_rows)
    indices = range(len(cuts[0]) - 1)

    def counted(index: int) -> tuple[int, int]:
        parts = slices_of(arrays, cuts, index)
        return sum(int(np.count_nonzero(keys & positive_bit)) for keys in parts), sum(map(len, parts))

    counts = list(mapper(counted, indices))
    positives = list(itertools.accumulate((hits for hits, _ in counts), initial=0))
    rows = list(itertools.accumulate((rows for _, rows in counts), initial=0))

    def done(index: int) -> R:
        keys = merged(arrays, cuts, index)
        below = positives[index]
        return work(
            segment_of_keys(keys, positives[-1], rows[-1] - positives[-1], below, rows[index] - below)
        )

    return list(mapper(done, indices))


def curve_of_keys(keys: SortedKeys, mapper: Mapper = map, segment_rows: int = SEGMENT_ROWS) -> CurveSegment:
    """The whole curve from sorted keys."""
    return joined(map_segments([keys], mapper, lambda part: part, segment_rows))


def joined(parts: Sequence[CurveSegment]) -> CurveSegment:
    """Segments of one curve, lowest first, as one."""
    arrays = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in ("hits", "tied", "tp", "fp", "scores")
    }
    first, last = parts[0], parts[-1]
    return CurveSegment(first.positives, first.negatives, **arrays, below=first.below, beyond=last.beyond)


def _positives(keys: Array) -> npt.NDArray[np.intp]:
    return np.flatnonzero((keys & keys.dtype.type(1)).astype(np.bool_))


def segment_of_keys(
    keys: Array, positives: int, negatives: int, positives_below: int, negatives_below: int
) -> CurveSegment:
    """Curve points from sorted keys, whose lowest bit marks the positives."""
    return curve_points(
        keys,
        _positives(keys),
        keys.dtype.type(1),
        scores_of_keys,
        (positives, negatives),
        (positives_below, negatives_below),
    )


def curve_points(
    keys: Array,
    at: npt.NDArray[np.intp],
    low: np.integer,
    score: Callable[[Array], Array],
    whole: tuple[int, int],
    below: tuple[int, int],
) -> CurveSegment:
    """Curve points from sorted keys, where the positives come last among the rows with one score.

    ``at``: indices of the positives. ``low``: the bits of a key that are not part of the score; ``score``
    converts the others to it. ``whole``: positives and negatives of the whole curve; ``below``: of those, the
    ones before ``keys``.
    """
    values = keys[at] & ~low
    is_new = np.ones(len(at), np.bool_)
    np.not_equal(values[1:], values[:-1], out=is_new[1:])
    start = np.flatnonzero(is_new)
    first, values = at[start], values[start]
    tied = np.zeros(len(first), np.int64)
    mixed = np.flatnonzero(keys[np.maximum(first - 1, 0)] >= values)
    tied[mixed] = first[mixed] - np.searchsorted(keys, values[mixed])
    return CurveSegment(
        *whole,
        hits=np.diff(start, append=len(at)),
        tied=tied,
        tp=whole[0] - below[0] - start,
        fp=whole[1] - below[1] - (first - start) + tied,
        scores=score(values),
        below=below[1],
        beyond=whole[1] - below[1] - (len(keys) - len(at)),
    )


def curve_of_scores(
    scores: Array, positive: npt.NDArray[np.bool_], weight: Array | None = None
) -> CurveSegment:
    """The whole curve from scores of any scale and a mask of the positives."""
    weights = Weights(weight)
    if weights.are_given:
        return _weighted_curve(scores, positive, weights.of_rows(len(scores)))
    ranked = np.sort(scores[positive])
    first = starts_of_runs(ranked)
    values, hits = ranked[first], np.diff(first, append=len(ranked))
    everyone = np.sort(scores)
    below, upto = (np.searchsorted(everyone, values, side=side) for side in ("left", "right"))
    positives = int(hits.sum())
    tp = positives - np.cumsum(hits) + hits
    fp = len(scores) - below - tp
    return CurveSegment(positives, len(scores) - positives, hits, upto - below - hits, tp, fp, values)


def _weighted_curve(scores: Array, positive: npt.NDArray[np.bool_], weight: Array) -> CurveSegment:
    if not len(scores):
        return CurveSegment(0, 0, *(weight,) * 5)
    positive_weight, ranked = np.where(positive, weight, 0.0), ranks_of(scores)
    order, start = ranked.order, ranked.start
    return curve_in_order(
        scores[order[start]], positive_weight[order], (weight - positive_weight)[order], start
    )


def curve_in_order(
    values: Array, positive_weight: Array, negative_weight: Array, start: Array
) -> CurveSegment:
    """The whole curve from the weights of positives and negatives, in the order of their scores.

    ``values``: distinct scores, lowest first; ``start``: index of the first row of each.
    """
    hits, tied = np.add.reduceat(positive_weight, start), np.add.reduceat(negative_weight, start)
    tp, fp = (np.cumsum(part[::-1])[::-1] for part in (hits, tied))
    kept = hits > 0
    return CurveSegment(tp[0].item(), fp[0].item(), hits[kept], tied[kept], tp[kept], fp[kept], values[kept])


class AreaSquares(Summable, Struct, frozen=True):
    """Sums over a segment of a curve for variances; the lower segment is the left operand of ``+``.

    ``wrong_positives``: sum over positives of the squared number of negatives that score higher, ties half;
    ``wrong_negatives``: the same over negatives, of positives that score lower. For the average precision:
    number of rows, sum and sum of squares of the influences within the segment, ``up`` for the positives and
    ``down`` for the negatives; ``gain`` and ``loss``: what the segment adds to each row above it.
    """

    wrong_positives: float = 0.0
    wrong_negatives: float = 0.0
    up: tuple[float, float, float] = (0.0, 0.0, 0.0)
    down: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gain: float = 0.0
    loss: float = 0.0

    def __add__(self, higher: AreaSquares) -> AreaSquares:
        return AreaSquares(
            self.wrong_positives + higher.wrong_positives,
            self.wrong_negatives + higher.wrong_negatives,
            _joined(self.up, higher.up, self.gain),
            _joined(self.down, higher.down, self.loss),
            self.gain + higher.gain,
            self.loss + higher.loss,
        )

    def roc_auc_variance(self, sums: AreaSums) -> float:
        """DeLong's variance of the area under the ROC curve; NaN with fewer than two rows of either class."""
        p, n = sums.positives, sums.negatives
        if p < 2 or n < 2:
            return np.nan
        wrong = 1.0 - sums.roc_auc
        of_positives = max(self.wrong_positives / (p * n * n) - wrong * wrong, 0.0) / (p - 1)
        of_negatives = max(self.wrong_negatives / (n * p * p) - wrong * wrong, 0.0) / (n - 1)
        return of_positives + of_negatives

    def average_precision_variance(self, sums: AreaSums) -> float:
        """Variance of the average precision, from influences; NaN with fewer than two positives."""
        p, rows = sums.positives, sums.positives + sums.negatives
        if p < 2:
            return np.nan
        count, total, squares = self.up
        value = sums.average_precision
        centred = max(squares - 2 * value * total + count * value * value, 0.0)
        return (centred + self.down[2]) / (p * p) * rows / (rows - 1)


def _joined(low: Sums, high: Sums, shift: float) -> Sums:
    """Rows, sum and squares of both; the higher values shifted by the segment below."""
    count, total, squares = high
    return (
        low[0] + count,
        low[1] + total + count * shift,
        low[2] + squares + 2 * shift * total + count * shift * shift,
    )
