"""Ranks of real values, and rank correlation."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.statistics.base import Floats, Mapper

CHUNK = 1 << 16


class Ranked(Struct, frozen=True, eq=False, dict=True):
    """``order``: rows by ascending value, (n,). ``is_new``: where a value differs from the one before."""

    order: npt.NDArray[np.integer]
    is_new: npt.NDArray[np.bool_]

    @cached_property
    def distinct(self) -> bool:
        """Whether no two rows have the same value."""
        return bool(self.is_new.all())

    @cached_property
    def start(self) -> npt.NDArray[np.int64]:
        """Index of the first row of each distinct value."""
        return np.flatnonzero(self.is_new)

    @cached_property
    def ties(self) -> npt.NDArray[np.int64]:
        """Rows with each distinct value."""
        return np.diff(self.start, append=len(self.order))

    @property
    def tied_pairs(self) -> int:
        """Pairs of rows with the same value."""
        return 0 if self.distinct else int(np.dot(self.ties, self.ties - 1)) // 2

    @property
    def spread(self) -> float:
        """Sum of squared deviations of the mid-ranks from their mean."""
        n, lost = len(self.order), 0
        if not self.distinct:  # in Python integers, which do not overflow
            sizes, times = (part.tolist() for part in np.unique(self.ties, return_counts=True))
            lost = sum(m * (t**3 - t) for t, m in zip(sizes, times, strict=True))
        return (n**3 - n - lost) / 12

    def centred(self, rows: slice) -> npt.NDArray[np.float64]:
        """Twice the mid-rank minus its mean, of some rows in sorted order: whole numbers."""
        n = len(self.order)
        if self.distinct:
            return 2.0 * np.arange(*rows.indices(n), dtype=np.float64) + (1 - n)
        return self._centred[rows].astype(np.float64)

    @cached_property
    def _centred(self) -> Array:
        n = len(self.order)
        small = np.int32 if n < 1 << 30 else np.int64
        return np.repeat((2 * self.start + self.ties - n).astype(small), self.ties)

    @property
    def groups(self) -> npt.NDArray[np.uint64]:
        """Index of each row's value among the distinct values; (n,)."""
        out = np.empty(len(self.order), np.uint64)
        out[self.order] = np.repeat(np.arange(len(self.start), dtype=np.uint64), self.ties)
        return out


def ranks_of(values: Floats) -> Ranked:
    """Order and ties of values, fast for finite ones.

    Sorting values is several times faster than sorting indices: each value is scaled to as many bits as the
    row's number leaves of 64. Rows with equal bits are then ordered by the values themselves. Processed in
    chunks: allocating memory costs more than the arithmetic.
    """
    n = len(values)
    width = np.uint64(max(n - 1, 1).bit_length())
    low = values.min()
    with np.errstate(over="ignore", invalid="ignore"):
        span = values.max() - low
        scale = (2.0 ** (63 - int(width))) / span if span > 0 else 0.0
    is_new = np.ones(n, np.bool_)
    if not np.isfinite(scale) or not np.isfinite(span):
        order = np.argsort(values)
        ordered = values[order]
        np.not_equal(ordered[1:], ordered[:-1], out=is_new[1:])
        return Ranked(order, is_new)
    keys = np.empty(n, np.uint64)
    for first in range(0, n, CHUNK):
        part = keys[first : first + CHUNK]
        np.copyto(part, (values[first : first + CHUNK] - low) * scale, casting="unsafe")
        part <<= width
        part |= np.arange(first, first + len(part), dtype=np.uint64)
    keys.sort()
    order = np.empty(n, np.int32 if n < 1 << 31 else np.int64)
    mask = np.uint64((1 << int(width)) - 1)
    for first in range(0, n, CHUNK):
        part = keys[max(first - 1, 0) : first + CHUNK]
        bits = part >> width
        np.not_equal(bits[1:], bits[:-1], out=is_new[max(first, 1) : first + CHUNK])
        np.copyto(order[first : first + CHUNK], (part & mask)[first > 0 :], casting="unsafe")
    if not is_new.all():
        _order_equal_bits(values, order, keys >> width, is_new)
    return Ranked(order, is_new)


