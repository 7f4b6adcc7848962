"""Batches of a loop, kept until they are scored together: a report over all rows, not a mean over batches."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal, Self, Unpack

import numpy as np
import pyarrow as pa
from msgspec import Struct

from evalcli.api.errors import as_arguments
from evalcli.api.options import ArrayOptions, Names, options_from
from evalcli.api.report import Report
from evalcli.api.score import of_arrays
from evalcli.blocks import Array
from evalcli.errors import InputError, UsageError
from evalcli.findings import Place
from evalcli.loaders.arrays import arrow
from evalcli.loaders.arrow_columns import is_list, matrix, numbers
from evalcli.loaders.given import array_of, require_rows

FORMAT = "evalcli-rows"
VERSION = 1
"""Version of what ``to_bytes`` writes; a later release reads all earlier ones."""
BY = "by."
"""Before the name of a slice's column among the arguments."""


class _Batch(Struct, frozen=True, eq=False):
    """One update: its arrays by the names of the arguments."""

    columns: dict[str, Array]

    @property
    def shape(self) -> dict[str, tuple[int, ...]]:
        """Numbers per row of each."""
        return {name: column.shape[1:] for name, column in self.columns.items()}

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.columns["y_true"])


class Evaluator:
    """Collects the rows of batches, in a loop or in several processes, and scores all of them together.

    The figures are those of ``evaluate`` on all rows: exact, with intervals, and bit for bit the same however
    the rows were cut into batches. Rows are kept, as exact rankings need them. ``a + b`` and ``sum(parts)``
    have the rows of both, in that order. ``update`` may be called by several threads, in whose order the
    rows are then.

    ``classes``: in the order of the columns of ``y_score``; without them, labels are discovered as they come.
    ``metrics`` and ``options``: those of ``evaluate``.
    """

    def __init__(
        self,
        *,
        classes: Sequence[str | int] | None = None,
        metrics: Names = "default",
        **options: Unpack[ArrayOptions],
    ) -> None:
        self._options: dict[str, object] = {"classes": _plain(classes), "metrics": _plain(metrics)}
        self._options |= {name: _plain(value) for name, value in options.items()}
        self._batches: list[_Batch] = []
        with as_arguments():
            options_from({"predictions": "arrays", **self._options}, "Evaluator", ArrayOptions)

    def update(
        self,
        *,
        y_true: object,
        y_score: object = None,
        y_pred: object = None,
        weight: object = None,
        group: object = None,
        slices: Mapping[str, object] | None = None,
    ) -> None:
        """Add a batch; its arrays are copied. Arguments are named, as other libraries differ in their order.

        ``slices``: the values of columns that are also scored separately, by name. Raises an ``InputError``
        if a batch has other arguments, or other numbers of columns, than the first one.
        """
        given = {"y_true": y_true, "y_score": y_score, "y_pred": y_pred, "weight": weight, "group": group}
        given |= {BY + name: values for name, values in (slices or {}).items()}
        columns = {name: _copied(name, value) for name, value in given.items() if value is not None}
        require_rows(columns, list(columns))
        batch = _Batch(columns)
        if not {"y_score", "y_pred"} & columns.keys():
            raise TypeError("update() needs y_score or y_pred beside y_true")
        if self._batches:
            _require_alike(self._batches[0], batch)
        if batch.rows:
            self._batches.append(batch)

    @property
    def rows(self) -> int:
        """Number of rows so far."""
        return sum(batch.rows for batch in self._batches)

    def report(self) -> Report:
        """The report over all rows so far; more may follow."""
        if not self._batches:
            raise UsageError("there are no rows yet", hint="update(y_true=..., y_score=...)", code="no-rows")
        columns = self._columns()
        slices = {name.removeprefix(BY): columns.pop(name) for name in [*columns] if name.startswith(BY)}
        return of_arrays({**columns, "by": slices or None}, self._options)

    def compute(self) -> dict[str, float]:
        """The metrics of the report by name; NaN where undefined."""
        return {name: float(score) for name, score in self.report().metrics.items()}

    def reset(self) -> None:
        """Forget all rows."""
        self._batches = []

    def merge(self, other: Evaluator) -> Self:
        """Add the rows of another one, after the own. Raises a ``UsageError`` that names what differs."""
        differences = [
            f"{name}: {self._options.get(name)!r} and {other._options.get(name)!r}"
            for name in {**self._options, **other._options}
            if self._options.get(name) != other._options.get(name)
        ]
        if differences:
            raise UsageError(
                "evaluators with different options cannot be added",
                found="; ".join(differences),
                hint="make them with the same options",
            )
        if self._batches and other._batches:
            _require_alike(self._batches[0], other._batches[0])
        self._batches = [*self._batches, *other._batches]
        return self

    def __add__(self, other: Evaluator) -> Self:
        if not isinstance(other, Evaluator):
            return NotImplemented
        return self._empty().merge(self).merge(other)

    def __radd__(self, zero: Literal[0]) -> Self:
        """Start value of ``sum``."""
        return self._empty().merge(self) if zero == 0 else NotImplemented

    def _empty(self) -> Self:
        new = type(self)()
        new._options = self._options
        return new

    def __repr__(self) -> str:
        return f"<Evaluator: {self.rows:,} rows in {len(self._batches):,} batches>"

    def _columns(self) -> dict[str, Array]:
        if not self._batches:
            return {}
        return {
            name: np.concatenate([batch.columns[name] for batch in self._batches])
            for name in self._batches[0].columns
        }

    def to_bytes(self) -> bytes:
        """Options and rows, e.g. to gather them from other processes; an Arrow stream with a version."""
        columns = self._columns()
        about = json.dumps({"format": FORMAT, "version": VERSION, "options": self._options})
        parts = [arrow(column) for column in columns.values()]
        fields = [(name, part.type) for name, part in zip(columns, parts, strict=True)]
        schema = pa.schema(fields, metadata={FORMAT: about})
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, schema) as stream:
            if parts:
                stream.write_batch(pa.RecordBatch.from_arrays(parts, schema=schema))
        return bytes(sink.getvalue())

    @classmethod
    def from_bytes(cls, data: bytes) -> Self:
        """Inverse of ``to_bytes``. Raises an ``InputError`` for other data, or that of a later version."""
        try:
            table = pa.ipc.open_stream(data).read_all()
            about = json.loads(table.schema.metadata[FORMAT.encode()])
            version, options = int(about["version"]), dict(about["options"])
        except (pa.ArrowException, ValueError, KeyError, TypeError, OSError) as error:
            raise InputError(
                "these bytes are no evaluator",
                found=f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"[:200],
                hint="give what to_bytes() returned",
                code="unreadable",
            ) from None
        if version > VERSION:
            raise InputError(
                f"the evaluator was written by a later release (version {version})",
                found=f"this release reads up to version {VERSION}",
                hint="update evalcli here",
                code="newer",
            )
        made = cls()
        made._options = options
        columns = {name: _array(table.column(name)) for name in table.column_names}
        made._batches = [_Batch(columns)] if columns else []
        return made


