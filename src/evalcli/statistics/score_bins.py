"""Scores counted in 65,536 bins: areas with a certain bound of their error, in memory that does not grow.

Bins of probabilities are of equal width between 1/128 and 127/128; towards 0 and towards 1 they get
narrower as the distance to it does, 256 to each halving. 0 and 1 have bins of their own. So scores of rare
classes, and of confident models, are told apart as well as those between. Bins of raw scores are the
leading 16 bits of float32.

Within a bin nothing is known of the order. Counted as ties, the area under the ROC curve is off by at most
half of the pairs of a positive and a negative row of one bin; the average precision lies between that of
the best and of the worst order within every bin.
"""

from __future__ import annotations

from functools import cache
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array, ScoreKind
from evalcli.blocks.base import sigmoid
from evalcli.statistics.base import FieldSums, Floats
from evalcli.statistics.curves import CurveSegment

BINS = 1 << 16
STEPS = 8
"""Bits of the significand that tell the bins of an octave apart."""
OCTAVES_BELOW, OCTAVES_ABOVE = 112, 17
"""Halvings of the distance to 0 below 1/128, and to 1 above 127/128, as far as float32 has numbers."""
END = 2.0**-7
"""Distance to 0 or 1 from which on bins get narrower."""
WIDTH = 15
"""Bins of equal width are 2 ** -15 wide."""
BELOW = 1 + (OCTAVES_BELOW << STEPS)
"""First bin of equal width: after that of 0 and those of the octaves."""
ABOVE = BELOW + (1 << WIDTH) - (2 << (WIDTH - 7))
"""First bin of the octaves towards 1."""
LAST = ABOVE + (OCTAVES_ABOVE << STEPS)
"""The bin of 1."""
INFINITIES = np.uint32(0x007FFFFF), np.uint32(0xFF800000)
"""Of raw scores, as integers in their order."""
SMALLEST = 5e-324
LARGE = 16.0
"""From which on the series of the digamma function is exact."""
MARGIN = 1e-11
"""More than the rounding of the sums of all bins."""
FEW_ROWS = 1 << 15
"""Rows that take less than the counts of all bins."""
HELD = 1 << 18
"""Rows that are counted at once."""
Bounds = tuple[Floats, Floats]
"""Lowest and highest possible value."""


def bins_of(scores: Array, kind: ScoreKind) -> npt.NDArray[np.uint16]:
    """The bin of each score, in the order of the scores; of any shape."""
    if kind is ScoreKind.RAW:
        return _leading_bits(scores)
    if kind is ScoreKind.PROBABILITIES:
        return _bins_of_probabilities(np.minimum(scores, 1.0), None)
    if kind is ScoreKind.LOG_PROBABILITIES:
        return _bins_of_probabilities(np.exp(scores, dtype=np.float64), -np.expm1(scores, dtype=np.float64))
    return _bins_of_probabilities(sigmoid(scores), sigmoid(-scores))


def _leading_bits(scores: Array) -> npt.NDArray[np.uint16]:
    bits = (scores + 0.0).astype(np.float32).view(np.uint32)
    top = np.uint32(1 << 31)
    ordered = np.where(bits & top, ~bits, bits | top)
    return (ordered >> np.uint32(16)).astype(np.uint16)


def _bins_of_probabilities(p: Array, rest: Array | None) -> npt.NDArray[np.uint16]:
    """``rest``: 1 - p, where it is known better."""
    out = (p * float(1 << WIDTH)).astype(np.int32)
    out += BELOW - (1 << (WIDTH - 7))
    low = p < END
    if low.any():
        small = p[low]
        found = _octaves(small, OCTAVES_BELOW)
        out[low] = np.where(small > 0, 1 + found, 0)
    high = p >= 1.0 - END
    if high.any():
        left = 1.0 - p[high] if rest is None else rest[high]
        found = LAST - 1 - _octaves(left, OCTAVES_ABOVE)
        out[high] = np.where(left > 0, found, LAST)
    return out.astype(np.uint16)


def _octaves(distances: Array, octaves: int) -> npt.NDArray[np.int32]:
    """Place among the bins that end at 1/128, from the smallest distance on."""
    shift = 23 - STEPS
    first = np.float32(END / 2.0**octaves).view(np.int32) >> shift
    places = (distances.astype(np.float32).view(np.int32) >> shift) - first
    return np.clip(places, 0, (octaves << STEPS) - 1)


