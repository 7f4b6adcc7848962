"""Parquet files: streamed by row group, and only the columns that are needed."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from evalcli.errors import InputError
from evalcli.findings import Finding, Place
from evalcli.loaders.arrow_columns import Array, is_list, is_numeric, numbers
from evalcli.loaders.arrow_types import field_type, plain, plain_type
from evalcli.loaders.resource import WRITE_AGAIN, Resource, brief, unreadable
from evalcli.loaders.source import OneFile, Settings, class_names_in
from evalcli.loaders.threads import Threads
from evalcli.text import escape

BATCH_VALUES = 1 << 20
"""Values per batch: with a thousand columns, batches have fewer rows, or the decoder needs gigabytes."""
MOST_ROWS = 1 << 18
"""Maximum number of rows per batch."""
GROUP_ROWS = 1 << 17
LIST_ROWS = 1 << 10
"""Rows per batch of lists, since each list may be long."""
FILLED_ROWS = 1 << 16
"""Rows that are decoded before they are copied into an array."""
COLUMNS, TOGETHER = 16, 8
"""Columns that are decoded together into an array, and such parts that are decoded before any is used."""
PANDAS_INDEX = "__index_level_0__"
BROKEN = (pa.ArrowException, OSError, ValueError, TypeError)


def _variable(kind: pa.DataType) -> bool:
    """Whether rows may have any number of values."""
    nested = pa.types.is_struct(kind) or pa.types.is_map(kind)
    return nested or (is_list(kind) and not pa.types.is_fixed_size_list(kind))


def _range_index(metadata: Mapping[bytes, bytes]) -> tuple[int, int, str] | None:
    """Start, step and name of a pandas index that is described in the metadata but not stored."""
    try:
        columns = json.loads(metadata.get(b"pandas", b"{}")).get("index_columns", [])
        ranges = [c for c in columns if isinstance(c, dict) and c.get("kind") == "range"]
        if not len(columns) == len(ranges) == 1:
            return None
        found = ranges[0]
        return int(found["start"]), int(found["step"]), str(found.get("name") or PANDAS_INDEX)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _refusal(place: Place, error: Exception) -> InputError:
    return unreadable("Parquet file", place, escape(brief(error)), WRITE_AGAIN)


def open(resource: Resource, settings: Settings, remarks: tuple[Finding, ...] = ()) -> ParquetSource:
    """Read the footer."""
    try:
        return ParquetSource(resource, remarks)
    except BROKEN as error:
        raise _refusal(resource.place, error) from None


class ParquetSource(OneFile):
    """One Parquet file."""

    form = "Parquet"
    by_field = True

    def __init__(self, resource: Resource, remarks: tuple[Finding, ...]) -> None:
        super().__init__(resource, remarks)
        self._file = file = pq.ParquetFile(self._open())
        schema = file.schema_arrow
        self.columns = tuple(schema.names)
        self.types = {name: plain_type(kind) for name, kind in zip(schema.names, schema.types, strict=True)}
        self._odd = {name for name, kind in zip(schema.names, schema.types, strict=True)
                     if plain_type(kind) != kind}  # fmt: skip
        self.rows: int | None = file.metadata.num_rows
        self.class_names = class_names_in(schema.metadata)
        self._range = _range_index(schema.metadata or {})
        if self._range is not None and self._range[2] not in self.columns:
            *counted, name = self._range
            self.types[name] = pa.int64()
            if name == PANDAS_INDEX and counted == [0, 1]:
                self.hidden = (PANDAS_INDEX,)
            else:  # named, or of sorted or selected rows: their order is not that of the original table
                self.columns = (*self.columns, name)

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream the row groups."""
        # by row groups: metadata of a single column cannot be read safely from a broken file
        metadata = self._file.metadata
        self.resource.require_bound(
            sum(metadata.row_group(g).total_byte_size for g in range(metadata.num_row_groups))
        )
        kinds = [field_type(self.types, name) for name in columns]
        width = sum(getattr(kind, "list_size", 1) for kind in kinds)
        rows = min(max(BATCH_VALUES // max(width, 1), 1 << 13), MOST_ROWS)
        if any(map(_variable, kinds)):
            rows = LIST_ROWS
        odd = self._odd.intersection(columns)
        index = None if self._range is None else self._range[2]
        made = index in columns and index not in self._file.schema_arrow.names
        stored = [name for name in columns if not made or name != index]
        done = decompressed = 0
        file = self._file
        words = [name for name in text if name in self.types and pa.types.is_string(self.types[name])]
        try:
            if words:  # repeated text is stored once
                file = pq.ParquetFile(self._open(), metadata=file.metadata, read_dictionary=words)
            # group by group: a single call for all groups keeps the data of each until the end
            for groups in self._groups():
                # batches have the file's column order, not the requested one
                # threads that decode would compete with those that compute
                for batch in file.iter_batches(rows, row_groups=groups, columns=stored, use_threads=False):
                    plain_batch = plain(batch) if odd else batch
                    yield self._with_index(plain_batch, done) if made else plain_batch
                    done += batch.num_rows
                    decompressed += plain_batch.nbytes  # that of views is known from PyArrow 24 only
                    self.resource.require_bound(decompressed)
        except BROKEN as error:
            raise _refusal(self.resource.place, error) from None

    def can_fill(self, columns: Sequence[str]) -> bool:
        """Whether these columns are stored as numbers."""
        names = self._file.schema_arrow.names
        flat = len(names) == self._file.metadata.num_columns
        stored = set(names) - self._odd
        return flat and stored.issuperset(columns) and all(is_numeric(self.types[name]) for name in columns)

    def fill(self, columns: Sequence[str], out: Array, threads: Threads) -> Iterator[int]:
        """Write columns of numbers into an array, (columns, rows), by row groups; the rows that are there.

        A few columns at a time: batches of a thousand columns take several times the memory and the time.
        """
        metadata, start, readers = self._file.metadata, 0, threading.local()
        names = self._file.schema_arrow.names
        place = {name: index for index, name in enumerate(names)}
        indices = [place[name] for name in columns]

        def read(part: tuple[list[int], list[int], Array]) -> None:
            groups, some, rows = part
            if not hasattr(readers, "of_thread"):  # opening a file of many columns takes milliseconds
                readers.of_thread = pq.ParquetFile(self._open(), metadata=metadata).reader
            at = 0
            for batch in readers.of_thread.iter_batches(FILLED_ROWS, groups, some, use_threads=False):
                end = at + batch.num_rows
                for row, index in zip(rows, some, strict=True):
                    row[at:end] = numbers(batch.column(names[index]))
                at = end
            if at != rows.shape[1]:
                raise ValueError(f"{at} rows in place of {rows.shape[1]}")

        parts: list[tuple[list[int], list[int], Array]] = []
        all_groups = list(self._groups())
        for groups in all_groups:
            end = start + sum(metadata.row_group(group).num_rows for group in groups)
            parts += [
                (groups, indices[at : at + COLUMNS], out[at : at + COLUMNS, start:end])
                for at in range(0, len(columns), COLUMNS)
            ]
            start = end
            if len(parts) >= TOGETHER or groups is all_groups[-1]:
                try:
                    list(threads(read, parts))
                except BROKEN as error:
                    raise _refusal(self.resource.place, error) from None
                pa.default_memory_pool().release_unused()
                parts.clear()
                yield end

    def _open(self) -> Any:
        """The file by name if possible, so that the decoder reads it instead of mapping it."""
        path = self.resource.local
        return str(path) if path else self.resource.seekable()

    def _with_index(self, batch: pa.RecordBatch, start: int) -> pa.RecordBatch:
        """A batch with the index that pandas gives its rows."""
        first, step, name = self._range or (0, 1, PANDAS_INDEX)
        positions = np.arange(start, start + batch.num_rows, dtype=np.int64) * step + first
        index = pa.Array.from_buffers(pa.int64(), len(positions), [None, pa.py_buffer(positions)])
        return pa.RecordBatch.from_arrays([*batch.columns, index], names=[*batch.schema.names, name])

    def _groups(self) -> Iterator[list[int]]:
        """Row groups to read together: small groups are combined."""
        held: list[int] = []
        rows = 0
        for group in range(self._file.metadata.num_row_groups):
            held.append(group)
            rows += self._file.metadata.row_group(group).num_rows
            if rows >= GROUP_ROWS:
                yield held
                held, rows = [], 0
        if held:
            yield held


__all__ = ["ParquetSource", "open"]
