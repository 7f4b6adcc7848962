"""Grouping columns: groups of dependent rows, and slices that are scored separately."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.blocks.row_hashes import hash_rows, place_by_names
from evalcli.errors import InputError, UsageError
from evalcli.findings import Blank, Hint, Place, Step, as_name, maybe, omit, use
from evalcli.inputs.in_memory import InMemoryColumns
from evalcli.inputs.matching.keys import Hashes, texts_of
from evalcli.inputs.options import Options, parse_by
from evalcli.loaders import FILE
from evalcli.loaders.arrow_columns import buffer_values, list_bounds, valid
from evalcli.loaders.source import Source
from evalcli.text import join_names, suggest

MOST_SLICES = 1000
NO_GROUP = 1 << 20
"""Seed of the hashes of rows without a group."""


class GroupColumn(Struct, frozen=True, eq=False):
    """A column, read whole. ``codes``: index of each row's value in ``values``, (n,); None is no value.

    ``with_labels``: whether it is in the file of the labels. The values of groups are only numbers, and
    ``hashes``, which are the same in every file, tell them apart; (groups,), uint64.
    """

    name: str
    codes: Array
    values: Sequence[Any]
    with_labels: bool
    hashes: Array | None = None


class SliceColumns(Struct, frozen=True, eq=False):
    """One or several columns; each combination of their values is a slice."""

    columns: tuple[GroupColumn, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """The columns' names."""
        return tuple(column.name for column in self.columns)

    def by(self, code: int) -> Mapping[str, str | None]:
        """The values of a slice."""
        values = {}
        for column in reversed(self.columns):
            code, index = divmod(code, len(column.values))
            values[column.name] = column.values[index]
        return dict(reversed(values.items()))

    def codes(self, parts: Sequence[Array]) -> Array:
        """Slice of each row, from the codes of each column; (rows,), int64."""
        codes = parts[0].astype(np.int64)
        for column, part in zip(self.columns[1:], parts[1:], strict=True):
            codes = codes * len(column.values) + part
        return codes


class Grouping(Struct, frozen=True, eq=False):
    """How rows are grouped, and the requested slices."""

    group: GroupColumn | None = None
    slices: tuple[SliceColumns, ...] = ()


def read_grouping(predictions: Source, labels: Source | None, options: Options) -> Grouping:
    """Read the columns of ``--group`` and ``--by``, from the predictions, otherwise from the labels."""
    asked = parse_by(options.by)
    columns = {name: _read(name, predictions, labels, options, False) for names in asked for name in names}
    slices = tuple(SliceColumns(tuple(columns[name] for name in names)) for names in asked)
    for slice_columns in slices:
        for column in slice_columns.columns:
            _refuse_many(column, predictions, labels)
        if math.prod(len(column.values) for column in slice_columns.columns) >= 1 << 62:
            raise UsageError(
                f"--by {','.join(slice_columns.names)} crosses too many values",
                hint="cross fewer columns, or bin their values",
            )
    return Grouping(
        _read(options.group, predictions, labels, options, True) if options.group else None, slices
    )


def _read(
    name: str, predictions: Source, labels: Source | None, options: Options, group: bool
) -> GroupColumn:
    source = predictions
    if name == FILE and name not in (*predictions.columns, *(labels.columns if labels else ())):
        if name not in predictions.hidden:
            raise UsageError(
                "--by file requires several prediction files", found=predictions.path, hint=omit("by")
            )
    elif name not in predictions.columns:
        everything = [*predictions.columns, *(labels.columns if labels is not None else ())]
        if labels is None or name not in labels.columns:
            option = "--group" if group else "--by"
            like = suggest(name, everything)
            raise UsageError(
                f"no column {name!r}",
                where=f"{predictions.place()} and {labels.place()}" if labels else predictions.place(),
                found=f"columns {join_names(everything)}",
                hint=maybe(**{as_name(option): like}) if like else use(**{as_name(option): Blank("COLUMN")}),
            )
        source = labels
    encoded = pa.chunked_array(InMemoryColumns(source, options).chunks(name)).combine_chunks()
    if isinstance(encoded, pa.ChunkedArray):  # the chunks do not fit in one array
        raise InputError(
            "values are too long to group by", where=source.place(name), hint="use a column of shorter values"
        )
    if pa.types.is_nested(encoded.type):
        raise InputError(
            "a column of lists cannot define slices",
            where=source.place(name),
            found=str(encoded.type),
            hint="use a column with one value per row",
        )
    if not pa.types.is_dictionary(encoded.type):
        encoded = encoded.dictionary_encode()
    count = len(encoded.dictionary)
    codes = _codes(encoded.indices, count)
    if group:
        blank = _place_of_blank(encoded.dictionary)
        codes, hashes = np.where(codes == blank, count, codes), _hashes_of(encoded.dictionary)
        return _group_column(name, codes, hashes, source is labels, _place_of(source, options))
    values = [_as_text(value, options.null_values) for value in encoded.dictionary.to_pylist()]
    order = {value: place for place, value in enumerate(values)} if name in predictions.hidden else None
    return _slice_column(name, codes, [*values, None], source is labels, order)


