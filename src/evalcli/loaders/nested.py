"""Values within objects as columns with dotted names: fields of structs, keys of maps, scores by name.

Only files with such columns are wrapped, and only the requested fields are read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from msgspec import Struct

from evalcli.errors import InputError
from evalcli.findings import Finding, Place
from evalcli.loaders.arrow_columns import Array, column_of, is_list, is_numeric, lengths, list_bounds, valid
from evalcli.loaders.arrow_types import plain, plain_type
from evalcli.loaders.resource import brief
from evalcli.loaders.source import FileFacts, Source
from evalcli.loaders.vectors import VALUES, is_vector, vectors
from evalcli.text import escape, join_names

NAMES = ("label", "name", "class", "class_name", "category", "key")
SCORES = ("score", "prob", "probability", "proba", "confidence", "value", "logit", "weight")
HEAD_ROWS = 1000
MOST_KEYS = 20_000


class Leaf(Struct, frozen=True):
    """A column within another: its ``parent``, the ``path`` of fields, and a ``key`` of the map at its end.

    ``vector``: whether it is the values of a Spark vector, which requires all of its fields.
    """

    parent: str
    path: tuple[str, ...]
    key: str | None = None
    vector: bool = False

    @property
    def read(self) -> tuple[str, ...]:
        """Path of the fields to read."""
        return self.path[:-1] if self.vector else self.path

    @property
    def holder(self) -> str:
        """Dotted name of the field to read."""
        return ".".join((self.parent, *self.read))

    @property
    def name(self) -> str:
        """The column's name."""
        return ".".join((self.parent, *self.path, *([] if self.key is None else [self.key])))


def is_nested(kind: pa.DataType) -> bool:
    """Whether a column contains values by name."""
    return bool(pa.types.is_struct(kind)) or is_keyed(kind)


def is_keyed(kind: pa.DataType) -> bool:
    """Whether a column contains maps, or lists of names with scores."""
    return bool(pa.types.is_map(kind)) or _pair_of(kind) is not None


def unnested(source: Source) -> Source:
    """The source itself, or a source with the fields of its objects as columns."""
    try:
        return Nested(source) if any(is_nested(kind) for kind in source.types.values()) else source
    except UnicodeDecodeError as error:
        raise InputError(
            "a name within an object is not UTF-8",
            where=source.place(),
            found=repr(error.object[:20]),
            code="encoding",
            hint="write names as UTF-8",
        ) from None


def _pair_of(kind: pa.DataType) -> tuple[str, str] | None:
    """The fields of name and score in a list such as ``[{"label": "a", "score": 0.9}]``."""
    if not is_list(kind) or not pa.types.is_struct(kind.value_type):
        return None
    fields = {field.name.lower(): field for field in kind.value_type}
    names = [fields[n].name for n in NAMES if n in fields and _is_text(fields[n].type)]
    scores = [fields[n].name for n in SCORES if n in fields and is_numeric(fields[n].type)]
    return (names[0], scores[0]) if names and scores else None


def _is_text(kind: pa.DataType) -> bool:
    types = pa.types
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_dictionary(kind))


