"""A function of each row: the statistic of cost matrices and of losses of one's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, Block
from evalcli.blocks.base import overflow_to_infinity
from evalcli.errors import UsageError
from evalcli.statistics.moments import Moments
from evalcli.statistics.row_losses import RowLossMoments

OfRows = Callable[[Any], Array]
"""From a block to a number for each of its rows, (n,)."""


class RowValues(Struct, frozen=True):
    """Moments of a function of the rows. ``name``: for messages."""

    name: str
    function: OfRows

    @overflow_to_infinity
    def of(self, block: Block) -> RowLossMoments:
        """The function of one block; rows without a finite number are counted as outside its domain."""
        if not block.n:
            return RowLossMoments(Moments())
        values = np.asarray(self.function(block))
        if values.shape != (block.n,) or values.dtype.kind not in "biuf":
            raise UsageError(
                f"metric {self.name!r} must give one number for each row",
                found=f"an array of shape {values.shape} and type {values.dtype} for {block.n:,} rows",
                hint="return an array of shape (n,), without a sum or a mean",
            )
        values, inside, weight = values.astype(np.float64), np.isfinite(values), block.weight
        if inside.all():
            return RowLossMoments(Moments.of(values, weight))
        kept = Moments.of(values[inside], None if weight is None else weight[inside])
        return RowLossMoments(kept, int(np.count_nonzero(~inside)))
