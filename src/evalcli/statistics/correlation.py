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
    """``order``: rows from the lowest value up, (n,). ``start``: where each distinct value begins."""

    order: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]

    @cached_property
    def ties(self) -> npt.NDArray[np.int64]:
        """Rows with each distinct value."""
        return np.diff(self.start, append=len(self.order))

    @property
    def tied_pairs(self) -> int:
        """Pairs of rows with the same value."""
        return int(np.dot(self.ties, self.ties - 1)) // 2

    @property
    def spread(self) -> float:
        """Sum of squared deviations of the mid-ranks from their mean."""
        n = len(self.order)
        sizes, times = (part.tolist() for part in np.unique(self.ties, return_counts=True))
        return (n**3 - n - sum(m * (t**3 - t) for t, m in zip(sizes, times, strict=True))) / 12

    @cached_property
    def centred(self) -> npt.NDArray[Any]:
        """Twice the mid-rank less its mean, in sorted order, (n,): whole numbers."""
        n = len(self.order)
        small = np.int32 if n < 1 << 30 else np.int64
        if len(self.start) == n:
            return np.arange(1 - n, n, 2, dtype=small)
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
    row's number leaves of 64. Rows whose bits agree are then put in order by the values themselves.
    """
    n = len(values)
    width = max(n - 1, 1).bit_length()
    low = values.min()
    with np.errstate(over="ignore", invalid="ignore"):
        span = values.max() - low
        scale = (2.0 ** (63 - width)) / span if span > 0 else 0.0
    if not np.isfinite(scale) or not np.isfinite(span):
        order = np.argsort(values)
        ordered = values[order]
        return Ranked(order, np.flatnonzero(np.concatenate([[True], ordered[1:] != ordered[:-1]])))
    keys = ((values - low) * scale).astype(np.uint64)
    keys <<= np.uint64(width)
    keys |= np.arange(n, dtype=np.uint64)
    keys.sort()
    order = (keys & np.uint64((1 << width) - 1)).view(np.int64)
    keys >>= np.uint64(width)
    same = np.zeros(n, np.bool_)  # the same bits as the row before
    np.equal(keys[1:], keys[:-1], out=same[1:])
    if same.any():
        _settle(values, order, keys, same)
    return Ranked(order, np.flatnonzero(~same))


def _settle(
    values: Floats, order: npt.NDArray[np.int64], keys: npt.NDArray[np.uint64], same: npt.NDArray[np.bool_]
) -> None:
    """Put rows of equal bits in order by value; ``same`` becomes: the same value as the row before."""
    grouped = same.copy()
    grouped[:-1] |= same[1:]
    at = np.flatnonzero(grouped)
    found = values[order[at]]
    joint = same[at]
    if (joint[1:] & (found[1:] < found[:-1])).any():
        inner = np.lexsort((found, keys[at]))
        order[at] = order[at][inner]
        found = found[inner]
    joint[1:] &= found[1:] == found[:-1]
    same[at] = joint


def rank_product(one: Ranked, other: Ranked, mapper: Mapper = map) -> float:
    """Sum of the products of both sides' centred mid-ranks."""
    n = len(one.order)
    mine = np.empty(n, one.centred.dtype)
    mine[one.order] = one.centred
    theirs = other.centred

    def part(start: int) -> float:
        rows = slice(start, start + CHUNK)
        return float(np.dot(mine[other.order[rows]].astype(np.float64), theirs[rows].astype(np.float64)))

    return sum(mapper(part, range(0, n, CHUNK))) / 4


def inversions(one: Ranked, other: Ranked, mapper: Mapper = map) -> tuple[int, int]:
    """Pairs of rows that one side orders one way and the other side the other way; pairs tied in both."""
    joint = (one.groups << np.uint64(32)) | other.groups
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
        numbers, found = _level(numbers, size)
        total, size = total + found, size // 2
    blocks = numbers.reshape(-1, size)
    return total + sum(mapper(_crossings_in, blocks))


def _crossings_in(block: npt.NDArray[np.uint32]) -> int:
    total, size, numbers = 0, len(block), block
    while size > 1:
        numbers, found = _level(numbers, size)
        total, size = total + found, size // 2
    return total


def _level(numbers: npt.NDArray[np.uint32], size: int) -> tuple[npt.NDArray[np.uint32], int]:
    """Part each node of ``size`` numbers by its highest bit; the ones before a zero."""
    half = size // 2
    nodes = numbers.reshape(-1, size)
    high = (nodes & np.uint32(half)) != 0
    low = ~high
    ones = np.cumsum(high, axis=1, dtype=np.uint32)
    found = int(ones[low].sum(dtype=np.int64))
    parted = np.concatenate([nodes[low].reshape(-1, half), nodes[high].reshape(-1, half)], axis=1)
    return parted.reshape(-1), found
