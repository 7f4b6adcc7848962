"""Columns held in memory: the truth, its weights, and ids for matching."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from evalcli.errors import InputError
from evalcli.inputs.labels import LabelReader, Labels
from evalcli.inputs.matching.index import IndexBuilder, RowIndex
from evalcli.inputs.options import Options
from evalcli.inputs.pieces import Piece, first_list_length, scores_of
from evalcli.loaders.arrow_columns import Array, column_of, is_list, numbers
from evalcli.loaders.source import ByColumns, Source
from evalcli.loaders.threads import threads


class InMemoryColumns:
    """Columns held in memory. The first access also reads the ids and the columns ``beside``.

    ``index``: of the ids, after the first access.
    """

    def __init__(
        self, source: Source, options: Options, ids: str | None = None, beside: Sequence[str] = ()
    ) -> None:
        self.source, self._nulls, self._ids, self._beside = source, options.null_values, ids, beside
        self._jobs = options.jobs
        self._numbers: dict[str, list[Array]] = {}
        self.index: RowIndex | None = None

    def _batches(self, columns: Sequence[str], text: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        """Yield rows of the columns; index the ids, and keep the numbers of the columns beside."""
        ids = self._ids if self.index is None else None
        beside = [name for name in self._beside if name not in self._numbers]
        builder = IndexBuilder(self.source.place(ids)) if ids else None
        wanted = list(dict.fromkeys([*columns, *beside, *([ids] if ids else [])]))
        self._numbers |= {name: [] for name in beside}
        rows = 0
        for batch in self.source.batches(wanted, text=text, ids=[ids] if ids else []):
            rows += batch.num_rows
            for name in beside:
                self._numbers[name].append(numbers(column_of(batch, name)).astype(np.float64))
            if builder is not None and ids:
                builder.add(column_of(batch, ids))
            if batch.num_rows:
                yield batch
        if not rows:
            raise InputError(
                "the file has no rows",
                where=self.source.place(),
                code="no-rows",
                hint="was it written completely?",
            )
        if builder is not None:
            pa.default_memory_pool().release_unused()
            self.index = builder.done()

    def labels(self, name: str) -> Labels:
        """A column of classes."""
        reader = LabelReader(self.source.place(name), self._nulls)
        for batch in self._batches([name], [name]):
            reader.add(column_of(batch, name))
        return reader.done()

    def numbers(self, name: str) -> Array:
        """A numeric column, (n,), float64, NaN where missing."""
        if name in self._numbers:
            return np.concatenate(self._numbers[name])
        if not self._ids and not self._beside:
            filled = self._filled(name)
            if filled is not None:
                return filled
        parts = [numbers(column_of(batch, name)) for batch in self._batches([name])]
        values = np.concatenate(parts).astype(np.float64, copy=False)
        parts.clear()
        pa.default_memory_pool().release_unused()
        return values

    def _filled(self, name: str) -> Array | None:
        """The same, decoded on several threads into one array, if the file allows."""
        source, rows = self.source, self.source.rows
        if not rows or not isinstance(source, ByColumns) or not source.can_fill([name]):
            return None
        values = np.empty(rows)
        for _ in source.fill([name], values[None], threads(self._jobs)):
            pass
        return values

    def chunks(self, name: str) -> list[pa.Array]:
        """Chunks of a column, not converted."""
        return [column_of(batch, name) for batch in self._batches([name], [name])]

    def matrix(self, columns: Sequence[str]) -> Array:
        """Numeric columns, or one column of lists, class-major."""
        batches = list(self._batches(columns))
        rows = sum(batch.num_rows for batch in batches)
        width = list_width(batches[:1], columns)
        return scores_of(Piece(0, rows, tuple(batches)), columns, width, self.source.place)


def list_width(batches: Sequence[Any], columns: Sequence[str]) -> int:
    """Numbers per row: the number of columns, or the length of the first list of a single column."""
    if len(columns) != 1 or not batches:
        return len(columns)
    column = column_of(batches[0], columns[0])
    return first_list_length(column) if is_list(column.type) else 1


__all__ = ["InMemoryColumns", "list_width"]
