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
MAGNITUDE = np.uint32(0x7FFFFFFF)
"""The bits of a score without its sign: -0 ties with 0."""


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


def one_vs_one_by_keys(bits: Sequence[Array], truths: Sequence[Array], class_index: int, k: int) -> OneVsOne:
    """Keys with the score in the high bits, class in the low ones; this class is last among ties.

    ``bits``: of scores of 32 bits; ``truths``: the class of each row; by run.
    """
    code_of = (np.arange(k) - class_index - 1) % k  # this class: k - 1
    keys, width, lowest = _sorted_keys(bits, truths, code_of)
    own, one, mask = keys.dtype.type(k - 1), np.uint32(1), keys.dtype.type((1 << width) - 1)
    positives = sum(int(np.count_nonzero(truth == class_index)) for truth in truths)
    plain, positions, concordant, left = np.empty(len(keys), np.uint32), [], np.zeros(k), positives
    for first in range(0, len(keys), CHUNK):
        rows = slice(first, first + CHUNK)
        classes = keys[rows] & mask
        is_positive = classes == own
        np.right_shift(keys[rows], keys.dtype.type(width), out=plain[rows], casting="unsafe")
        plain[rows] += lowest
        plain[rows] <<= one
        plain[rows] |= is_positive
        positions.append(np.flatnonzero(is_positive) + first)
        # rows of this class above, including those with the same score
        above = np.subtract(float(left), np.cumsum(is_positive, dtype=np.int32))
        concordant += np.bincount(classes.astype(np.intp), weights=above, minlength=k)
        left -= len(positions[-1])
    curve = curve_points(
        plain,
        np.concatenate(positions) if positions else np.empty(0, np.intp),
        one,
        lambda selected: (selected >> one).view(np.float32),
        (positives, len(keys) - positives),
        (0, 0),
    )
    concordant *= 2
    mixed = np.flatnonzero(curve.tied)
    if len(mixed):
        counts = curve.tied[mixed]
        start = np.searchsorted(plain, curve.scores[mixed].view(np.uint32) << one)
        tied = np.repeat(start - np.cumsum(counts) + counts, counts) + np.arange(counts.sum())
        once = np.repeat(curve.hits[mixed], counts)
        concordant -= np.bincount((keys[tied] & mask).astype(np.intp), weights=once, minlength=k)
    return OneVsOne(curve, concordant[code_of], plain)


def _sorted_keys(
    bits: Sequence[Array], truths: Sequence[Array], code_of: Array
) -> tuple[Array, int, np.uint32]:
    """Sorted keys, the bits of the code in each, and the lowest bits of a score, which those in keys exceed.

    32-bit keys, which are sorted in less than half the time, where the scores leave enough bits for codes.
    """
    bits = [part & MAGNITUDE for part in bits]
    known = [part for part in bits if len(part)]
    lowest = min((int(part.min()) for part in known), default=0)
    highest = max((int(part.max()) for part in known), default=0)
    width = (len(code_of) - 1).bit_length()
    kind = np.uint32 if (highest - lowest + 1) << width <= 1 << 32 else np.uint64
    keys: Array = np.empty(sum(map(len, bits)), kind)
    codes, first = code_of.astype(kind), 0
    for part, truth in zip(bits, truths, strict=True):
        rows = keys[first : first + len(part)]
        np.subtract(part, np.uint32(lowest), out=rows)
        np.left_shift(rows, kind(width), out=rows)
        np.bitwise_or(rows, codes[truth], out=rows)
        first += len(part)
    keys.sort()
    return keys, width, np.uint32(lowest)
