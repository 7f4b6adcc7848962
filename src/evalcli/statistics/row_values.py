"""A function of each row: the statistic of cost matrices and of losses of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Never, cast

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, Block
from evalcli.blocks.base import overflow_to_infinity
from evalcli.statistics.base import OfRows
from evalcli.statistics.moments import Moments
from evalcli.statistics.row_losses import RowLossMoments
from evalcli.statistics.weights import Weights

OfBlock = Callable[[Never], Array]
"""From a block of some kind to a number for each of its rows, (n,)."""


class RowValues(Struct, frozen=True):
    """Moments of a function of the rows; equal if the function is the same object."""

    function: OfBlock

    def __str__(self) -> str:
        return f"RowValues({self.function.__name__})"

    @overflow_to_infinity
    def rows(self, block: Block) -> OfRows:
        """The function of each row, and its weight."""
        values = cast(Callable[[Block], Array], self.function)(block).astype(np.float64)
        return np.where(np.isfinite(values), values, np.nan), block.weight

    @overflow_to_infinity
    def of(self, block: Block) -> RowLossMoments:
        """The function of one block; rows without a finite number are counted as outside its domain."""
        if not block.n:
            return RowLossMoments(Moments())
        values, weights = self.rows(block)[0], Weights(block.weight)
        inside = np.isfinite(values)
        if inside.all():
            return RowLossMoments(Moments.of(values, weights.values))
        kept = Moments.of(values[inside], weights.at(inside).values)
        return RowLossMoments(kept, int(np.count_nonzero(~inside)))
