"""Per-batch values of metrics whose mean over batches is not their value over all rows."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array, ClassBlock
from evalcli.statistics.base import FieldSums, Floats, Mapper


class OutcomeRuns(FieldSums, Struct, frozen=True, eq=False):
    """True class, predicted class, loss, argmax, and whether its probability rounds to 1; arrays (n,)."""

    ALIKE: ClassVar[tuple[str, ...]] = ("k",)

    k: int
    runs: tuple[tuple[Array, ...], ...] = ()

    def finalize(self, mapper: Mapper) -> Outcomes:
        """All rows in one run."""
        return Outcomes(self.k, *map(np.concatenate, zip(*self.runs, strict=True)))


class Outcomes(Struct, frozen=True, eq=False):
    """The rows in order; ``loss`` is empty without probabilities, the last two unless multiclass."""

    k: int
    truth: Array
    predicted: Array
    loss: Floats
    best: Array
    rounds_to_one: npt.NDArray[np.bool_]

    def totals(self, size: int) -> tuple[Floats, Floats, Floats]:
        """Hits, rows predicted and rows true of each class in each batch of rows, (batches, k)."""
        batch = np.arange(len(self.truth)) // size
        batches = int(batch[-1]) + 1
        hit = self.truth == self.predicted

        def count(rows: Array | slice, classes: Array) -> Floats:
            cells = batch[rows] * self.k + classes[rows]
            return np.bincount(cells, minlength=batches * self.k).reshape(batches, self.k).astype(np.float64)

        all_rows = slice(None)
        return count(hit, self.truth), count(all_rows, self.predicted), count(all_rows, self.truth)

    def accuracy_by_batch(self, size: int) -> Floats:
        """Share of each batch's rows whose predicted class is the true one, (batches,)."""
        return _means((self.truth == self.predicted).astype(np.float64), size)

    def loss_by_batch(self, size: int) -> Floats:
        """Mean loss of each batch, (batches,)."""
        return _means(self.loss, size)

    def rounded(self) -> tuple[Floats, Floats, Floats]:
        """The same totals for all rows, (1, k), if a class is predicted where its probability rounds to 1."""
        predicted, k = self.rounds_to_one, self.k
        hit = predicted & (self.truth == self.best)
        parts = (self.truth[hit], self.best[predicted], self.truth)
        hits, predicted_counts, support = (
            np.bincount(part, minlength=k).astype(np.float64)[None, :] for part in parts
        )
        return hits, predicted_counts, support


def _means(values: Floats, size: int) -> Floats:
    start = np.arange(0, len(values), size)
    return np.asarray(np.add.reduceat(values, start) / np.diff(start, append=len(values)))


class RowOutcomes(Struct, frozen=True):
    """Keep what metrics of single batches need of each row."""

    row_bytes: ClassVar[int] = 33

    def of(self, block: ClassBlock) -> OutcomeRuns:
        """Rows of one block."""
        loss, best, rounds_to_one = np.empty(0), np.empty(0, np.intp), np.empty(0, np.bool_)
        if block.has_probabilities:
            loss = -block.log_true_probability[0]
            if block.positive is None:
                best, rounds_to_one = block.argmax, np.asarray(block.probabilities.max(axis=0) > 0.5)
        run = (block.truth, block.predicted, loss, best, rounds_to_one)
        return OutcomeRuns(block.k, (run,))
