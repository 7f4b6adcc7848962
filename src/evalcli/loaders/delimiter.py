"""The delimiter of a text file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from evalcli.loaders.head import WHOLE, Row, given_values, head_rows, is_number_row, number

DELIMITERS = (",", "\t", ";", "|")
MANY = 10
FRACTION = re.compile(r"[+-]?\d*\.\d+(?:[eE][+-]?\d+)?")


def find_delimiter(text: str, usual: str, decimal: str | None) -> str:
    """The usual delimiter if the first line contains it, otherwise one of equal frequency in all lines."""
    split = {d: head_rows(text, d)[0] for d in (usual, *(d for d in DELIMITERS if d != usual))}
    if decimal == "," and _only_decimal(split[","]):
        del split[","]
        usual = ";" if usual == "," else usual
    several = [d for d, rows in split.items() if rows and (len(rows[0].fields) > 1 or has_row_names(rows, d))]
    steady = [d for d in several if _is_steady(split[d], d)]
    # "0,5;0,25" has as many commas in each line as semicolons
    clean = [d for d in steady if all(map(_plausible, split[d][0].fields))]
    if not clean and _is_blank_separated(head_rows(text, " ")[0]):
        return " "  # the default of NumPy and R
    return (clean or steady or several or [usual])[0]


def has_row_names(rows: Sequence[Row], delimiter: str) -> bool:
    """Whether the rows begin with a row name for which the header has no field, as R writes them.

    Row names are all different. Two adjacent whole numbers may be one number with a decimal comma, and if
    only a few lines have one comma too many, it is more likely part of a text.
    """
    body = [row.fields for row in rows[1:]]
    width = len(rows[0].fields) + 1
    if not body or any(len(fields) != width for fields in body):
        return False
    columns = list(zip(*body, strict=True))
    firsts, counted = columns[0], [str(j + 1) for j in range(len(body))]
    in_order = list(firsts) == counted
    if (
        not all(map(str.strip, firsts))
        or len(set(firsts)) < len(body)
        or not any(map(str.strip, columns[-1]))
        or any(name.strip().startswith(("[", "(")) for name in firsts)  # a list with commas
    ):
        return False
    if len(body) == 1 and not rows[1].quoted:
        return False
    whole = [all(WHOLE.fullmatch(field) for field in column) for column in columns]
    quoted = all(row.quoted for row in rows[1:])
    if quoted and whole[0]:
        return True
    fractions = any(FRACTION.fullmatch(field) for fields in body for field in fields)
    if delimiter == "," and not fractions and any(a and b for a, b in pairwise(whole)):
        return False
    if delimiter == "," and not quoted:
        return len(body) >= MANY
    return width > 2 or quoted or in_order or (fractions and delimiter != " ")


def has_open_ends(rows: Sequence[Row]) -> bool:
    """Whether every row, but not the header, ends with a delimiter."""
    width = len(rows[0].fields) + 1
    return len(rows) > 1 and all(len(row.fields) == width and not row.fields[-1].strip() for row in rows[1:])


def _is_steady(rows: Sequence[Row], delimiter: str) -> bool:
    """Whether all records have the same number of fields, except a header that lacks one."""
    widths = {len(row.fields) for row in rows}
    return len(widths) == 1 or has_row_names(rows, delimiter) or has_open_ends(rows)


def _only_decimal(rows: Sequence[Row]) -> bool:
    """Whether commas occur only within numbers, and are not the delimiter."""
    widths = {len(row.fields) for row in rows}
    if any("," in field for row in rows for field in row.fields) and len(widths) == 1:
        return False  # quoted
    return len(widths) > 1 or all(
        len(row.fields) == 2 and all(WHOLE.fullmatch(field.strip()) for field in row.fields) for row in rows
    )


def _is_blank_separated(rows: Sequence[Row]) -> bool:
    """Whether spaces separate numbers, or numbers and words in columns with a header."""
    if not rows or max(len(row.fields) for row in rows) < 2 or not _is_steady(rows, " "):
        return False
    body = [row.fields for row in rows[1:]]
    if all(is_number_row(given_values(fields) or [""]) for fields in body or [rows[0].fields]):
        return True
    if not body or any(number(name) is not None for name in rows[0].fields):
        return False
    return rows[0].quoted or any(
        all(FRACTION.fullmatch(value) for value in given_values(column)) and given_values(column)
        for column in zip(*body, strict=False)
    )


def _plausible(field: str) -> bool:
    """Whether a field has no other delimiter, except a decimal comma; a space between numbers is one.

    A quote that opens within a field is that of another field.
    """
    return not re.search(r'\d \d|\s"\S', field) and not any(
        d in field.replace(",", "", 1) for d in DELIMITERS
    )


__all__ = ["DELIMITERS", "find_delimiter", "has_open_ends", "has_row_names"]
