"""Ranks of real values, and rank correlation."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.cached import cached_property
from evalcli.statistics.base import Floats, Mapper, dot
from evalcli.statistics.columns import Column
from evalcli.statistics.sorted_keys import sort_keys

CHUNK = 1 << 16
PIECE, PIECES = 1 << 17, 2
"""Rows of a piece, and pieces that a thread takes at a time."""
R = TypeVar("R")


class Ranked(Struct, frozen=True, eq=False, dict=True):
    """``order``: rows by ascending value, (n,). ``repeats``: its places with the value of the one before."""

    order: npt.NDArray[np.integer]
    repeats: npt.NDArray[np.integer]

    @property
    def distinct(self) -> bool:
        """Whether no two rows have the same value."""
        return not len(self.repeats)

    @property
    def is_new(self) -> npt.NDArray[np.bool_]:
        """Where a value differs from the one before, (n,)."""
        is_new = np.ones(len(self.order), np.bool_)
        is_new[self.repeats] = False
        return is_new

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

    def centred_at(self, places: npt.NDArray[np.integer]) -> npt.NDArray[np.float64]:
        """The same of the rows at some places of the order."""
        if self.distinct:
            return 2.0 * places.astype(np.float64) + (1 - len(self.order))
        return self._centred[places].astype(np.float64)

    @cached_property
    def _centred(self) -> Array:
        n = len(self.order)
        small = np.int32 if n < 1 << 30 else np.int64
        return np.repeat((2 * self.start + self.ties - n).astype(small), self.ties)


class Gathered(Struct, frozen=True, eq=False):
    """Values in another order, looked up when they are needed: they are never in memory all at once."""

    values: Floats
    order: npt.NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.values)

    def __getitem__(self, rows: Array | slice) -> Floats:
        return np.take(self.values, self.order[rows])

    def min(self) -> np.floating:
        """The lowest value."""
        return self.values.min()

    def max(self) -> np.floating:
        """The highest value."""
        return self.values.max()


Values = Floats | Gathered | Column


def ranks_of(values: Values, mapper: Mapper = map) -> Ranked:
    """Order and ties of values, fast for finite ones.

    Sorting values is several times faster than sorting indices: each value is scaled to as many bits as the
    row's number leaves of 64. Rows with equal bits are then ordered by value, and equal values
    by row number. Processed in chunks: allocating memory costs more than the arithmetic.
    """
    n = len(values)
    width = np.uint64(max(n - 1, 1).bit_length())
    low = values.min()
    with np.errstate(over="ignore", invalid="ignore"):
        span = values.max() - low
        scale = (2.0 ** (63 - int(width))) / span if span > 0 else 0.0
    if not np.isfinite(scale) or not np.isfinite(span):
        plain = values[:]
        order = np.argsort(plain, kind="stable")
        ordered = plain[order]
        return Ranked(order, np.flatnonzero(ordered[1:] == ordered[:-1]) + 1)
    keys = np.empty(n, np.uint64)

    def make(rows: slice) -> None:
        part = keys[rows]
        scaled = values[rows] - low
        scaled *= scale
        np.copyto(part.view(np.int64), scaled, casting="unsafe")
        part <<= width
        part |= np.arange(rows.start, rows.start + len(part), dtype=np.uint64)

    def repeated(rows: slice) -> npt.NDArray[np.intp]:
        bits = keys[max(rows.start - 1, 0) : rows.stop] >> width
        return np.flatnonzero(bits[1:] == bits[:-1]) + max(rows.start, 1)

    by_piece(make, n, mapper)
    sort_keys(keys, mapper)
    repeats = np.concatenate(by_piece(repeated, n, mapper))
    rows = _row_numbers(keys, width)
    return Ranked(rows, _order_equal_bits(values, rows, repeats) if len(repeats) else repeats)


def by_piece(function: Callable[[slice], R], n: int, mapper: Mapper) -> list[R]:
    """Results for pieces of n rows, in order.

    Temporary arrays of a piece stay in the cache of a core and need no new pages; a thread takes many pieces
    at a time.
    """

    def of_several(first: int) -> list[R]:
        end = min(first + PIECES * PIECE, n)
        return [function(slice(start, min(start + PIECE, n))) for start in range(first, end, PIECE)]

    return list(chain.from_iterable(mapper(of_several, range(0, n, PIECES * PIECE))))


def _row_numbers(keys: npt.NDArray[np.uint64], width: np.uint64) -> npt.NDArray[np.integer]:
    """The low bits of keys, which are no longer needed: written over them, and the rest is freed."""
    n = len(keys)
    if n >= 1 << 31:
        return (keys & np.uint64((1 << int(width)) - 1)).view(np.int64)
    mask = np.uint64((1 << int(width)) - 1)

    def narrow(rows: slice) -> None:
        np.copyto(keys.view(np.int32)[rows], keys[rows] & mask, casting="unsafe")

    by_piece(narrow, n, map)  # one after another: it writes over what it has read
    keys.resize((n + 1) // 2, refcheck=False)
    return keys.view(np.int32)[:n]


def _order_equal_bits(
    values: Values, order: npt.NDArray[np.integer], repeats: npt.NDArray[np.intp]
) -> npt.NDArray[np.intp]:
    """Order rows of equal bits by value. ``repeats``: places of repeated bits; returns those of values."""
    is_repeat = np.zeros(len(order), np.bool_)
    is_repeat[repeats] = True
    grouped = is_repeat.copy()
    grouped[:-1] |= is_repeat[1:]
    at = np.flatnonzero(grouped)
    joint, group_values = is_repeat[at], values[order[at]]
    if (joint[1:] & (group_values[1:] < group_values[:-1])).any():
        inner = np.lexsort((group_values, np.cumsum(~joint)))
        order[at] = order[at][inner]
        group_values = group_values[inner]
    joint[1:] &= group_values[1:] == group_values[:-1]
    return at[joint]


def paired_ranks(left: Floats | Column, right: Floats, mapper: Mapper = map) -> tuple[Ranked, Ranked]:
    """Ranks of two values of each row, the right ones in the order of the left.

    The right order has places in the left one, not rows: products of ranks and inversions are read off in
    order, and nothing is put back into the order of the rows.
    """
    left_ranks = ranks_of(left, mapper)
    return left_ranks, ranks_of(Gathered(right, left_ranks.order), mapper)


def rank_product(left: Ranked, right: Ranked, mapper: Mapper = map) -> float:
    """Sum of the products of the centred mid-ranks of ``paired_ranks``."""

    def product(rows: slice) -> float:
        return dot(left.centred_at(right.order[rows]), right.centred(rows))

    return sum(by_piece(product, len(right.order), mapper)) / 4


def inversions(left: Ranked, right: Ranked, mapper: Mapper = map) -> tuple[int, int]:
    """Discordant pairs of rows of ``paired_ranks``, and pairs tied in both.

    Places ascend where right values are equal, so that rows tied in either are no inversion.
    """
    if left.distinct:
        return crossings(right.order, mapper), 0
    groups = np.repeat(np.arange(len(left.start), dtype=np.uint32), left.ties)[right.order]
    is_new = right.is_new
    is_new[1:] |= groups[1:] != groups[:-1]
    ties = np.diff(np.flatnonzero(is_new), append=len(groups))
    # a stable sort: equal values are no inversion; a permutation and its inverse have as many inversions
    return crossings(np.argsort(groups, kind="stable"), mapper), int(np.dot(ties, ties - 1)) // 2


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
