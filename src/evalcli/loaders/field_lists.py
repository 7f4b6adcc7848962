"""Lists written into one field of a text file, e.g. by to_csv for a column of arrays."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from itertools import accumulate

import pyarrow as pa

NUMBER = r"(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|NaN|NA|inf|Inf|Infinity)|None|null)"
WRAPPED = rf"(?:np\.\w+\(\s*{NUMBER}\s*\)|{NUMBER})"
TEXT = r"""(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")"""
BETWEEN = r"(?:\s*,\s*|\s+)"
CALL = r"(?:c|(?:np\.)?array|tensor|torch\.tensor)"
ITEMS = {pa.list_(pa.float64()): WRAPPED, pa.list_(pa.string()): TEXT}


@cache
def _pattern(kind: pa.DataType) -> str:
    """Brackets around any number of items, or parentheses around two or more."""
    item = ITEMS[kind]
    more = f"(?:{BETWEEN}{item})"
    square = rf"\[\s*(?:{item}{more}*\s*,?\s*)?\]"
    rounds = rf"\(\s*{item}(?:{more}+\s*,?|\s*,)\s*\)"
    called = rf"{CALL}\(\s*(?:{square}(?:\s*,\s*\w+=[\w.':]+)*|{item}{more}*)\s*\)"
    return rf"^\s*(?:{square}|{rounds}|{called})\s*$"


ITEM = re.compile(TEXT)
ESCAPED = re.compile(r"\\(.)", re.DOTALL)


def list_type(values: Sequence[str]) -> pa.DataType | None:
    """The type of a column whose values are lists written as text, if most of the first values are.

    >>> list_type(["[0.1, 0.9]", "[0.5  0.5 ]"]), list_type(["['a', 'b']", "[]"]), list_type(["(0.5)"])
    (ListType(list<item: double>), ListType(list<item: string>), None)
    """
    if not any(value.strip("[]() \t\r\n") for value in values):
        return None
    for kind in ITEMS:
        pattern = re.compile(_pattern(kind))
        # a single value that is not a list is reported when it is read
        if pattern.match(values[0]) and 2 * sum(map(bool, map(pattern.match, values))) > len(values):
            return kind
    return None


def as_lists(column: pa.Array, kind: pa.DataType, nulls: Sequence[str]) -> pa.Array | int:
    """Texts as lists; or the index of the first text that is not a list.

    Empty texts and texts in ``nulls`` are missing.
    """
    import pyarrow.compute as pc

    missing = pc.is_in(pc.utf8_trim_whitespace(column), pa.array(["", *nulls], pa.string()))
    column = pc.if_else(missing, pa.scalar(None, pa.string()), column)
    fits = pc.fill_null(pc.match_substring_regex(column, _pattern(kind)), True)
    bad = pc.index(fits, False).as_py()
    if bad >= 0:
        return int(bad)
    return _numbers(column) if pa.types.is_floating(kind.value_type) else _texts(column)


def _numbers(column: pa.Array) -> pa.Array:
    import pyarrow.compute as pc

    # names of types and functions also contain digits
    plain = pc.replace_substring_regex(column, rf"(?:np\.\w+|{CALL})\(|\w+=[\w.':]+", " ")
    plain = pc.replace_substring_regex(plain, r"None|null|NA\b", "nan")
    plain = pc.utf8_trim_whitespace(pc.replace_substring_regex(plain, r"[\[\](),\s]+", " "))
    parts = pc.split_pattern(pc.if_else(pc.equal(plain, ""), None, plain), " ")
    values = parts.flatten().cast(pa.float64())
    sizes = pc.fill_null(pc.list_value_length(parts), 0).to_pylist()
    return _list_array(values, sizes, column)


def _texts(column: pa.Array) -> pa.Array:
    """Lists of strings; each distinct text is parsed once."""
    known: dict[str, list[str]] = {}
    rows = []
    for text in column.to_pylist():
        if text is not None and text not in known:
            known[text] = [_unquoted(item) for item in ITEM.findall(text)]
        rows.append([] if text is None else known[text])
    items = pa.array([item for row in rows for item in row], pa.string())
    return _list_array(items, list(map(len, rows)), column)


def _unquoted(item: str) -> str:
    """A text without the quotes and escapes of JSON or Python."""
    if "\\" not in item:
        return item[1:-1]
    import ast
    import json

    for read in (json.loads, ast.literal_eval):
        with suppress(ValueError, SyntaxError):
            return str(read(item))
    return ESCAPED.sub(r"\1", item[1:-1])


def _list_array(values: pa.Array, sizes: Sequence[int], column: pa.Array) -> pa.Array:
    offsets = pa.array([0, *accumulate(sizes)], pa.int32())
    return pa.ListArray.from_arrays(offsets, values, mask=column.is_null())


__all__ = ["as_lists", "list_type"]
