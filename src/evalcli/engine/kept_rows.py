"""What a comparison keeps of each row of a model: its predicted class, and how sure it was."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, Block, ClassBlock


class KeptRows(Struct, frozen=True, eq=False):
    """Facts by row of the labels, (n,) each; threads write the rows of their pieces.

    ``scored``: whether the row was scored. ``predicted``: index of the class; None for other tasks.
    ``confidence``: probability of the predicted class, NaN if there are no probabilities.
    """

    scored: Array
    predicted: Array | None = None
    confidence: Array | None = None

    @classmethod
    def of(cls, rows: int, k: int, exclusive: bool) -> KeptRows:
        """Of no rows so far."""
        scored = np.zeros(rows, np.bool_)
        if not exclusive:
            return cls(scored)
        predicted = np.zeros(rows, np.min_scalar_type(max(k - 1, 0)))
        return cls(scored, predicted, np.full(rows, np.nan, np.float32))

    def sure(self, rows: Array) -> Array:
        """Probability of the predicted class of some rows, NaN if it is unknown."""
        return np.full(len(rows), np.nan) if self.confidence is None else self.confidence[rows]

    def add(self, block: Block, labelled: Array) -> None:
        """Keep the rows of a block."""
        self.scored[labelled] = True
        if self.predicted is None or self.confidence is None:
            return
        rows: ClassBlock = block  # type: ignore[assignment]  # of tasks with one class per row
        self.predicted[labelled] = rows.predicted
        if rows.has_probabilities:
            self.confidence[labelled] = rows.confidence
