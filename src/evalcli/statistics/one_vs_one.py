"""One class against each other class alone: all pairs of classes from one sort per class."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.statistics.base import Floats
from evalcli.statistics.correlation import ranks_of
from evalcli.statistics.curves import CurveSegment, curve_in_order, curve_points
from evalcli.statistics.weights import Weights

CHUNK = 1 << 16
BELOW = np.int64(0xFFFFFFFF)
"""The low bits of a 64-bit key, below those of the score."""


class OneVsOne(Struct, frozen=True, eq=False):
    """One class against the rest, and against each other class.

    ``concordant``: for each other class, twice the weight of pairs in which a row of this class outscores a
    row of that one, ties once; (k,). ``keys``: sorted keys against the rest, if any.
    """

    curve: CurveSegment
    concordant: Floats
    keys: Array | None = None


def one_vs_one_by_ranks(
    scores: Array, classes: Array, weights: Weights, class_index: int, k: int
) -> OneVsOne:
    """Class ``class_index`` against each of the others, from scores of any scale; rows may have weights."""
    ranked = ranks_of(scores)
    start, classes = ranked.start, classes[ranked.order]
    weight = weights.at(ranked.order).of_rows(len(classes))
    positive_weight = np.where(classes == class_index, weight, 0)
    curve = curve_in_order(scores[ranked.order[start]], positive_weight, weight - positive_weight, start)
    tied = np.add.reduceat(positive_weight, start)
    above = positive_weight.sum() - np.cumsum(tied)
    doubled = np.repeat(2 * above + tied, ranked.ties) * weight
    concordant = np.bincount(classes, weights=doubled, minlength=k)
    return OneVsOne(curve, concordant.astype(np.float64, copy=False))


def one_vs_one_by_keys(bits: Sequence[Array], codes: Sequence[Array], k: int) -> OneVsOne:
    """64-bit keys: score in the high bits, class in the low ones; this class, k, is last among ties."""
    keys = np.empty(sum(map(len, codes)), np.int64)
    halves = keys.view(np.uint32).reshape(-1, 2)
    np.concatenate(bits, out=halves[:, 1])
    np.concatenate(codes, out=halves[:, 0])
    keys.sort()
    positives = sum(int(np.count_nonzero(part == k)) for part in codes)
    plain, positions, concordant, left = np.empty(len(keys), np.uint32), [], np.zeros(k + 1), positives
    for first in range(0, len(keys), CHUNK):
        rows = slice(first, first + CHUNK)
        classes = keys[rows] & BELOW
        is_positive = classes == k
        np.left_shift(halves[rows, 1], 1, out=plain[rows])
        plain[rows] |= is_positive
        positions.append(np.flatnonzero(is_positive) + first)
        # rows of this class above, including those with the same score
        above = np.subtract(float(left), np.cumsum(is_positive, dtype=np.int32))
        concordant += np.bincount(classes, weights=above, minlength=k + 1)
        left -= len(positions[-1])
    curve = curve_points(
        keys,
        np.concatenate(positions) if positions else np.empty(0, np.intp),
        BELOW,
        lambda selected: (selected >> 32).astype(np.uint32).view(np.float32),
        (positives, len(keys) - positives),
        (0, 0),
    )
    concordant *= 2
    mixed = np.flatnonzero(curve.tied)
    if len(mixed):
        counts = curve.tied[mixed]
        lowest = np.searchsorted(keys, curve.scores[mixed].view(np.uint32).astype(np.int64) << 32)
        tied = np.repeat(lowest - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        once = np.repeat(curve.hits[mixed], counts)
        concordant -= np.bincount(keys[tied] & BELOW, weights=once, minlength=k + 1)
    return OneVsOne(curve, concordant[:k], plain)
