"""Parquet files: row groups streamed, and of them only the columns that are needed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pyarrow as pa
import pyarrow.parquet as pq

from evalcli.errors import InputError, printable
from evalcli.loaders.source import digest

BATCH_VALUES = 1 << 20
"""Values of one batch: a thousand columns want fewer rows, or the decoder holds gigabytes."""


@contextmanager
def _translated(path: str) -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError) as error:
        seen = str(error).splitlines()[0]
        raise InputError(
            "the Parquet file cannot be read",
            where=printable(path),
            seen=printable(seen),
            mend="it may be cut short or another format; write it again, or give --input-format",
        ) from None


def open(path: str, data: bytes | None) -> ParquetSource:
    """Read the footer."""
    with _translated(path):
        file = pq.ParquetFile(pa.BufferReader(data) if data is not None else path, memory_map=data is None)
        return ParquetSource(path, data, file)


class ParquetSource:
    """One Parquet file."""

    def __init__(self, path: str, data: bytes | None, file: pq.ParquetFile) -> None:
        self.path, self._data, self._file = path, data, file
        schema = file.schema_arrow
        self.columns = tuple(schema.names)
        self.types = dict(zip(schema.names, schema.types, strict=True))
        self.rows: int | None = file.metadata.num_rows

    def batches(self, columns: Sequence[str], text: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        """Stream the row groups."""
        rows = min(max(BATCH_VALUES // max(len(columns), 1), 1 << 13), 1 << 16)
        with _translated(self.path):
            # batches come in the file's column order whatever order is asked for
            yield from self._file.iter_batches(rows, columns=list(columns))

    def table(self, columns: Sequence[str], text: Sequence[str] = ()) -> pa.Table:
        """Read the columns at once."""
        with _translated(self.path):
            return self._file.read(columns=list(columns))

    def sha256(self) -> str:
        """Digest of the file."""
        return digest(self.path, self._data)
