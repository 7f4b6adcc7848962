"""The decimal separator of a text file, and the columns whose numbers have another form."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import pyarrow as pa

from evalcli.errors import AmbiguousInput
from evalcli.findings import Hint, Place, use
from evalcli.loaders.head import WHOLE, given_values

EXPONENT = r"(?:[eE][+-]?\d+)?"
COMMA = re.compile(r"[+-]?\d*,\d+" + EXPONENT)
POINT = re.compile(r"[+-]?(?:\d+\.\d*|\.\d+)" + EXPONENT)
GROUPED = re.compile(r"[+-]?[1-9]\d{0,2}([,.'\u2019 \u00a0\u202f])\d{3}(?:\1\d{3})*(?:[.,]\d+)?")
"""Numbers with thousands separators: 1,234 and 1.234.567,8 and 12 345."""


class Doubt(NamedTuple):
    """A number that cannot be read with the decimal separator; ``comma``: its column can with a comma."""

    value: str
    comma: bool


def find_decimal(
    columns: Mapping[str, Sequence[str]], asked: str | None = None
) -> tuple[str, dict[str, Doubt]]:
    """The decimal separator, and the columns of numbers that cannot be read with it.

    >>> find_decimal({"a": ["0,5", "1"], "b": ["x", "0.5"]})
    (',', {})
    >>> find_decimal({"a": ["1,234", "999"], "b": ["0.5", "1"]})
    ('.', {'a': Doubt(value='1,234', comma=False)})
    """
    forms = {}
    for name, fields in columns.items():
        of_values = {value: _form(value) for value in given_values(fields)}
        if "" not in of_values.values():
            forms[name] = of_values
    seen = {form for of_values in forms.values() for form in of_values.values()}
    decimal = asked or ("," if "comma" in seen and not seen & {"point", "points"} else ".")
    with_comma, with_point = {"whole", "comma", "either"}, {"whole", "point", "points"}
    readable = with_comma if decimal == "," else with_point
    doubtful = {
        name: Doubt(
            next(value for value, form in of_values.items() if form not in readable),
            "point" not in seen and with_comma.issuperset(of_values.values()),
        )
        for name, of_values in forms.items()
        if not readable.issuperset(of_values.values())
    }
    return decimal, doubtful


def _form(value: str) -> str:
    """How a number is written; empty for text that is not a number."""
    if WHOLE.fullmatch(value):
        return "whole"
    grouped = GROUPED.fullmatch(value)
    if POINT.fullmatch(value):
        return "points" if grouped else "point"
    if COMMA.fullmatch(value):
        return "either" if grouped else "comma"
    return "grouped" if grouped else ""


def decimal_question(place: Place, doubt: Doubt) -> AmbiguousInput:
    """The question about a column of numbers with another separator in them."""
    return AmbiguousInput(
        "cannot tell whether commas are decimal commas or thousands separators"
        if doubt.comma
        else "a column of numbers has thousands separators, or another decimal separator",
        where=place,
        found=repr(doubt.value),
        hint=(use("for decimal commas", decimal=",") if doubt.comma else Hint(()))
        | use("if these are names", decimal=".")
        | "write 1234 for 1,234",
        code="not-a-number",
    )


__all__ = ["COMMA", "Doubt", "decimal_question", "find_decimal"]


def with_points(array: pa.Array) -> pa.Array:
    """Text of a column of numbers, decimal commas replaced by points: "1,0" is the label 1.0."""
    values = array.dictionary.to_pylist()
    pointed = [value.replace(",", ".") if value and COMMA.fullmatch(value) else value for value in values]
    return pa.DictionaryArray.from_arrays(array.indices, pa.array(pointed, pa.string()))