def _order_equal_bits(
    values: Floats,
    order: npt.NDArray[np.integer],
    bits: npt.NDArray[np.uint64],
    is_new: npt.NDArray[np.bool_],
) -> None:
    """Order rows of equal bits by value; update ``is_new``."""
    grouped = ~is_new
    grouped[:-1] |= ~is_new[1:]
    at = np.flatnonzero(grouped)
    group_values = values[order[at]]
    joint = ~is_new[at]
    if (joint[1:] & (group_values[1:] < group_values[:-1])).any():
        inner = np.lexsort((group_values, bits[at]))
        order[at] = order[at][inner]
        group_values = group_values[inner]
    joint[1:] &= group_values[1:] == group_values[:-1]
    is_new[at] = ~joint


def rank_product(left: Ranked, right: Ranked, mapper: Mapper = map) -> float:
    """Sum of the products of the centred mid-ranks."""
    n = len(left.order)
    left_ranks = np.empty(n, np.int32 if n < 1 << 30 else np.int64)
    parts = [slice(first, first + CHUNK) for first in range(0, n, CHUNK)]

    def put(rows: slice) -> None:
        left_ranks[left.order[rows]] = left.centred(rows)

    list(mapper(put, parts))

    def product(rows: slice) -> float:
        return float(np.dot(left_ranks[right.order[rows]].astype(np.float64), right.centred(rows)))

    return sum(mapper(product, parts)) / 4


def inversions(left: Ranked, right: Ranked, mapper: Mapper = map) -> tuple[int, int]:
    """Discordant pairs of rows, and pairs tied in both."""
    joint = (left.groups << np.uint64(32)) | right.groups
    joint.sort()
    start = np.flatnonzero(np.diff(joint, prepend=joint[0] + np.uint64(1)) != 0)
    ties = np.diff(start, append=len(joint))
    values = (joint & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    # a stable sort: equal values are no inversion; a permutation and its inverse have as many inversions
    return crossings(np.argsort(values, kind="stable"), mapper), int(np.dot(ties, ties - 1)) // 2


def crossings(permutation: npt.NDArray[np.integer], mapper: Mapper = map) -> int:
    """Pairs of a permutation of 0 to n - 1 in descending order.

    Bit by bit: numbers with equal higher bits are adjacent, in their original order, and each 1 before a 0 is
    a crossing.

    >>> crossings(np.array([2, 0, 1]))
    2
    """
    n = len(permutation)
    size = 1 << max(n - 1, 1).bit_length()
    numbers = np.arange(size, dtype=np.uint32)
    numbers[:n] = permutation
    total = 0
    while size > CHUNK:
        numbers, count = _level(numbers, size)
        total, size = total + count, size // 2
    blocks = numbers.reshape(-1, size)
    return total + sum(mapper(_crossings_in, blocks))


def _crossings_in(block: npt.NDArray[np.uint32]) -> int:
    total, size, numbers = 0, len(block), block
    while size > 1:
        numbers, count = _level(numbers, size)
        total, size = total + count, size // 2
    return total


def _level(numbers: npt.NDArray[np.uint32], size: int) -> tuple[npt.NDArray[np.uint32], int]:
    """Partition each node of ``size`` numbers by its highest bit; count the ones before a zero."""
    half = size // 2
    nodes = numbers.reshape(-1, size)
    high = (nodes & np.uint32(half)) != 0
    low = ~high
    ones = np.cumsum(high, axis=1, dtype=np.uint32)
    count = int(ones[low].sum(dtype=np.int64))
    partitioned = np.concatenate([nodes[low].reshape(-1, half), nodes[high].reshape(-1, half)], axis=1)
    return partitioned.reshape(-1), count
