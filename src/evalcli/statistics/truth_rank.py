"""Rank of the true class by score."""

from __future__ import annotations

from msgspec import Struct

from evalcli.blocks import Array, ClassBlock
from evalcli.statistics.base import FieldSums, Finished
from evalcli.statistics.parts import Parts, StackedSums
from evalcli.statistics.weights import Weights


class RankCounts(FieldSums, Finished, Struct, frozen=True):
    """``counts[r]``: rows, or their weight, with r classes ranked before the true one; shape (k,)."""

    counts: Array

    @property
    def n(self) -> float:
        """Rows, or their weight."""
        return self.counts.sum().item()


class TruthRank(Struct, frozen=True):
    """Count rows by rank of the true class; ties are broken by the lowest class index."""

    def of(self, block: ClassBlock) -> RankCounts:
        """Count one block."""
        return RankCounts(Weights(block.weight).counted(block.truth_rank, block.k))

    def of_parts(self, block: ClassBlock, parts: Parts) -> StackedSums[RankCounts]:
        """Count each part of a block."""
        cells = parts.of * block.k + block.truth_rank
        counted = Weights(block.weight).counted(cells, parts.count * block.k)
        return StackedSums(parts.codes, (counted.reshape(-1, block.k),), RankCounts)
