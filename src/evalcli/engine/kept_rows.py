"""What a comparison keeps of each row of a model: its predicted class, and how sure it was."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, Block, ClassBlock
from evalcli.metrics import Context


class KeptRows(Struct, frozen=True, eq=False):
    """Facts by row of the labels, (n,) each; threads write the rows of their pieces.

    ``scored``: whether the row was scored. ``predicted``: index of the class; None for other tasks.
    ``confidence``: probability of the predicted class, NaN if there are no probabilities. ``weight`` and
    ``group``: its weight, and a hash of its group, if rows have them. ``slices``: the code of its slice, for
    each ``--by``; -1 if it is in none.
    """

    scored: Array
    predicted: Array | None = None
    confidence: Array | None = None
    weight: Array | None = None
    group: Array | None = None
    slices: tuple[Array, ...] = ()

    @classmethod
    def of(cls, rows: int, context: Context, slices: int) -> KeptRows:
        """Of no rows so far."""
        classes = context.task.has_classes and context.task.exclusive
        return cls(
            scored=np.zeros(rows, np.bool_),
            predicted=np.zeros(rows, np.min_scalar_type(max(context.k - 1, 0))) if classes else None,
            confidence=np.full(rows, np.nan, np.float32) if classes else None,
            weight=np.zeros(rows) if context.weighted else None,
            group=None if context.groups is None else np.zeros(rows, np.uint64),
            slices=tuple(np.full(rows, -1) for _ in range(slices)),
        )

    def sure(self, rows: Array) -> Array:
        """Probability of the predicted class of some rows, NaN if it is unknown."""
        return np.full(len(rows), np.nan) if self.confidence is None else self.confidence[rows]

    def add(self, block: Block, labelled: Array, slices: Sequence[Array]) -> None:
        """Keep the rows of a block."""
        self.scored[labelled] = True
        for kept, codes in zip(self.slices, slices, strict=True):
            kept[labelled] = codes
        if self.weight is not None and block.weight is not None:
            self.weight[labelled] = block.weight
        if self.group is not None and block.row_hashes is not None:
            self.group[labelled] = block.row_hashes[0]
        if self.predicted is None or self.confidence is None:
            return
        rows: ClassBlock = block  # type: ignore[assignment]  # of tasks with one class per row
        self.predicted[labelled] = rows.predicted
        if rows.has_probabilities:
            self.confidence[labelled] = rows.confidence
