"""Predicted labels in lists, or as tags in one field, converted to score columns of 0 and 1."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from msgspec.structs import replace

from evalcli.inputs.class_names import in_order
from evalcli.inputs.in_memory import InMemoryColumns
from evalcli.inputs.labels import LabelSets, read_label_lists
from evalcli.inputs.options import Options
from evalcli.inputs.roles import Roles
from evalcli.inputs.tags import split_tags
from evalcli.inputs.truth import Truth
from evalcli.loaders.arrow_columns import is_list
from evalcli.loaders.source import Source

ROWS = 1 << 16
"""Rows per batch of only indicators."""


class PredictedSets:
    """A source with an additional column of 0 and 1 for each label. ``sets``: label sets of all rows."""

    def __init__(self, source: Source, column: str, sets: LabelSets) -> None:
        self._source, self._sets = source, sets
        self.indicators = tuple(f"{column}={name}" for name in sets.names)
        self.path, self.hidden, self.class_names = source.path, source.hidden, source.class_names
        self.columns = (*source.columns, *self.indicators)
        self.types = source.types | dict.fromkeys(self.indicators, pa.int8())
        self.rows: int | None = len(sets)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)  # remarks, files and places of the file

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream the rows of the file's columns, with the indicators of these rows."""
        file_columns = [name for name in columns if name not in self.indicators]
        if not file_columns:
            for start in range(0, len(self._sets), ROWS):
                yield self._joined(columns, start, min(ROWS, len(self._sets) - start), None)
            return
        start = 0
        for batch in self._source.batches(file_columns, text, ids):
            yield self._joined(columns, start, batch.num_rows, batch)
            start += batch.num_rows

    def _joined(
        self, columns: Sequence[str], start: int, rows: int, batch: pa.RecordBatch | None
    ) -> pa.RecordBatch:
        arrays = []
        for name in columns:
            if name in self.indicators:
                row = self._sets.matrix[self.indicators.index(name), start : start + rows]
                arrays.append(pa.array(np.maximum(row, 0), pa.int8(), mask=row < 0))
            elif batch is not None:
                arrays.append(batch.column(batch.schema.get_field_index(name)))
        return pa.RecordBatch.from_arrays(arrays, list(columns))


def with_indicators(source: Source, roles: Roles, truth: Truth, options: Options) -> tuple[Source, Roles]:
    """The predictions with a score column for each label of truth or predictions, and the new roles."""
    name = str(roles.predicted)
    read = InMemoryColumns(source, options)
    if is_list(source.types[name]):
        sets = read_label_lists(read.chunks(name), source.place(name))
    else:
        sets = split_tags(read.labels(name), options.label_sep, bool(options.null_values))
    names = options.classes or in_order({*truth.names, *sets.names})
    sets = replace(sets, matrix=sets.ordered(names), names=tuple(names))
    wrapped = PredictedSets(source, name, sets)
    return wrapped, replace(roles, scores=wrapped.indicators, predicted=None, prefix=f"{name}=")
