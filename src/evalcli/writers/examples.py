"""A few rows behind each cell of a confusion matrix, for a page: those with the highest loss."""

from __future__ import annotations

from typing import TYPE_CHECKING

from evalcli.writers.rows import worst_first

if TYPE_CHECKING:
    import pyarrow as pa

CELL = ("truth", "predicted")


class Examples:
    """Takes batches of the row table, and keeps some rows; errors before rows that are right.

    ``of_cell``, ``most``: rows of a cell, and of all cells.
    """

    def __init__(self, of_cell: int, most: int) -> None:
        self._of_cell, self._most = of_cell, most
        self._kept: pa.Table | None = None

    def take(self, batch: pa.RecordBatch) -> None:
        """Keep the worst of what is kept and of these rows."""
        import pyarrow as pa

        if "correct" not in batch.schema.names or pa.types.is_list(batch.schema.field("truth").type):
            return
        columns = [c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in batch.columns]
        kept = [] if self._kept is None else self._kept.to_batches()
        plain = pa.RecordBatch.from_arrays(columns, batch.schema.names)
        table = pa.Table.from_batches(worst_first([*kept, plain]))
        self._kept = table.take(pa.array(_chosen(table, self._of_cell, self._most), pa.int64()))

    @property
    def rows(self) -> tuple[dict[str, object], ...]:
        """The kept rows, by column."""
        return () if self._kept is None else tuple(self._kept.to_pylist())


def _chosen(table: pa.Table, of_cell: int, most: int) -> list[int]:
    """Places of the first rows of each cell: those of the errors, and then those of the others."""
    import numpy as np

    frame = table.select([*CELL, "correct"]).to_pandas()
    first = (frame.groupby(list(CELL), sort=False, observed=True).cumcount() < of_cell).to_numpy()
    right = frame["correct"].to_numpy(dtype=bool)
    order = np.concatenate([np.flatnonzero(first & ~right), np.flatnonzero(first & right)])
    return sorted(order[:most].tolist())


__all__ = ["Examples"]
