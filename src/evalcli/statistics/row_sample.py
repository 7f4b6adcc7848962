"""Some rows, drawn by numbers that depend on their places alone: the same ones whatever came first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from evalcli.blocks import Block, concatenate, take_rows
from evalcli.statistics.base import Mapper, Summable

ALL_ROWS = 1 << 64
"""Above every hash."""


GROUPS = 200
"""Groups that are drawn at least, if there are so many."""


def bound_of_groups(group: npt.NDArray[Any], most: int) -> Any:
    """The highest hash of whole groups that hold about so many rows; of ``GROUPS`` groups at least."""
    hashes, sizes = np.unique(group, return_counts=True)
    fitting = int(np.searchsorted(np.cumsum(sizes), most, side="right"))
    return hashes[min(max(fitting, GROUPS), len(hashes)) - 1]


@dataclass(frozen=True)
class RowSample:
    """Keep at most so many rows, or the rows of whole groups.

    ``limit``: rows. ``share``: of groups, the part of each one's rows that is looked at, so that groups of
    any size fit; that makes their figures vary more, never less.
    """

    limit: int
    share: float = 1.0
    levels: ClassVar[tuple[float, ...]] = ()

    def of(self, block: Block) -> SampledRows:
        """The rows of one block that may be kept."""
        if block.row_hashes is None:
            raise ValueError("rows without hashes cannot be drawn")
        if self.share < 1.0:
            block = take_rows(block, np.flatnonzero(block.row_hashes[1] < self.share * ALL_ROWS))
        return SampledRows(self, (block,), block.n).cut()


@dataclass(frozen=True, eq=False)
class SampledRows(Summable):
    """Rows that may be kept, as blocks; ``rows`` of them, cut when there are twice as many as are wanted.

    ``bound``: what their hashes are below.
    """

    drawn: RowSample
    blocks: tuple[Block, ...]
    rows: int
    bound: int = ALL_ROWS

    def __add__(self, other: SampledRows) -> SampledRows:
        bound = min(self.bound, other.bound)
        joined = SampledRows(self.drawn, self.blocks + other.blocks, self.rows + other.rows, bound)
        return joined.cut() if joined.rows > 2 * self.drawn.limit else joined

    def cut(self) -> SampledRows:
        """The rows of the lowest hashes; of groups, whole ones, and at least one."""
        limit, bound = self.drawn.limit, self.bound
        block = concatenate(self.blocks)
        if block.row_hashes is None:
            raise ValueError("rows without hashes cannot be drawn")
        row_hashes = block.row_hashes[0]
        if block.n > limit:
            above = np.partition(row_hashes, limit)[limit]
            # a whole number: two hashes of 64 bits may be one float
            bound = min(bound, max(int(above), int(row_hashes.min()) + 1))
        if bound < ALL_ROWS:
            block = take_rows(block, np.flatnonzero(row_hashes < np.uint64(bound)))
        return SampledRows(self.drawn, (block,), block.n, bound)

    def finalize(self, mapper: Mapper) -> Sample:
        """The rows, in the order of their hashes: the same whatever came first."""
        kept = self.cut()
        (block,) = kept.blocks
        if block.row_hashes is None:
            raise ValueError("rows without hashes cannot be drawn")
        ordered = take_rows(block, np.lexsort((block.row_hashes[1], block.row_hashes[0])))
        return Sample(ordered, mapper, kept.bound / ALL_ROWS)


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows that were drawn, groups together. ``part``: of all groups, or rows, that are here; in (0, 1]."""

    block: Any
    mapper: Mapper
    part: float

    @cached_property
    def starts(self) -> npt.NDArray[np.intp]:
        """Where each group begins, (groups,)."""
        row_hashes = self.block.row_hashes[0]
        return (
            np.flatnonzero(np.concatenate([[True], row_hashes[1:] != row_hashes[:-1]]))
            if len(row_hashes)
            else np.empty(0, np.intp)
        )

    @property
    def units(self) -> int:
        """Groups, or rows that are groups of their own."""
        return len(self.starts)

    def resampled(self, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        """Places of rows, each group as often as Poisson(1) says."""
        times = np.repeat(rng.poisson(1.0, self.units), np.diff(self.starts, append=self.block.n))
        return np.repeat(np.arange(self.block.n), times)
