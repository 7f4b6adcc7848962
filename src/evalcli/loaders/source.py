"""What every loader gives: a schema, and the rows of chosen columns as Arrow record batches."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

import pyarrow as pa


class Source(Protocol):
    """One readable table.

    ``columns`` names the columns in file order; ``types`` gives each one's Arrow type; ``rows`` is the number
    of rows when the file says it, else None. A two-dimensional array is one fixed-size-list column.
    """

    path: str
    columns: tuple[str, ...]
    types: dict[str, pa.DataType]
    rows: int | None

    def batches(self, columns: Sequence[str], text: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        """Stream the rows of ``columns``; those in ``text`` come as the strings that the file holds."""
        ...

    def table(self, columns: Sequence[str], text: Sequence[str] = ()) -> pa.Table:
        """The same rows at once, for columns that are held in memory (the labels)."""
        ...

    def sha256(self) -> str:
        """Hexadecimal digest of the file's bytes."""
        ...


def digest(path: str, data: bytes | None) -> str:
    """SHA-256 of the bytes in hand, or of the file."""
    import hashlib

    if data is not None:
        return hashlib.sha256(data).hexdigest()
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
