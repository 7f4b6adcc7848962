"""A table of arrays that are in memory already: what a program gives, not a file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

import pyarrow as pa

from evalcli.findings import Finding, Place
from evalcli.loaders.arrays import BATCH_ROWS, Array, arrow
from evalcli.loaders.source import FileFacts

Column: TypeAlias = "Array | pa.ChunkedArray"
"""Values of each row: a NumPy array, (n,) or (n, k), or an Arrow column."""


class TableSource:
    """Columns with the same number of rows, by name. Nothing is copied until it is read.

    ``path``: what messages call the whole. ``widen`` and ``remarks`` are those of a file without text.
    """

    def __init__(self, path: str, columns: Mapping[str, Column], class_names: tuple[str, ...] = ()) -> None:
        self.path, self._columns, self.class_names = path, dict(columns), class_names
        self.columns = tuple(columns)
        self.types = {name: self._part(name, 0, 1).type for name in columns}
        self.rows: int | None = len(next(iter(columns.values())))
        self.hidden: tuple[str, ...] = ()
        self.remarks: tuple[Finding, ...] = ()

    @property
    def files(self) -> tuple[FileFacts, ...]:
        """One, that is no file."""
        return (FileFacts(self.path, "in memory", self.rows, self._digest),)

    def place(self, column: str | None = None, row: int | None = None) -> Place:
        """The column, which is named as the argument that it comes from, and the row."""
        return Place(column or self.path, None, None if row is None else row + 1)

    def widen(self, names: Sequence[str]) -> None:
        """Nothing: numbers have their own types."""

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Yield slices of the columns as record batches."""
        for start in range(0, self.rows or 0, BATCH_ROWS):
            parts = [self._part(name, start, start + BATCH_ROWS) for name in columns]
            yield pa.RecordBatch.from_arrays(parts, list(columns))

    def _part(self, name: str, start: int, stop: int) -> pa.Array:
        column = self._columns[name]
        if not isinstance(column, pa.ChunkedArray):
            return arrow(column[start:stop])
        chunks = column.slice(start, stop - start).chunks or [pa.nulls(0, column.type)]
        return chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks)

    def _digest(self) -> str:
        """SHA-256 of all values, in the order of the columns."""
        from hashlib import sha256

        digest = sha256()
        for batch in self.batches(self.columns):
            sink = pa.BufferOutputStream()
            with pa.ipc.new_stream(sink, batch.schema) as stream:
                stream.write_batch(batch)
            digest.update(sink.getvalue())
        return digest.hexdigest()


__all__ = ["Column", "TableSource"]
