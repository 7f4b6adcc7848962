"""How many rows there are, and how many equal ones would tell as much."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from evalcli.blocks import Block


@dataclass(frozen=True)
class RowCount:
    """Rows, their weight and the sum of their squared weights."""

    rows: int = 0
    weight: float = 0.0
    squares: float = 0.0

    def __add__(self, other: RowCount) -> RowCount:
        return RowCount(self.rows + other.rows, self.weight + other.weight, self.squares + other.squares)

    @property
    def effective(self) -> float:
        """Kish's effective number of rows: how many equal ones would tell as much."""
        return self.weight / (self.squares / self.weight) if self.squares else 0.0


@dataclass(frozen=True)
class Size:
    """Count rows and weights."""

    levels: ClassVar[tuple[float, ...]] = ()

    def of(self, block: Block) -> RowCount:
        """Count one block."""
        weight = block.weight
        if weight is None:
            return RowCount(block.n, block.n, block.n)
        return RowCount(block.n, float(weight.sum()), float(weight @ weight))
