"""The first records of delimited text: their lines and fields, without spaces around the delimiters."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from itertools import pairwise
from typing import NamedTuple

HEAD_ROWS = 50
ROUNDING = 0.015
MISSING = frozenset(("", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", ".", "?", "missing"))
"""Fields that mean a missing value, in lower case."""
QUOTED = r'"[^"]*(?:""[^"]*)*"'
WHOLE = re.compile(r"[+-]?\d+")


class Row(NamedTuple):
    """A record: its first and last line, counted from 1; whether it begins with a quote; its fields."""

    line: int
    end: int
    quoted: bool
    fields: list[str]


def head_rows(text: str, delimiter: str, before: int = 0) -> tuple[list[Row], bool]:
    """The first records that are not empty, and whether spaces around delimiters were removed from them.

    ``before``: number of lines above the text.
    """
    padded = _is_padded(text, delimiter)
    if padded:
        data = text.encode("utf-8", "surrogatepass")
        text = squeezed(data, delimiter).decode("utf-8", "surrogatepass")
    with _fields_of(len(text)):
        return _read(text, delimiter, before), padded


@contextmanager
def _fields_of(size: int) -> Iterator[None]:
    """Allow fields of this length; the limit of Python's csv module is global, so it is restored."""
    limit = csv.field_size_limit()
    if size > limit:
        csv.field_size_limit(size)
    try:
        yield
    finally:
        csv.field_size_limit(limit)


def _read(text: str, delimiter: str, before: int) -> list[Row]:
    rows: list[Row] = []
    lines: list[str] = []
    reader, end = csv.reader(_kept(text, lines), delimiter=delimiter), 0
    try:
        for fields in reader:
            start, end = end, reader.line_num
            if any(field.strip() for field in fields):
                quoted = lines[start].startswith('"')
                rows.append(Row(before + start + 1, before + end, quoted, fields))
            if len(rows) > HEAD_ROWS:
                break
    except csv.Error:  # the parser reports it with the line
        pass
    return rows


def _kept(text: str, lines: list[str]) -> Iterator[str]:
    """Yield the lines of a text, and append them to ``lines`` as they are read."""
    for line in io.StringIO(text, newline=""):
        lines.append(line)
        yield line


def _is_padded(text: str, delimiter: str) -> bool:
    """Whether a space follows every delimiter or, if the delimiter is a space, whether runs count as one."""
    if delimiter == " ":
        if not re.search(r"  |^ | $", text, re.MULTILINE):
            return False
        with _fields_of(len(text)):
            rows = _read(text, " ", 0)
        # "a b c" above "1  3": a field without a value
        widths = {len(row.fields) for row in rows}
        return len(widths) > 1 or not all(rows[0].fields if rows else ())
    if f"{delimiter} " not in text:
        return False
    sign = re.escape(delimiter)
    pattern = rf"(?:^|(?<=\r)) *(?:{QUOTED})?|{sign}( *)(?:{QUOTED})?"
    for match in re.finditer(pattern, text, re.MULTILINE):
        if match[1] == "" and text[match.end(1) : match.end(1) + 1] not in ("", "\r", "\n", delimiter):
            return False
    return True


@cache
def _padding(delimiter: str) -> re.Pattern[bytes]:
    """Pattern of the text to remove; its groups are kept."""
    sign = re.escape(delimiter)
    first = rf"(?:^|(?<=\r)) *({QUOTED})?"
    if delimiter == " ":
        pattern = rf"{first}|( {QUOTED})|(?<! ) +(?=[\r\n]|\Z)| +(?= )"
    else:
        pattern = rf"{first}|({sign}) *({QUOTED})?|(?<! ) +(?={sign}|[\r\n]|\Z)"
    return re.compile(pattern.encode(), re.MULTILINE)


def squeezed(data: bytes, delimiter: str) -> bytes:
    r"""Text without spaces around delimiters outside quotes; if the space is the delimiter, without runs.

    >>> squeezed(b'a, "b, c" , d\n', ","), squeezed(b"  1   2 \n", " ")
    (b'a,"b, c",d\n', b'1 2\n')
    """
    pattern = _padding(delimiter)
    return pattern.sub(b"".join(b"\\%d" % (j + 1) for j in range(pattern.groups)), data)


def number(field: str) -> float | None:
    """The number in a field, with a decimal point or comma."""
    try:
        return float(field.strip().replace(",", "."))
    except ValueError:
        return None


def is_number_row(fields: Sequence[str]) -> bool:
    """Whether there are values and all of them are numbers."""
    given = [field for field in fields if field.strip()]
    return bool(given) and all(number(field) is not None for field in given)


def is_rising(fields: Sequence[str]) -> bool:
    """Whether numbers may be column names: in increasing order, and not probabilities."""
    values = [value for field in fields if (value := number(field)) is not None]
    return all(a < b for a, b in pairwise(values)) and abs(sum(values) - 1) > ROUNDING


def given_values(fields: Sequence[str], missing: frozenset[str] = MISSING) -> list[str]:
    """Fields that are not missing values, without surrounding whitespace."""
    return [value for field in fields if (value := field.strip()).lower() not in missing]


__all__ = [
    "HEAD_ROWS", "MISSING", "WHOLE", "Row", "given_values", "head_rows", "is_number_row", "is_rising",
    "number", "squeezed",
]  # fmt: skip
