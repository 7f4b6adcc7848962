"""Detection of a text file's header, and of further header lines."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import PurePath

from evalcli.errors import AmbiguousInput
from evalcli.findings import Finding, Place, use
from evalcli.loaders.head import MISSING, Row, given_values, is_number_row, is_rising, number
from evalcli.loaders.resource import ADDRESS, COMPRESSED_SUFFIXES
from evalcli.loaders.source import Settings
from evalcli.text import escape, join_names

MOST_LINES = 3
"""Largest number of further header lines."""


def find_header(
    first: Sequence[str], rest: Sequence[Sequence[str]], settings: Settings, place: Place
) -> tuple[bool, Finding | None]:
    """Whether the first record is a header; a question if ambiguous. ``rest``: records of equal length."""
    above = [
        name
        for j, name in enumerate(first)
        if name
        and number(name) is None
        and any(row[j].strip() for row in rest)
        and all(number(row[j]) is not None for row in rest if row[j].strip())
    ]
    if settings.header is False:
        if not above:
            return False, None
        message = (
            f"{place.file}: {escape(above[0])!r} is above numbers, so the first line contains column names"
        )
        return True, Finding("note", "header-found", message)
    k = len(first)
    counted = list(first) == [str(j) for j in range(k)]
    sure = k > 1 and is_number_row(first) and not counted and not is_rising(first)
    if settings.header is True and not sure:
        return True, None
    if first[0] == "" and k > 1:  # the name that pandas gives its index
        return True, None
    if not is_number_row(first):
        if not above and rest and all(any(name == row[j] for row in rest) for j, name in enumerate(first)):
            raise _question(first, place, "and the rows below contain the same values")
        return True, None
    whole = all(float(value).is_integer() for row in rest for f in row if (value := number(f)) is not None)
    if k > 1 and counted:
        if rest and whole:
            raise _question(first, place, "either column numbers or values")
        return True, None
    if k == 1 and counted:
        raise _question(first, place, "either the column name that pandas gives, or a value")
    if k > 1 and is_rising(first):
        raise _question(first, place, "in increasing order")
    named = f", the columns are f0 to f{k - 1}" if k > 1 else ""
    message = f"{place.file}: the first line contains numbers and is read as a row{named}"
    return False, Finding(
        "note", "no-header", message, hint=use("if it contains the column names", header=True)
    )


def _question(first: Sequence[str], place: Place, why: str) -> AmbiguousInput:
    return AmbiguousInput(
        "cannot tell whether the first line contains names or values",
        where=place,
        found=f"{join_names(first, 6)}, {why}",
        hint=use("if it contains the column names", header=True) | use("if it contains values", header=False),
        code="header-or-row",
    )


def check_further_lines(rows: Sequence[Row], settings: Settings, place: Place) -> None:
    """Ask about lines of text between the names and the numbers, e.g. types or units."""
    missing = MISSING | {text.lower() for text in settings.null_values}
    values = [[value.strip() for value in row.fields] for row in rows]
    for count in range(1, min(MOST_LINES, len(rows) - 2) + 1):
        lines, below = values[:count], values[count:]
        numeric = [j for j in range(len(below[0])) if _all_numbers([row[j] for row in below], missing)]
        texts = [given_values([line[j] for j in numeric], missing) for line in lines]
        if all(texts) and not any(number(text) is not None for line in texts for text in line):
            raise _lines_question(rows[:count], texts[0], place)


def _all_numbers(column: Sequence[str], missing: frozenset[str]) -> bool:
    values = given_values(column, missing)
    return bool(values) and all(number(value) is not None for value in values)


def _lines_question(rows: Sequence[Row], texts: Sequence[str], place: Place) -> AmbiguousInput:
    first, last = rows[0].line, rows[-1].end
    one = first == last
    lines = f"line {first} contains" if one else f"lines {first} to {last} contain"
    edit, suffix = f"sed '{first}{'' if one else f',{last}'}d'", PurePath(place.file).suffix
    if place.file == "-" or ADDRESS.match(place.file) or suffix in COMPRESSED_SUFFIXES:
        way = f"remove them with {edit}"
    else:
        way = f"{edit} {shlex.quote(place.file)} > rows{suffix}, and pass rows{suffix} instead"
    return AmbiguousInput(
        f"{lines} text above columns of numbers: is it part of the header?",
        where=Place(place.file, line=first),
        found=join_names(texts, 6),
        hint=way | use("if it is a missing value", null_values=texts[0]),
        code="header-or-row",
    )


__all__ = ["check_further_lines", "find_header"]
