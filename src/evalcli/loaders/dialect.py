"""How a delimited text file is written: its delimiter, and whether it begins with the columns' names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise

from evalcli.errors import AmbiguousInput, InputError, Place, UsageError
from evalcli.loaders.source import Remark, Settings
from evalcli.text import escape, join_names

DELIMITERS = (",", "\t", ";", "|")
NAMES = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", " ": "blanks"}
HEAD_ROWS = 50
ROUNDING = 0.015
UNNAMED = "index"
"""Name of a first column without one, as pandas writes its index."""


@dataclass(frozen=True)
class Dialect:
    """``names``: of the columns. ``header``: whether they stand in the file."""

    delimiter: str
    names: tuple[str, ...]
    header: bool
    remarks: tuple[Remark, ...] = ()

    @property
    def words(self) -> str:
        """For people."""
        between = NAMES.get(self.delimiter, repr(self.delimiter))
        return between if self.header else f"{between}, no header"


def find_dialect(text: str, suffix: str, settings: Settings, place: Place) -> Dialect:
    """Decide by the first lines; in doubt about the header, a question."""
    given = settings.delimiter
    if given is not None and (len(given) != 1 or not given.isascii() or given in '\r\n"'):
        raise UsageError(f"--delimiter {given!r} is not one ASCII character", hint="--delimiter ';' or '\\t'")
    delimiter = settings.delimiter or _delimiter(text, "\t" if suffix in (".tsv", ".tab") else ",")
    rows = _rows(text, delimiter)
    if not rows:
        raise InputError("the file holds no lines with values", where=place, code="empty")
    header, remark = _header(rows, settings, place)
    if header:
        names = tuple(name if name or j else UNNAMED for j, name in enumerate(rows[0]))
    else:
        names = tuple(f"f{j}" for j in range(len(rows[0])))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise InputError(
            "a column name stands twice in the header",
            where=place,
            found=join_names(name or "a column without a name" for name in twice),
            hint="give each column a name of its own",
            code="column-twice",
        )
    return Dialect(delimiter, names, header, (remark,) if remark else ())


def _rows(text: str, delimiter: str) -> list[list[str]]:
    with _fields_of(len(text)):
        return _read(text, delimiter)


@contextmanager
def _fields_of(size: int) -> Iterator[None]:
    """Fields as long as that, which Python's module of CSV allows for the whole process alone: given back."""
    limit = csv.field_size_limit()
    if size > limit:
        csv.field_size_limit(size)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def _read(text: str, delimiter: str) -> list[list[str]]:
    rows: list[list[str]] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for row in reader:
            if row:
                rows.append([field.strip() if not rows else field for field in row])
            if len(rows) > HEAD_ROWS:
                break
    except csv.Error:  # a null, or a quote that never closes: told by the parser, with the line
        pass
    return rows


def _delimiter(text: str, usual: str) -> str:
    """The usual one if it stands in the first line; else one that stands in every line as often."""
    split = {d: _rows(text, d) for d in (usual, *(d for d in DELIMITERS if d != usual))}
    several = [d for d, rows in split.items() if rows and len(rows[0]) > 1]
    steady = [d for d in several if len(set(map(len, split[d]))) == 1]
    # "0,5;0,25" has as many commas in each line as semicolons
    clean = [d for d in steady if all(map(_plausible, split[d][0]))]
    if not several and _is_blank_separated(_rows(text, " ")):
        return " "  # as NumPy writes by default
    return (clean or steady or several or [usual])[0]


def _is_blank_separated(rows: list[list[str]]) -> bool:
    """Whether lines hold as many numbers each, with one blank between them; the first line may hold names."""
    widths = set(map(len, rows))
    numbers = rows[1:] or rows
    return len(widths) == 1 and min(widths) > 1 and all(map(_is_number_row, numbers))


def _plausible(field: str) -> bool:
    """Whether a field holds no other delimiter, save a decimal comma."""
    return not any(d in field.replace(",", "", 1) for d in DELIMITERS)


def _number(field: str) -> float | None:
    try:
        return float(field.strip().replace(",", "."))
    except ValueError:
        return None


def _is_number_row(row: Sequence[str]) -> bool:
    """Whether there are values and all of them are numbers."""
    given = [field for field in row if field.strip()]
    return bool(given) and all(_number(field) is not None for field in given)


def _header(rows: list[list[str]], settings: Settings, place: Place) -> tuple[bool, Remark | None]:
    first, rest = rows[0], [row for row in rows[1:] if len(row) == len(rows[0])]
    above = [
        name
        for j, name in enumerate(first)
        if name
        and _number(name) is None
        and any(row[j].strip() for row in rest)
        and all(_number(row[j]) is not None for row in rest if row[j].strip())
    ]
    if settings.header is False:
        if not above:
            return False, None
        message = f"{place.file}: {escape(above[0])!r} stands above numbers, so the first line holds names"
        return True, Remark("header-found", message)
    k = len(first)
    counted = first == [str(j) for j in range(k)]
    sure = k > 1 and _is_number_row(first) and not counted and not _is_doubtful(first)
    if settings.header is True and not sure:
        return True, None
    if first[0] == "" and k > 1:  # the name that pandas gives its index
        return True, None
    if not _is_number_row(first):
        if not above and rest and all(any(name == row[j] for row in rest) for j, name in enumerate(first)):
            raise _question(first, place, "and the same values stand below")
        return True, None
    whole = all(float(value).is_integer() for row in rest for f in row if (value := _number(f)) is not None)
    if k > 1 and counted:
        if rest and whole:
            raise _question(first, place, "as the columns' numbers, or as values")
        return True, None
    if k == 1 and counted:
        raise _question(first, place, "which may be the name that pandas gives a column, or a value")
    if k > 1 and _is_doubtful(first):
        raise _question(first, place, "in rising order")
    named = f", the columns are f0 to f{k - 1}" if k > 1 else ""
    message = f"{place.file}: the first line holds numbers and is read as a row{named} (--header if not)"
    return False, Remark("no-header", message)


def _is_doubtful(row: Sequence[str]) -> bool:
    """Whether numbers may be names: in rising order, and no probabilities."""
    values = [value for field in row if (value := _number(field)) is not None]
    return all(a < b for a, b in pairwise(values)) and abs(sum(values) - 1) > ROUNDING


def _question(first: Sequence[str], place: Place, why: str) -> AmbiguousInput:
    return AmbiguousInput(
        "cannot tell whether the first line holds names or values",
        where=Place(place.file, line=1),
        found=f"{join_names(first, 6)}, {why}",
        hint="--header if it holds the columns' names, --no-header if it is the first row",
        code="header-or-row",
    )


__all__ = ["Dialect", "find_dialect"]
