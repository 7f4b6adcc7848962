"""Some rows, drawn by numbers that depend on their places alone: the same ones whatever came first."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from evalcli.blocks import Block, taken, together
from evalcli.statistics.base import Mapper, Summable

EVERY = 2.0**64
"""Above every lot."""


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
        if block.lots is None:
            raise ValueError("rows without lots cannot be drawn")
        if self.share < 1.0:
            block = taken(block, np.flatnonzero(block.lots[1] < self.share * EVERY))
        return SampledRows(self, (block,), block.n).cut()


@dataclass(frozen=True, eq=False)
class SampledRows(Summable):
    """Rows that may be kept, as blocks; ``rows`` of them, cut when there are twice as many as are wanted.

    ``bound``: what their lots are below.
    """

    drawn: RowSample
    blocks: tuple[Block, ...]
    rows: int
    bound: float = EVERY

    def __add__(self, other: SampledRows) -> SampledRows:
        bound = min(self.bound, other.bound)
        joined = SampledRows(self.drawn, self.blocks + other.blocks, self.rows + other.rows, bound)
        return joined.cut() if joined.rows > 2 * self.drawn.limit else joined

    def cut(self) -> SampledRows:
        """The rows of the lowest lots; of groups, whole ones, and at least one."""
        limit, bound = self.drawn.limit, self.bound
        block = together(self.blocks)
        if block.lots is None:
            raise ValueError("rows without lots cannot be drawn")
        lots = block.lots[0]
        if block.n > limit:
            above = np.partition(lots, limit)[limit]
            bound = min(bound, float(max(above, lots.min() + np.uint64(1))))
        block = taken(block, np.flatnonzero(lots < bound))
        return SampledRows(self.drawn, (block,), block.n, bound)

    def finish(self, mapper: Mapper) -> Sample:
        """The rows, in the order of their lots: the same whatever came first."""
        kept = self.cut()
        (block,) = kept.blocks
        if block.lots is None:
            raise ValueError("rows without lots cannot be drawn")
        ordered = taken(block, np.lexsort((block.lots[1], block.lots[0])))
        return Sample(ordered, mapper, kept.bound / EVERY)


@dataclass(frozen=True, eq=False)
class Sample:
    """Rows that were drawn, groups together. ``part``: of all groups, or rows, that are here; in (0, 1]."""

    block: Any
    mapper: Mapper
    part: float

    @cached_property
    def starts(self) -> npt.NDArray[np.intp]:
        """Where each group begins, (groups,)."""
        lots = self.block.lots[0]
        return (
            np.flatnonzero(np.concatenate([[True], lots[1:] != lots[:-1]]))
            if len(lots)
            else np.empty(0, np.intp)
        )

    @property
    def units(self) -> int:
        """Groups, or rows that are groups of their own."""
        return len(self.starts)

    def redrawn(self, rng: np.random.Generator) -> npt.NDArray[np.intp]:
        """Places of rows, each group as often as Poisson(1) says."""
        times = np.repeat(rng.poisson(1.0, self.units), np.diff(self.starts, append=self.block.n))
        return np.repeat(np.arange(self.block.n), times)