def _array(column: pa.ChunkedArray) -> Array:
    whole = column.combine_chunks() if column.num_chunks != 1 else column.chunk(0)
    if is_list(whole.type):
        return np.array(matrix(whole, whole.type.list_size))
    if pa.types.is_large_string(whole.type):
        return np.array(whole.to_pylist(), dtype=str)
    if pa.types.is_boolean(whole.type):
        return numbers(whole).astype(np.bool_)
    return np.array(numbers(whole))


def _copied(name: str, value: object) -> Array:
    array = array_of(name.removeprefix(BY), value)
    return array.copy() if isinstance(value, np.ndarray) or not array.flags.owndata else array


def _require_alike(first: _Batch, batch: _Batch) -> None:
    """Refuse a batch with other arguments or columns than the first one."""
    if first.shape == batch.shape:
        return
    raise InputError(
        "a batch has other arguments, or other numbers of columns, than the first one",
        where=Place("update()"),
        found=f"{_words(batch)}; {_words(first)} at first",
        hint="give the same arguments in every batch",
        code="batches-differ",
    )


def _words(batch: _Batch) -> str:
    names = (f"{name} (n{''.join(f', {size}' for size in shape)})" for name, shape in batch.shape.items())
    return ", ".join(name.removeprefix(BY) for name in names)


def _plain(value: object) -> object:
    """A value of an option as JSON has it, so that options can be compared and written."""
    if isinstance(value, Mapping):
        return {str(name): _plain(part) for name, part in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(part) for part in value]
    return value.item() if isinstance(value, np.generic) else value


__all__ = ["Evaluator"]
