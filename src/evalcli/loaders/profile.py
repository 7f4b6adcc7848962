"""Profile of a file's columns: type, range, values, missing values. One pass, bounded memory."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import Any

import numpy as np
import pyarrow as pa
from msgspec import Struct, field

from evalcli.errors import EXAMPLES, EvalcliError
from evalcli.findings import Place
from evalcli.loaders.arrow_columns import (
    buffer_values,
    column_of,
    is_list,
    is_numeric,
    lengths,
    numbers,
    valid,
)
from evalcli.loaders.source import Source
from evalcli.text import join_names

MOST_VALUES = 1000
LONGEST = 24


class Profile(Struct):
    """Profile of one column, for the rows so far."""

    name: str
    type: str
    rows: int = 0
    missing: int = 0
    infinite: int = 0
    low: float = np.inf
    high: float = -np.inf
    sizes: set[int] = field(default_factory=set)
    values: dict[str, None] = field(default_factory=dict)
    more: bool = False

    @property
    def range(self) -> str:
        """Range of numbers, or some of the values, as text."""
        size = ""
        if self.sizes:
            low, high = min(self.sizes), max(self.sizes)
            size = f"lists of {low:,}" + (f" to {high:,}" if high > low else "") + ": "
        if self.values:
            some = join_names((_short(value) for value in self.values), EXAMPLES)
            return f"{size}{some}" + (f" (over {MOST_VALUES:,})" if self.more else "")
        if self.low <= self.high:
            return (
                f"{size}{self.low:.6g} to {self.high:.6g}"
                if self.high > self.low
                else f"{size}{self.low:.6g}"
            )
        return size.rstrip(": ")

    def add(self, array: pa.Array) -> None:
        """Add the following rows."""
        kind = array.type
        self.rows += len(array)
        if is_list(kind):
            list_lengths = lengths(array)
            self.missing += int(np.count_nonzero(list_lengths < 0))
            self.sizes |= set(np.unique(list_lengths[list_lengths >= 0]).tolist())
            self._values(array.flatten())
        else:
            self._values(array)

    def _values(self, array: pa.Array) -> None:
        if is_numeric(array.type) and not pa.types.is_null(array.type):
            self._numbers(numbers(array))
        elif pa.types.is_null(array.type):
            self.missing += len(array)
        else:
            self._texts(array)

    def _numbers(self, values: Any) -> None:
        values = values.astype(np.float64, copy=False)
        finite = np.isfinite(values)
        if not finite.all():
            nan = int(np.count_nonzero(np.isnan(values)))
            self.missing += nan
            self.infinite += int(len(values) - np.count_nonzero(finite)) - nan
            values = values[finite]
        if len(values):
            self.low = min(self.low, float(values.min()))
            self.high = max(self.high, float(values.max()))

    def _texts(self, array: pa.Array) -> None:
        try:
            encoded = array if pa.types.is_dictionary(array.type) else array.dictionary_encode()
        except pa.ArrowNotImplementedError:  # structs and maps are not profiled
            return
        try:
            names = [str(value) for value in encoded.dictionary.to_pylist()]
        except UnicodeDecodeError:
            names = ["(not UTF-8)"]
        empty = [j for j, name in enumerate(names) if name == ""]
        missing = ~valid(array)
        if empty:
            missing |= np.isin(buffer_values(encoded.indices), empty)
        if missing.any():
            self.missing += int(np.count_nonzero(missing))
        for name in names:
            if name and len(self.values) < MOST_VALUES:
                self.values[name] = None
            elif name and name not in self.values:
                self.more = True


def empty(source: Source) -> list[Profile]:
    """Profiles with the type only."""
    return [Profile(name, _type(source.types[name])) for name in source.columns]


def profile(
    source: Source,
    names: Collection[str] = (),
    used: Collection[str] = (),
    on_progress: Callable[[int, int | None, str], None] | None = None,
) -> tuple[list[Profile], EvalcliError | None]:
    """A profile of each column, and the error that stopped the reading, if any.

    ``names``: columns of names, which may look like numbers. ``used``: columns in which an invalid value is
    an error; others are read as text if some values are not numbers.
    """
    text = [n for n, kind in source.types.items() if not (is_numeric(kind) or is_list(kind)) or n in names]
    read = list(source.columns)
    while True:
        profiles = empty(source)
        try:
            for batch in source.batches(read, [name for name in text if name in read]):
                for column_profile in profiles:
                    if column_profile.name in read:
                        column_profile.add(column_of(batch, column_profile.name))
                if on_progress is not None and profiles:
                    on_progress(max(profile.rows for profile in profiles), source.rows, "")
        except EvalcliError as error:
            column = error.where.column if isinstance(error.where, Place) else None
            if column is None or column in used or column not in read:
                return profiles, error
            if column in text:  # neither numbers nor text
                read.remove(column)
            text.append(column)
            continue
        return profiles, None


def _short(value: str) -> str:
    return value if len(value) <= LONGEST else value[: LONGEST - 1] + "…"


def _type(kind: pa.DataType) -> str:
    if is_list(kind):
        size = f"[{kind.list_size}]" if pa.types.is_fixed_size_list(kind) else ""
        return f"list{size} of {_type(kind.value_type)}"
    if pa.types.is_dictionary(kind):
        return "text (dictionary)"
    names = {
        "halffloat": "float16",
        "float": "float32",
        "double": "float64",
        "string": "text",
        "large_string": "text",
    }
    return names.get(str(kind), str(kind))


__all__ = ["Profile", "profile"]
