"""Number of rows, and effective sample size of weighted ones."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from evalcli.blocks import Block
from evalcli.statistics.base import FieldSums, Finished
from evalcli.statistics.parts import Parts, StackedSums
from evalcli.statistics.weights import Weights


class RowCount(FieldSums, Finished, Struct, frozen=True):
    """Rows, their weight and the sum of their squared weights."""

    rows: int = 0
    weight: float = 0.0
    squares: float = 0.0

    @classmethod
    def of(cls, weights: Weights, rows: int) -> RowCount:
        """A number of rows, with their weights."""
        return cls(rows, weights.total(rows), weights.total_squares(rows))

    @property
    def effective(self) -> float:
        """Kish's effective sample size."""
        return self.weight / (self.squares / self.weight) if self.squares else 0.0


class Size(Struct, frozen=True):
    """Count rows and weights."""

    levels: ClassVar[tuple[float, ...]] = ()

    def of(self, block: Block) -> RowCount:
        """Count one block."""
        return RowCount.of(Weights(block.weight), block.n)

    def of_parts(self, block: Block, parts: Parts) -> StackedSums[RowCount]:
        """Count each part of a block."""
        weights, rows = Weights(block.weight), parts.rows
        sums = [parts.sums(w.of_rows(block.n)) if w.are_given else rows for w in (weights, weights.squared)]
        return StackedSums(parts.codes, (rows, *sums), RowCount)
