"""A sample of rows, drawn by hashes of row numbers, independent of the order of blocks."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array, Block, concatenate, take_rows
from evalcli.cached import cached_property
from evalcli.statistics.base import Mapper, Summable

ALL_ROWS = 1 << 64
"""Above every hash."""


GROUPS = 200
"""Minimum number of sampled groups, if there are as many."""


def bound_of_groups(group: Array, most: int) -> np.uint64:
    """The highest hash of whole groups with at most ``most`` rows in total; at least ``GROUPS`` groups."""
    hashes, sizes = np.unique(group, return_counts=True)
    fitting = int(np.searchsorted(np.cumsum(sizes), most, side="right"))
    return hashes[min(max(fitting, GROUPS), len(hashes)) - 1]


def _hashes(block: Block) -> Array:
    if block.row_hashes is None:
        raise ValueError("rows without hashes cannot be drawn")
    return block.row_hashes


def nth_lowest(row_hashes: Array, place: int) -> np.unsignedinteger:
    """The hash at a place of the order, mostly from the few below twice its expected value."""
    highest = 1 << 8 * row_hashes.itemsize
    bound = 2 * highest * (place + 1) // len(row_hashes)
    if bound < highest:
        lowest = row_hashes[row_hashes < row_hashes.dtype.type(bound)]
        if len(lowest) > place:
            row_hashes = lowest
    found: np.unsignedinteger = np.partition(row_hashes, place)[place]
    return found


class RowSample(Struct, frozen=True):
    """Keep at most ``limit`` rows, or the rows of whole groups.

    ``share``: share of the rows of each group that is used, so that groups of any size fit; it can only
    increase their variance.
    """

    limit: int
    share: float = 1.0
    levels: ClassVar[tuple[float, ...]] = ()

    def of(self, block: Block) -> SampledRows:
        """The rows of one block that may be kept."""
        row_hashes = _hashes(block)
        if self.share < 1.0:
            block = take_rows(block, np.flatnonzero(row_hashes[1] < self.share * ALL_ROWS))
        return SampledRows(self, (block,), block.n).cut()


class SampledRows(Summable, Struct, frozen=True, eq=False):
    """Candidate rows, as blocks; ``rows``: their number, reduced when above twice the limit.

    ``bound``: all hashes are below it.
    """

    statistic: RowSample
    blocks: tuple[Block, ...]
    rows: int
    bound: int = ALL_ROWS

    def __add__(self, other: SampledRows) -> SampledRows:
        bound = min(self.bound, other.bound)
        joined = SampledRows(self.statistic, self.blocks + other.blocks, self.rows + other.rows, bound)
        return joined.cut() if joined.rows > 2 * self.statistic.limit else joined

    def thinned(self, share: float) -> SampledRows:
        """The rows that a smaller share of each group keeps."""
        if share >= self.statistic.share:
            return self
        block = concatenate(self.blocks)
        block = take_rows(block, np.flatnonzero(_hashes(block)[1] < share * ALL_ROWS))
        return SampledRows(RowSample(self.statistic.limit, share), (block,), block.n, self.bound)

    def cut(self) -> SampledRows:
        """The rows with the lowest hashes; whole groups, and at least one."""
        limit, bound = self.statistic.limit, self.bound
        block = concatenate(self.blocks)
        row_hashes = _hashes(block)[0]
        if block.n > limit:
            above = nth_lowest(row_hashes, limit)
            # a Python integer: two 64-bit hashes may be the same float
            bound = min(bound, max(int(above), int(row_hashes.min()) + 1))
        if bound < ALL_ROWS:
            block = take_rows(block, np.flatnonzero(row_hashes < np.uint64(bound)))
        return SampledRows(self.statistic, (block,), block.n, bound)

    def finalize(self, mapper: Mapper) -> Sample:
        """The rows in the order of their hashes, independent of the order of blocks."""
        kept = self.cut()
        (block,) = kept.blocks
        row_hashes = _hashes(block)
        ordered = take_rows(block, np.lexsort((row_hashes[1], row_hashes[0])))
        return Sample(ordered, mapper, kept.bound / ALL_ROWS)


class Sample(Struct, frozen=True, eq=False, dict=True):
    """Sampled rows, ordered by group. ``part``: share of all groups, or rows, in the sample; in (0, 1]."""

    block: Block
    mapper: Mapper
    part: float

    @cached_property
    def starts(self) -> npt.NDArray[np.intp]:
        """Index of the first row of each group, (groups,)."""
        row_hashes = _hashes(self.block)[0]
        return (
            np.flatnonzero(np.concatenate([[True], row_hashes[1:] != row_hashes[:-1]]))
            if len(row_hashes)
            else np.empty(0, np.intp)
        )

    @property
    def units(self) -> int:
        """Number of groups; every row is a group if there are none."""
        return len(self.starts)

    def first(self, rows: int) -> Sample:
        """A smaller sample, of rows without groups."""
        if self.block.n <= rows or self.units < self.block.n:
            return self
        return Sample(take_rows(self.block, slice(0, rows)), self.mapper, self.part * rows / self.block.n)

    def times_drawn(self, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """How often each row is in a Poisson bootstrap sample of groups, (n,)."""
        return np.repeat(rng.poisson(1.0, self.units), np.diff(self.starts, append=self.block.n))