def _place_of(source: Source, options: Options) -> int:
    """What rows without a group are counted from: those of a file are the same for all that read it."""
    if not options.stored or options.first_row is not None:
        return options.place
    paths = [os.path.realpath(file.path) if "://" not in file.path else file.path for file in source.files]
    return place_by_names(paths)


def _hashes_of(values: pa.Array) -> Hashes:
    """A hash of each value, which is the same in every file."""
    return texts_of(list(map(_as_group, values.to_pylist()))).hashes()


def _as_group(value: object) -> str:
    """A value as text; a whole number that a file stores as a float is the same group."""
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)  # type: ignore[call-overload]


def _codes(indices: pa.Array, null: int) -> Array:
    """Indices as they are, and ``null`` where there are none; Arrow's own function would import pandas."""
    codes = buffer_values(indices).astype(np.int64)
    return np.where(valid(indices), codes, null) if indices.null_count else codes


def _place_of_blank(values: pa.Array) -> int:
    """Index of the blank text, or -1."""
    if not pa.types.is_string(values.type):
        return -1
    blank = np.flatnonzero((np.diff(list_bounds(values)) == 0) & valid(values))
    return int(blank[0]) if len(blank) else -1


def _group_column(name: str, codes: Array, hashes: Hashes, with_labels: bool, first_row: int) -> GroupColumn:
    """A column of groups, without names; each row without a value is a separate group.

    ``hashes``: of the values of the codes; the next higher code is no value.
    """
    count = len(hashes)
    missing = np.flatnonzero(codes == count)
    codes[missing] = count + np.arange(len(missing))
    groups, codes = np.unique(codes, return_inverse=True)
    of_rows = hash_rows(missing + first_row, NO_GROUP)
    return GroupColumn(
        name, codes, range(len(groups)), with_labels, np.concatenate([hashes, of_rows])[groups]
    )


def _slice_column(
    name: str,
    codes: Array,
    values: Sequence[str | None],
    with_labels: bool,
    given: Mapping[str | None, int] | None = None,
) -> GroupColumn:
    """A column of slices: distinct values that occur, in sorted order or in the ``given`` order."""
    ordered = sorted(set(values), key=(lambda value: given.get(value, len(given))) if given else _order)
    order = {value: index for index, value in enumerate(ordered)}
    places = np.array([order[value] for value in values], np.int64)
    present = np.zeros(len(order), np.bool_)
    present[places[np.bincount(codes, minlength=len(values)) > 0]] = True
    kept = tuple(value for value, taken in zip(order, present, strict=True) if taken)
    return GroupColumn(name, (np.cumsum(present) - 1).astype(np.int32)[places].take(codes), kept, with_labels)


def _order(value: str | None) -> tuple[bool, str]:
    return value is None, value or ""


def _as_text(value: object, nulls: Sequence[str]) -> str | None:
    """A value as in a text file; None for blank text and NaN."""
    text = str(value)
    missing = value is None or not text.strip() or text in nulls or value != value  # noqa: PLR0124
    return None if missing else text


def refuse_combinations(count: int, slice_columns: SliceColumns, place: Place) -> None:
    """Refuse too many slices."""
    if count > MOST_SLICES:
        raise InputError(
            f"more than {MOST_SLICES:,} combinations of {join_names(slice_columns.names)} "
            "are too many slices",
            where=place,
            hint="cross fewer columns, or bin their values",
            code="too-many-slices",
        )


def _refuse_many(column: GroupColumn, predictions: Source, labels: Source | None) -> None:
    count = len(column.values)
    if count <= MOST_SLICES:
        return
    source = labels if column.with_labels and labels is not None else predictions
    raise InputError(
        f"{count:,} different values are too many slices: at most {MOST_SLICES:,}",
        where=source.place(column.name),
        found=join_names([value or "no value" for value in column.values]),
        hint="bin the values in a new column"
        | Hint((Step("if rows with one value belong together", {"group": column.name}, without=("by",)),)),
        code="too-many-slices",
    )