@cache
def edges(kind: ScoreKind) -> Floats:
    """The lowest score of each bin: a probability, or the raw score; (bins,)."""
    if kind is ScoreKind.RAW:
        ordered = np.clip(np.arange(BINS, dtype=np.uint32) << np.uint32(16), *INFINITIES)
        top = np.uint32(1 << 31)
        bits = np.where(ordered & top, ordered ^ top, ~ordered)
        return bits.view(np.float32).astype(np.float64)
    below = _distances(OCTAVES_BELOW)
    between = END + np.arange(ABOVE - BELOW) * 2.0**-WIDTH
    above = 1.0 - np.append(_distances(OCTAVES_ABOVE), END)[1:][::-1]
    below[0] = SMALLEST  # and all that is smaller than the octaves
    known = np.concatenate([[0.0], below, between, above, [1.0]])
    return np.append(known, np.full(BINS - len(known), np.inf))


def _distances(octaves: int) -> Floats:
    first = int(np.float32(END / 2.0**octaves).view(np.int32)) >> (23 - STEPS)
    bits = (first + np.arange(octaves << STEPS, dtype=np.int32)) << (23 - STEPS)
    return bits.astype(np.int32).view(np.float32).astype(np.float64)


class BinCounts(FieldSums, Struct, frozen=True, eq=False):
    """Negative and positive rows of each class in each bin.

    ``counts``: (classes, bins, 2), int64, or None before any are counted. ``held``: twice the bin of each
    row, plus 1 if it belongs to the class, (classes, rows), uint32, a block each, until there are many.
    """

    ALIKE: ClassVar[tuple[str, ...]] = ()

    counts: Array | None = None
    held: tuple[Array, ...] = ()

    @classmethod
    def of(cls, scores: Array, positive: Array, kind: ScoreKind) -> BinCounts:
        """Scores of each class, and which rows belong to it; (classes, rows) each."""
        held = bins_of(scores, kind).astype(np.uint32)
        held <<= np.uint32(1)
        held |= positive
        return cls(held=(held,))

    def __add__(self, other: BinCounts) -> BinCounts:
        counts = self.counts if other.counts is None else other.counts
        if self.counts is not None and other.counts is not None:
            counts = self.counts + other.counts
        both = BinCounts(counts, self.held + other.held)
        return both.counted() if sum(part.shape[1] for part in both.held) > HELD else both

    def counted(self) -> BinCounts:
        """The same with every row in the counts."""
        if not self.held:
            return self
        classes = len(self.held[0])
        more = np.stack(
            [
                np.bincount(np.concatenate([part[row] for part in self.held]), minlength=2 * BINS)
                for row in range(classes)
            ]
        ).reshape(classes, BINS, 2)
        return BinCounts(more if self.counts is None else self.counts + more)

    def packed(self) -> BinCounts:
        """The smaller form: the rows themselves if they are few, in one array."""
        rows = sum(part.shape[1] for part in self.held)
        if self.counts is not None or rows > FEW_ROWS:
            return self.counted()
        return BinCounts(held=(np.concatenate(self.held, axis=1),))

    @property
    def of_bins(self) -> Array:
        """Rows of each class in each bin, (classes, bins, 2)."""
        counts = self.counted().counts
        if counts is None:
            raise ValueError("no block was counted")
        return counts


def curve_of_bins(counts: Array, kind: ScoreKind) -> CurveSegment:
    """The curve of one class, (bins, 2), with the rows of a bin as ties."""
    present = np.flatnonzero(counts[:, 1])
    upto = np.cumsum(counts[::-1], axis=0)[::-1]
    return CurveSegment(
        positives=int(upto[0, 1]),
        negatives=int(upto[0, 0]),
        hits=counts[present, 1],
        tied=counts[present, 0],
        tp=upto[present, 1],
        fp=upto[present, 0],
        scores=edges(kind)[present],
    )


def exact_bins(kind: ScoreKind) -> npt.NDArray[np.bool_]:
    """Bins with one score only, whose rows are tied; (bins,)."""
    exact = np.zeros(BINS, np.bool_)
    if kind is ScoreKind.PROBABILITIES:
        exact[[0, LAST]] = True
    return exact


