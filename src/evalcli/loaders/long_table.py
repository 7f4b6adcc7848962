"""A table of several parts below each other, one of them for each value of some columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

import numpy as np
import pyarrow as pa

from evalcli.findings import Finding, Place
from evalcli.loaders.arrays import BATCH_ROWS
from evalcli.loaders.arrow_columns import column_of
from evalcli.loaders.source import FileFacts, Source

Way = tuple[str, str]
"""A column, and how it is read: as its type, as text, or as ids."""


class LongTable:
    """Reads each column once, for all parts, and keeps it in the order of the parts.

    ``keys``: values of the columns that part it, of each part, as they come.
    """

    def __init__(self, source: Source, by: Sequence[str]) -> None:
        self.source, self.by = source, tuple(by)
        read = [part.cast(pa.large_string()) for part in self._read([(name, "text") for name in by])]
        codes = [column.combine_chunks().dictionary_encode() for column in map(_filled, read)]
        numbers = [np.asarray(code.indices) for code in codes]
        together = np.zeros(len(numbers[0]), np.int64)
        for code, number in zip(codes, numbers, strict=True):
            together = together * len(code.dictionary) + number
        _, first, inverse = np.unique(together, return_index=True, return_inverse=True)
        self.keys = [tuple(_text(column, int(row)) for column in read) for row in first]
        self.order = np.argsort(inverse, kind="stable")
        self._ends = np.concatenate([[0], np.cumsum(np.bincount(inverse))])
        self._is_ordered = bool(np.all(np.diff(inverse) >= 0))
        self._kept: dict[Way, pa.ChunkedArray] = {}
        self.sha256 = cache(self._sha256)

    def __len__(self) -> int:
        return len(self.keys)

    def part(self, number: int) -> Part:
        """The rows of one key."""
        return Part(self, int(self._ends[number]), int(self._ends[number + 1]))

    def ordered(self, ways: Sequence[Way]) -> list[pa.ChunkedArray]:
        """Columns in the order of the parts, read together where they are not known yet."""
        missing = [way for way in dict.fromkeys(ways) if way not in self._kept]
        for way, column in zip(missing, self._read(missing) if missing else [], strict=True):
            self._kept[way] = column if self._is_ordered else column.take(pa.array(self.order))
        return [self._kept[way] for way in ways]

    def forget(self, names: Sequence[str]) -> None:
        """Read these columns again: they have another type now."""
        self._kept = {way: column for way, column in self._kept.items() if way[0] not in names}

    def _read(self, ways: Sequence[Way]) -> list[pa.ChunkedArray]:
        names = [name for name, _ in ways]
        text, ids = ([name for name, way in ways if way == which] for which in ("text", "ids"))
        parts: list[list[pa.Array]] = [[] for _ in ways]
        for batch in self.source.batches(names, text, ids):
            for part, name in zip(parts, names, strict=True):
                part.append(column_of(batch, name))
        columns = [pa.chunked_array(part) if part else pa.chunked_array([], pa.null()) for part in parts]
        return [_plain(column) for column in columns]

    def _sha256(self) -> str:
        return self.source.files[0].sha256()


class Part:
    """The rows of one part as a table of its own; places are those of the whole file."""

    def __init__(self, table: LongTable, start: int, end: int) -> None:
        self._table, self._start, self.rows = table, start, end - start
        source = table.source
        self.path, self.hidden, self.class_names = source.path, source.hidden, source.class_names
        self.columns = tuple(name for name in source.columns if name not in table.by)

    @property
    def types(self) -> dict[str, pa.DataType]:
        """Of the columns."""
        return {name: self._table.source.types[name] for name in self.columns}

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """Remarks on how the file was read."""
        return self._table.source.remarks

    @property
    def files(self) -> tuple[FileFacts, ...]:
        """The file of the whole."""
        source = self._table.source.files[0]
        return (FileFacts(source.path, source.form, self.rows, self._table.sha256),)

    def place(self, column: str | None = None, row: int | None = None) -> Place:
        """Place of a value in the file."""
        inside = None if row is None else int(self._table.order[self._start + row])
        return self._table.source.place(column, inside)

    def widen(self, names: Sequence[str]) -> None:
        """Read columns of text as float64."""
        widen = getattr(self._table.source, "widen", None)
        if widen is not None and names:
            widen(names)
            self._table.forget(names)

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Yield the rows of the part."""
        ways = [(name, "ids" if name in ids else "text" if name in text else "") for name in columns]
        whole = self._table.ordered(ways)
        for start in range(0, self.rows, BATCH_ROWS):
            rows = min(BATCH_ROWS, self.rows - start)
            parts = [_whole(column.slice(self._start + start, rows)) for column in whole]
            yield pa.RecordBatch.from_arrays(parts, list(columns))


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """With one dictionary, if it has any."""
    return column.unify_dictionaries() if pa.types.is_dictionary(column.type) else column


def _whole(column: pa.ChunkedArray) -> pa.Array:
    chunks = column.chunks or [pa.nulls(0, column.type)]
    return chunks[0] if len(chunks) == 1 else pa.concat_arrays(chunks)


def _filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.fill_null("")


def _text(column: pa.ChunkedArray, row: int) -> str:
    return str(column[row].as_py() or "")


__all__ = ["LongTable", "Part"]
