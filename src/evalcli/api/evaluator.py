"""Batches of a loop, kept until they are scored together: a report over all rows, not a mean over batches."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Literal, Self, Unpack

import numpy as np
import pyarrow as pa
from msgspec import Struct

from evalcli.api.errors import as_arguments
from evalcli.api.options import ArrayOptions, Metrics, as_plain, options_from, require_known
from evalcli.api.report import Report
from evalcli.api.score import ROLES, Columns, columns_given, of_columns
from evalcli.blocks import Array
from evalcli.errors import InputError, UsageError
from evalcli.findings import Place
from evalcli.loaders.arrays import arrow
from evalcli.loaders.arrow_columns import is_list, matrix, numbers
from evalcli.loaders.given import columns_of, numpy_of
from evalcli.loaders.table import Column
from evalcli.metrics.lookup import require_names
from evalcli.tasks import MULTILABEL

FORMAT = "evalcli-rows"
VERSION = 1
"""Version of what ``to_bytes`` writes; a later release reads all earlier ones."""
KINDS = {"b": "whole numbers", "i": "whole numbers", "u": "whole numbers"}
"""Whole numbers are not joined with fractions, which would round large ones."""
BY = "by."
"""Before the name of a slice's column among the arguments."""


class _Batch(Struct, frozen=True, eq=False):
    """One update. ``columns``: by argument, those of slices with ``BY`` before their name.

    ``names``: by argument, of the columns of those that were tables.
    """

    columns: dict[str, Array]
    names: dict[str, tuple[str, ...]]

    @property
    def form(self) -> dict[str, str]:
        """Kind of the values, numbers per row and names of each column: the same in every batch."""
        return {name: self._form(name, column) for name, column in self.columns.items()}

    def _form(self, name: str, column: Array) -> str:
        counted = name in ("y_score", "weight")
        kind = "text" if column.dtype.kind == "U" else KINDS.get(column.dtype.kind, "numbers")
        shape = f"(n{''.join(f', {size}' for size in column.shape[1:])})"
        names = f" of {', '.join(self.names[name])}" if name in self.names else ""
        return f"{'numbers' if counted else kind} {shape}{names}"

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
        metrics: Metrics = "default",
        **options: Unpack[ArrayOptions],
    ) -> None:
        require_known(options, "Evaluator", ArrayOptions, ("classes", "metrics"))
        given = {"classes": classes, "metrics": metrics, **options}
        self._options = {name: as_plain(value) for name, value in given.items() if value is not None}
        self._batches: list[_Batch] = []
        with as_arguments():
            self._made = options_from({"predictions": "arrays", **self._options}, "Evaluator")
            require_names(self._made.metrics, [definition.name for definition in self._made.define])

    def update(
        self,
        *,
        y_true: object,
        y_score: object = None,
        y_pred: object = None,
        weight: object = None,
        group: object = None,
        slices: object = None,
    ) -> None:
        """Add a batch; its arrays are copied. Arguments are named, as other libraries differ in their order.

        ``slices``: values that are also scored separately, (n,), or several by name. Raises an ``InputError``
        if a batch has other arguments, or other numbers of columns, than the first one.
        """
        arrays = {"y_true": y_true, "y_score": y_score, "y_pred": y_pred, "weight": weight, "group": group}
        with as_arguments(ROLES):
            given = columns_given(
                arrays, {} if slices is None else columns_of("slice", slices), self._made.classes
            )
            columns = given.arguments | {BY + name: column for name, column in given.slices.items()}
            batch = _Batch({name: _copied(name, column) for name, column in columns.items()}, given.names)
            if not batch.rows:
                return
            if self._batches:
                _require_alike(self._batches[0], batch)
        if given.of_sets:
            self._options.setdefault("task", MULTILABEL.name)
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
        return of_columns(Columns({**columns}, {**slices}, self._batches[0].names), self._options)

    def compute(self) -> dict[str, float]:
        """The metrics of the report by name; NaN where undefined."""
        return {name: float(score) for name, score in self.report().metrics.items()}

    def reset(self) -> None:
        """Forget all rows."""
        self._batches = []

    def merge(self, other: Evaluator) -> Self:
        """Add the rows of another one, after the own. Raises a ``UsageError`` that names what differs."""
        if not isinstance(other, Evaluator):
            raise TypeError(f"an evaluator is merged with another one, not with {type(other).__name__}")
        differences = [
            f"{name}: {getattr(self._made, name)!r} and {getattr(other._made, name)!r}"
            for name in self._made.__struct_fields__
            if getattr(self._made, name) != getattr(other._made, name)
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

    def __iadd__(self, other: Evaluator) -> Self:
        return self.merge(other)

    def __radd__(self, zero: Literal[0]) -> Self:
        """Start value of ``sum``."""
        return self._empty().merge(self) if zero == 0 else NotImplemented

    def _empty(self) -> Self:
        new = type(self)()
        new._options, new._made = self._options, self._made
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
        names = self._batches[0].names if self._batches else {}
        about = json.dumps({"format": FORMAT, "version": VERSION, "options": self._options, "names": names})
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
        if not isinstance(data, (bytes, bytearray, memoryview)):
            raise TypeError(f"from_bytes() takes bytes, not {type(data).__name__}")
        try:
            table = pa.ipc.open_stream(pa.py_buffer(data)).read_all()
            about = json.loads(table.schema.metadata[FORMAT.encode()])
            version, options, names = int(about["version"]), dict(about["options"]), dict(about["names"])
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
        made = cls(**options)
        columns = {name: _array(table.column(name)) for name in table.column_names}
        tables = {name: tuple(parts) for name, parts in names.items()}
        made._batches = [_Batch(columns, tables)] if columns else []
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


def _copied(name: str, column: Column) -> Array:
    array = numpy_of(name.removeprefix(BY), column)
    if array.dtype.kind == "u":  # so that whole numbers of several batches are not joined as fractions
        if array.size and int(array.max()) > np.iinfo(np.int64).max:
            raise InputError(
                f"{name.removeprefix(BY)} has whole numbers above 2**63",
                where=Place(name.removeprefix(BY)),
                hint="give them as text: array.astype(str)",
                code="array-type",
            )
        return array.astype(np.int64)
    return array.copy()


def _require_alike(first: _Batch, batch: _Batch) -> None:
    """Refuse a batch with other arguments or columns than the first one."""
    if first.form == batch.form:
        return
    now, before = batch.form, first.form
    differences = [
        f"{name.removeprefix(BY)} {now.get(name, 'not given')}, {before.get(name, 'not given')} at first"
        for name in {**before, **now}
        if before.get(name) != now.get(name)
    ]
    raise InputError(
        "a batch has other arguments or columns than the first one",
        where=Place("update()"),
        found="; ".join(differences),
        hint="give the same arguments in every batch, with the same columns in the same order",
        code="batches-differ",
    )


__all__ = ["Evaluator"]