def bounds_of_roc_auc(counts: Array, exact: Array) -> tuple[float, float]:
    """Lowest and highest possible area under the ROC curve of one class, (bins, 2).

    >>> counts = np.array([[3, 1], [1, 4]])
    >>> bounds_of_roc_auc(counts, np.zeros(2, np.bool_))
    (0.6, 0.95)
    """
    negatives, positives = counts.sum(axis=0).tolist()
    if not negatives * positives:
        return np.nan, np.nan
    n, p = counts.T.astype(np.float64)
    above = positives - np.cumsum(p)
    middle = float(n @ above + 0.5 * (n @ p))
    open_pairs = 0.5 * float((n * p)[~exact].sum())
    pairs = negatives * positives
    return (middle - open_pairs) / pairs, (middle + open_pairs) / pairs


def bounds_of_average_precision(counts: Array, exact: Array) -> tuple[float, float]:
    """Lowest and highest possible average precision of one class, (bins, 2).

    Of p positives and n negatives of a bin below T positives and F negatives, the i-th positive has at most
    the precision (T + p) / (T + p + F), that of all of them tied above the negatives; and at least (T + i)
    / (T + i + F + n), that of each by itself below the negatives.
    """
    positives = int(counts[:, 1].sum())
    if not positives:
        return np.nan, np.nan
    held = counts[counts[:, 1] > 0].astype(np.float64)[::-1]
    fixed = exact[counts[:, 1] > 0][::-1]
    order = np.flatnonzero(counts[:, 1])[::-1]
    upto = np.cumsum(counts[::-1], axis=0)[::-1].astype(np.float64)
    n, p = held.T
    t, f = upto[order, 1] - p, upto[order, 0] - n
    best, worst = p * (t + p) / (t + p + f), _steps(t, f + n, p)
    tied = p * (t + p) / (t + p + f + n)
    low, high = (np.where(fixed, tied, part).sum() / positives for part in (worst, best))
    return float(low), float(high)


def area_bounds(counts: Array, kind: ScoreKind) -> tuple[tuple[float, float], tuple[float, float]]:
    """Ends of the area under the ROC curve, and of the average precision, of one class, (bins, 2)."""
    exact = exact_bins(kind)
    (low, high), (least, most) = bounds_of_roc_auc(counts, exact), bounds_of_average_precision(counts, exact)
    return (low - MARGIN, high + MARGIN), (least - MARGIN, most + MARGIN)


def _steps(t: Floats, f: Floats, p: Floats) -> Floats:
    """Sum of (t + i) / (t + i + f) for i from 1 to p."""
    return p - f * _digamma_step(t + f + 1.0, p)


def _digamma_step(x: Floats, step: Floats) -> Floats:
    """ψ(x + step) - ψ(x) for x >= 1, without the cancellation of large x."""
    large = x >= LARGE
    near = digamma(np.where(large, 1.0, x) + step) - digamma(np.where(large, 1.0, x))
    x = np.where(large, x, LARGE)
    end = x + step
    return np.where(large, np.log1p(step / x) + (_tail(x) - _tail(end)), near)


def _tail(x: Floats) -> Floats:
    """Log x - ψ(x) for large x, the asymptotic series (Abramowitz & Stegun, 6.3.18)."""
    square = 1.0 / (x * x)
    series = square * (1 / 12 - square * (1 / 120 - square * (1 / 252 - square * (1 / 240 - square / 132))))
    return 0.5 / x + series


def digamma(x: Floats) -> Floats:
    """The derivative of log Γ for x >= 1: recurrence up to 16, then the asymptotic series.

    Abramowitz & Stegun, Handbook of Mathematical Functions (1964), 6.3.5 and 6.3.18.

    >>> float(np.round(digamma(np.array([1.0]))[0], 12))
    -0.577215664902
    """
    x = np.asarray(x, np.float64).copy()
    out = np.zeros_like(x)
    for _ in range(int(LARGE)):
        small = x < LARGE
        out[small] -= 1.0 / x[small]
        x[small] += 1.0
    return out + np.log(x) - _tail(x)