class Nested:
    """A source with the fields of objects as columns: ``cats.sports``, ``output.score``, ``probs.POS``."""

    def __init__(self, source: Source) -> None:
        self._source, self.path = source, source.path
        self.rows, self.hidden, self.class_names = source.rows, source.hidden, source.class_names
        self._by_field = bool(getattr(source, "by_field", False))
        self._leaves: dict[str, Leaf] = {}
        columns: list[str] = []
        self.types = {name: kind for name, kind in source.types.items() if not is_nested(kind)}
        for name in source.columns:
            if not is_nested(source.types[name]):
                columns.append(name)
                continue
            for leaf, kind in self._expanded(Leaf(name, ()), source.types[name]):
                columns.append(leaf.name)
                self._leaves[leaf.name], self.types[leaf.name] = leaf, kind
        self.columns = tuple(columns)

    def _expanded(self, leaf: Leaf, kind: pa.DataType) -> Iterator[tuple[Leaf, pa.DataType]]:
        """The columns of an object, in the object's order."""
        if is_keyed(kind):
            keys, value = self._keys(leaf), plain_type(_values_type(kind))
            yield from ((Leaf(leaf.parent, leaf.path, key), value) for key in keys)
            if not keys:  # nothing to name columns after
                yield leaf, kind
        elif is_vector(kind):
            yield Leaf(leaf.parent, (*leaf.path, VALUES), vector=True), pa.large_list(pa.float64())
        elif pa.types.is_struct(kind) and kind.num_fields:
            for field in kind:
                yield from self._expanded(Leaf(leaf.parent, (*leaf.path, field.name)), field.type)
        else:
            yield leaf, plain_type(kind)

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """Remarks on how the file was read."""
        return self._source.remarks

    @property
    def files(self) -> tuple[FileFacts, ...]:
        """The files of the source."""
        return self._source.files

    def place(self, column: str | None = None, row: int | None = None) -> Place:
        """Place of a value, with the field's name even if its object is the only column."""
        return self._source.place(None, row).at(column=column)

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream the rows."""
        start = 0
        for batch in self._read(columns, text, ids):
            tables: dict[str, _Table] = {}
            arrays = [self._plain(self._column(batch, name, start, tables), name) for name in columns]
            yield pa.RecordBatch.from_arrays(arrays, list(columns))
            start += batch.num_rows

    def _plain(self, array: pa.Array, name: str) -> pa.Array:
        try:
            return plain(pa.RecordBatch.from_arrays([array], [name])).column(0)
        except pa.ArrowException as error:
            raise InputError(
                "a field cannot be read",
                where=self.place(name),
                found=escape(brief(error)),
                code="unreadable",
                hint="write the field as a number, text or list",
            ) from None

    def _read(
        self, columns: Sequence[str], text: Sequence[str], ids: Sequence[str]
    ) -> Iterator[pa.RecordBatch]:
        """The batches of the fields that contain the columns."""
        words = [[n for n in names if self._by_field or n not in self._leaves] for names in (text, ids)]
        return self._source.batches(self._holders(columns), *map(self._holders, words))

    def _holders(self, names: Sequence[str]) -> list[str]:
        leaves = [(name, self._leaves.get(name)) for name in names]
        return list(dict.fromkeys(self._holder(leaf) if leaf else name for name, leaf in leaves))

    def _holder(self, leaf: Leaf) -> str:
        return leaf.holder if self._by_field else leaf.parent

    def _column(self, batch: pa.RecordBatch, name: str, start: int, tables: dict[str, _Table]) -> pa.Array:
        leaf = self._leaves.get(name)
        if leaf is None:
            return column_of(batch, name)
        array = _field(column_of(batch, leaf.parent), leaf.read)
        if leaf.vector:
            return vectors(array, lambda row: self.place(name, start + row))
        if leaf.key is None:
            return array
        table = tables.get(leaf.holder)
        if table is None:
            keys = [known.key for known in self._leaves.values() if known.key and known.holder == leaf.holder]
            table = tables[leaf.holder] = _Table(
                array, keys, lambda row: self.place(leaf.holder, start + row)
            )
        return table.column(leaf.key)

    def _keys(self, leaf: Leaf) -> list[str]:
        """The keys of a map in the first rows, in order of occurrence."""
        keys: dict[str, None] = {}
        rows = 0
        for batch in self._source.batches([self._holder(leaf)]):
            array = _field(column_of(batch, leaf.parent), leaf.path).slice(0, HEAD_ROWS - rows)
            found = _keys_and_values(array)[0].drop_null().unique()
            keys |= dict.fromkeys(map(str, found.to_pylist()))
            rows += len(array)
            if rows >= HEAD_ROWS:
                break
        if len(keys) > MOST_KEYS:
            raise InputError(
                "an object has too many names for columns",
                where=self._source.place(leaf.holder),
                found=f"{len(keys):,} in the first {rows:,} rows",
                code="too-large",
                hint="write scores as lists, or fewer names",
            )
        return list(keys)


class _Table:
    """The values of a map or of named scores by key; keys are looked up once for all columns."""

    def __init__(self, array: pa.Array, keys: Sequence[str], place_of: Callable[[int], Place]) -> None:
        self._columns = {key: number for number, key in enumerate(keys)}
        found, self._values = _keys_and_values(array)
        index = pc.index_in(found.cast(pa.string()), value_set=pa.array(keys, pa.string()))
        rows = np.repeat(np.arange(len(array)), np.maximum(lengths(array), 0))
        unknown = np.flatnonzero(~valid(index))
        if len(unknown):
            at = int(unknown[0])
            raise InputError(
                "an object has a name that the first rows do not have",
                where=place_of(int(rows[at])),
                found=str(found[at].as_py()),
                hint=f"the first rows have {join_names(keys, 5)}: write every name in the first row, null "
                "if it has no value",
                code="new-name",
            )
        self._slots = np.full((len(array), len(keys)), -1, np.int64)
        columns = np.frombuffer(index.buffers()[1], np.int32)[index.offset : index.offset + len(index)]
        self._slots[rows, columns] = np.arange(len(index))
        if np.count_nonzero(self._slots >= 0) < len(index):
            once = np.bincount(rows * len(keys) + columns)
            at = int(np.flatnonzero(once > 1)[0])
            raise InputError(
                "an object has a duplicate name",
                where=place_of(at // len(keys)),
                found=keys[at % len(keys)],
                hint="write each name once per row",
                code="column-twice",
            )

    def column(self, key: str) -> pa.Array:
        """Values of one key, null in rows without it."""
        slots = self._slots[:, self._columns[key]]
        return self._values.take(_with_nulls(slots, slots >= 0))


def _with_nulls(values: Array, present: Array) -> pa.Array:
    mask = pa.py_buffer(np.packbits(present, bitorder="little"))
    return pa.Array.from_buffers(pa.int64(), len(values), [mask, pa.py_buffer(np.ascontiguousarray(values))])


def _field(array: Any, path: Sequence[str]) -> Any:
    """A field of a struct, null where the struct is null."""
    return pc.struct_field(array, list(path)) if path else array


def _values_type(kind: pa.DataType) -> pa.DataType:
    pair = _pair_of(kind)
    return kind.value_type.field(pair[1]).type if pair else kind.item_type


def _keys_and_values(array: Any) -> tuple[Any, Any]:
    """Keys and values of all rows that are not null, flattened."""
    pair = _pair_of(array.type)
    if pair is not None:
        flat = array.flatten()
        return pc.struct_field(flat, [pair[0]]), pc.struct_field(flat, [pair[1]])
    kept = array.drop_null() if array.null_count else array
    bounds = list_bounds(kept)
    span = (int(bounds[0]), int(bounds[-1] - bounds[0]))
    return kept.keys.slice(*span), kept.items.slice(*span)


__all__ = ["Nested", "is_nested", "unnested"]
