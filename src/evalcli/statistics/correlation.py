"""Ranks of real values, and how far two orders agree."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from evalcli.statistics.base import Floats, Mapper

CHUNK = 1 << 16


@dataclass(frozen=True, eq=False)
class Ranked:
    """``order``: rows from the lowest value up, (n,). ``fresh``: where a value is not that before, (n,)."""

    order: npt.NDArray[np.integer]
    fresh: npt.NDArray[np.bool_]

    @cached_property
    def distinct(self) -> bool:
        """Whether no two rows have the same value."""
        return bool(self.fresh.all())

    @cached_property
    def start(self) -> npt.NDArray[np.int64]:
        """Where each distinct value begins."""
        return np.flatnonzero(self.fresh)

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
        if not self.distinct:  # in whole numbers of any size
            sizes, times = (part.tolist() for part in np.unique(self.ties, return_counts=True))
            lost = sum(m * (t**3 - t) for t, m in zip(sizes, times, strict=True))
        return (n**3 - n - lost) / 12

    def centred(self, rows: slice) -> npt.NDArray[np.float64]:
        """Twice the mid-rank less its mean, of some rows in sorted order: whole numbers."""
        n = len(self.order)
        if self.distinct:
            return 2.0 * np.arange(*rows.indices(n), dtype=np.float64) + (1 - n)
        return self._centred[rows].astype(np.float64)

    @cached_property
    def _centred(self) -> npt.NDArray[Any]:
        n = len(self.order)
        small = np.int32 if n < 1 << 30 else np.int64
        return np.repeat((2 * self.start + self.ties - n).astype(small), self.ties)

    @property
    def groups(self) -> npt.NDArray[np.uint64]:
        """Which distinct value each row has, by its place among them; (n,)."""
        out = np.empty(len(self.order), np.uint64)
        out[self.order] = np.repeat(np.arange(len(self.start), dtype=np.uint64), self.ties)
        return out


def ranks_of(values: Floats) -> Ranked:
    """Order and ties of values, fast for finite ones.

    Sorting values is several times faster than sorting indices: each value is scaled to as many bits as the
    row's number leaves of 64. Rows whose bits agree are then put in order by the values themselves. Made and
    read piece by piece: fresh memory costs more than the arithmetic.
    """
    n = len(values)
    width = np.uint64(max(n - 1, 1).bit_length())
    low = values.min()
    with np.errstate(over="ignore", invalid="ignore"):
        span = values.max() - low
        scale = (2.0 ** (63 - int(width))) / span if span > 0 else 0.0
    fresh = np.ones(n, np.bool_)
    if not np.isfinite(scale) or not np.isfinite(span):
        order = np.argsort(values)
        ordered = values[order]
        np.not_equal(ordered[1:], ordered[:-1], out=fresh[1:])
        return Ranked(order, fresh)
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
        np.not_equal(bits[1:], bits[:-1], out=fresh[max(first, 1) : first + CHUNK])
        np.copyto(order[first : first + CHUNK], (part & mask)[first > 0 :], casting="unsafe")
    if not fresh.all():
        _settle(values, order, keys >> width, fresh)
    return Ranked(order, fresh)


def _settle(
    values: Floats,
    order: npt.NDArray[np.integer],
    bits: npt.NDArray[np.uint64],
    fresh: npt.NDArray[np.bool_],
) -> None:
    """Put rows of equal bits in order by value; ``fresh`` becomes: not the value of the row before."""
    grouped = ~fresh
    grouped[:-1] |= ~fresh[1:]
    at = np.flatnonzero(grouped)
    group_values = values[order[at]]
    joint = ~fresh[at]
    if (joint[1:] & (group_values[1:] < group_values[:-1])).any():
        inner = np.lexsort((group_values, bits[at]))
        order[at] = order[at][inner]
        group_values = group_values[inner]
    joint[1:] &= group_values[1:] == group_values[:-1]
    fresh[at] = ~joint


def rank_product(left: Ranked, right: Ranked, mapper: Mapper = map) -> float:
    """Sum of the products of both sides' centred mid-ranks."""
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
    """Pairs of rows that one side orders one way and the other side the other way; pairs tied in both."""
    joint = (left.groups << np.uint64(32)) | right.groups
    joint.sort()
    start = np.flatnonzero(np.diff(joint, prepend=joint[0] + np.uint64(1)) != 0)
    ties = np.diff(start, append=len(joint))
    seen = (joint & np.uint64(0xFFFFFFFF)).astype(np.uint32)
    # equal values in the order of arrival, so that they are no inversion; a permutation has as many
    # inversions as its inverse
    return crossings(np.argsort(seen, kind="stable"), mapper), int(np.dot(ties, ties - 1)) // 2


def crossings(permutation: npt.NDArray[np.integer], mapper: Mapper = map) -> int:
    """Pairs of a permutation of 0 to n - 1 in descending order.

    Bit by bit: numbers that agree in the higher bits stand together in their first order, and each 1 before a
    0 is a crossing.

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
    """Part each node of ``size`` numbers by its highest bit; the ones before a zero."""
    half = size // 2
    nodes = numbers.reshape(-1, size)
    high = (nodes & np.uint32(half)) != 0
    low = ~high
    ones = np.cumsum(high, axis=1, dtype=np.uint32)
    count = int(ones[low].sum(dtype=np.int64))
    parted = np.concatenate([nodes[low].reshape(-1, half), nodes[high].reshape(-1, half)], axis=1)
    return parted.reshape(-1), count
