"""JSON that is one document and not a line a record: records, columns, and what pandas writes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from evalcli.errors import AmbiguousInput, InputError
from evalcli.findings import Place, use
from evalcli.loaders.resource import CHUNK_BYTES, brief, readable_size
from evalcli.loaders.text import Text
from evalcli.text import escape, join_names

LARGEST = 1 << 30
"""Bytes of a document that is read whole without being asked to."""
LONGEST_RECORD = 50
"""Values of a list that may be one record's."""
PANDAS_INDEX = "__index_level_0__"
SPLIT = {"columns", "index", "data"}
Record = Mapping[str, Any]


def is_document(head: bytes) -> bool:
    r"""Whether the first bytes, at least a whole line unless there is none, begin one document.

    >>> is_document(b'[{"p": 1}]'), is_document(b'{"p": 1}\n{"p": 2}\n'), is_document(b'{\n  "p": [1]\n}')
    (True, False, True)
    """
    start = head.lstrip()
    if start[:1] == b"[":
        return True
    if start[:1] != b"{":
        return False
    line, _, rest = start.partition(b"\n")
    if not rest.strip():
        return True
    try:
        json.loads(line)
    except RecursionError:
        return False
    except ValueError:
        return line.rstrip()[-1:] in b"{[,:"
    return False


def read_document(text: Text, bound: int | None) -> bytes:
    """The records of a document, one a line."""
    place = text.resource.place
    try:
        values = list(_values(_whole(text, bound), place))
        records = _records(values, place)
        if not records:
            raise InputError(
                "the JSON contains no rows", where=place, code="no-rows", hint="was it written completely?"
            )
        names = dict.fromkeys(name for record in records for name in record)
        first = {name: records[0].get(name) for name in names}  # columns are found in the first lines
        return "\n".join(map(json.dumps, [first, *records[1:]])).encode()
    except RecursionError:
        raise InputError(
            "lists or objects are nested too deeply",
            where=place,
            code="unreadable",
            hint="write one flat object per row",
        ) from None
    except (UnicodeDecodeError, json.JSONDecodeError) as error:
        raise InputError(
            "the file cannot be read as JSON",
            where=place,
            found=escape(brief(error)),
            hint="is it truncated? Write or fetch it again",
            code="unreadable",
        ) from None


def _whole(text: Text, bound: int | None) -> str:
    """All of it, as far as it may be held in memory."""
    most = LARGEST if bound is None else bound
    parts, size = [], 0
    with text.resource.guarded(), text.open() as stream:
        while part := stream.read(CHUNK_BYTES):
            size += len(part)
            if size > most:
                raise InputError(
                    f"a JSON document of more than {readable_size(most)}, which has to be read whole",
                    where=text.resource.place,
                    hint="write one object per line, to_json(orient='records', lines=True), to stream it"
                    | use("if you trust it", max_bytes="10G"),
                    code="too-large",
                )
            parts.append(bytes(part))
    return b"".join(parts).decode()


def _values(text: str, place: Place) -> Iterator[Any]:
    """The values that stand one after the other: one, or objects of several lines each."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            names = [name for name, _ in pairs]
            twice = next(name for name in names if names.count(name) > 1)
            raise InputError(
                "duplicate name in an object of the JSON",
                where=place,
                found=twice,
                code="column-twice",
                hint="write each name once",
            )
        return fields

    decoder = json.JSONDecoder(object_pairs_hook=unique)
    at, blank = 0, json.decoder.WHITESPACE.match  # type: ignore[attr-defined]
    while (at := blank(text, at).end()) < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError:
            raise
        except ValueError as error:  # a number of thousands of digits
            raise InputError(
                "the file cannot be read as JSON",
                where=place,
                found=brief(error),
                code="unreadable",
                hint="write numbers of fewer digits",
            ) from None
        yield value


def _records(values: Sequence[Any], place: Place) -> Sequence[Record]:
    if len(values) == 1:
        return _of_list(values[0], place) if isinstance(values[0], list) else _of_object(values[0], place)
    for number, value in enumerate(values):
        if not isinstance(value, dict):
            raise _no_table(
                f"{_kind(value)} as value {number + 1} of {len(values):,}",
                place,
                "write an object a line, or one array of objects",
            )
    return values


def _of_list(rows: Sequence[Any], place: Place) -> Sequence[Record]:
    """An array of records."""
    for number, row in enumerate(rows):
        if isinstance(row, dict):
            continue
        if number == 0 and isinstance(row, (list, int, float, str, bool)):
            raise _no_table(
                "an array of arrays, which have no names" if isinstance(row, list)
                else f"an array in which the first value is {_kind(row)}",
                place,
                "give them a name, as jq '{scores: .}' FILE > named.json does; "
                "with pandas to_json(orient='records')",
            )  # fmt: skip
        raise InputError(
            "a value in the array of records is not an object",
            where=place.at(row=number + 1),
            found=_kind(row),
            code="foreign",
            hint="write one object per row",
        )
    return rows


def _of_object(document: Any, place: Place, outer: bool = True) -> Sequence[Record]:
    """What one object holds: a table, or what wraps one, or a single record."""
    if not isinstance(document, dict):
        raise _no_table(_kind(document), place, "write an object a line")
    if {"schema", "data"} == set(document) and _rows_of_objects(document["data"]):
        return _of_table(document, place)
    if {"columns", "data"} <= set(document) <= SPLIT and all(isinstance(v, list) for v in document.values()):
        return _of_split(document, place)
    kinds = {type(value) for value in document.values()}
    if outer and len(document) == 1 and kinds <= {list, dict}:
        (value,) = document.values()
        if _rows_of_objects(value):
            return _of_list(value, place)
        if isinstance(value, dict) and value and {type(v) for v in value.values()} & {list, dict}:
            return _of_object(value, place, outer=False)
    if kinds == {dict}:
        return _of_objects(document, place)
    if kinds == {list}:
        return _of_lists(document, place, outer)
    lists = {name: len(value) for name, value in document.items() if isinstance(value, list)}
    if max(lists.values(), default=0) > LONGEST_RECORD or not outer:
        names = join_names(f"{name} of {length:,}" for name, length in lists.items())
        others = join_names(name for name in document if name not in lists)
        raise _no_table(
            f"lists ({names}) beside {others}" if lists else f"an object of {others}",
            place,
            f"keep the columns alone, as jq '{{{', '.join(lists)}}}' FILE > columns.json does"
            if lists and all(name.isidentifier() for name in lists)
            else "write an object a line",
        )
    return [document]


def _rows_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _of_lists(columns: Mapping[str, list[Any]], place: Place, outer: bool) -> Sequence[Record]:
    """An object of columns; or a record of several lists, which are short and of different lengths."""
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        if outer and max(lengths.values()) <= LONGEST_RECORD:
            return [columns]
        raise InputError(
            "the columns of the JSON object have different lengths",
            where=place,
            found=join_names(f"{name} {length:,}" for name, length in lengths.items()),
            hint="write as many values for each",
            code="rows-differ",
        )
    if outer and set(lengths.values()) == {1}:
        return [columns]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _of_split(document: Mapping[str, list[Any]], place: Place) -> Sequence[Record]:
    """What pandas writes as ``orient="split"``."""
    names, rows = document["columns"], document["data"]
    if not all(isinstance(name, (str, int, float)) for name in names):
        raise _no_table("columns with names of several levels", place, "flatten the names of the columns")
    names = [str(name) for name in names]
    if len(set(names)) < len(names):
        raise InputError(
            "duplicate column name",
            where=place,
            found=join_names(names),
            code="column-twice",
            hint="give each column its own name",
        )
    for number, row in enumerate(rows):
        if not isinstance(row, list) or len(row) != len(names):
            raise InputError(
                "a row of the JSON does not have a value for each column",
                where=place.at(row=number + 1),
                found=f"{len(row):,} values, {len(names):,} columns" if isinstance(row, list) else _kind(row),
                code="ragged",
                hint="write one value per column in every row",
            )
    index = document.get("index", list(range(len(rows))))
    if len(index) != len(rows):
        raise InputError(
            "the index of the JSON does not have a value for each row",
            where=place,
            found=f"{len(index):,} values, {len(rows):,} rows",
            code="rows-differ",
            hint="write one index value per row",
        )
    return _indexed([dict(zip(names, row, strict=True)) for row in rows], index)


def _of_table(document: Mapping[str, Any], place: Place) -> Sequence[Record]:
    """What pandas writes as ``orient="table"``."""
    rows = _of_list(document["data"], place)
    schema = document["schema"]
    if not isinstance(schema, dict) or schema.get("primaryKey") != ["index"]:
        return rows
    index = [row.get("index") for row in rows]
    return _indexed([{k: v for k, v in row.items() if k != "index"} for row in rows], index)


def _of_objects(document: Mapping[str, dict[str, Any]], place: Place) -> Sequence[Record]:
    """Columns of values by row, as pandas writes them, or rows by their index (``orient="index"``)."""
    inner = list(next(iter(document.values())))
    by_column, by_row = all(map(_is_number, inner)), all(map(_is_number, document))
    if not inner or by_column == by_row:
        if len(document) == 1 and not (inner and by_column):
            return [document]  # a record that holds one object
        raise AmbiguousInput(
            "cannot tell whether the JSON object holds columns, or rows by name",
            where=place,
            found=f"objects {join_names(document, 3)}, which hold {join_names(inner, 3)}",
            hint="write one object per row, with pandas: to_json(orient='records')",
            code="which-orient",
        )
    if by_row:
        return _indexed(list(document.values()), list(document))
    for name, values in document.items():
        if values.keys() != document[next(iter(document))].keys():
            raise InputError(
                "the columns of the JSON object do not name the same rows",
                where=place.at(column=name),
                found=f"{len(values):,} rows, {len(inner):,} before",
                code="rows-differ",
                hint="write a value of every row in each column",
            )
    rows = [{name: values[key] for name, values in document.items()} for key in inner]
    return _indexed(rows, inner)


def _indexed(rows: list[dict[str, Any]], index: Sequence[Any]) -> Sequence[Record]:
    """Rows with what names them, unless that only counts them."""
    if all(str(name) == str(number) for number, name in enumerate(index)):
        return rows
    whole = all(_is_number(str(name)) and not isinstance(name, float) for name in index)
    named = [int(name) for name in index] if whole else [None if n is None else str(n) for n in index]
    return [row | {PANDAS_INDEX: name} for row, name in zip(rows, named, strict=True)]


def _is_number(name: str) -> bool:
    return name.removeprefix("-").isdecimal() and name.isascii() and len(name) < 19


def _kind(value: Any) -> str:
    kinds = {dict: "an object", list: "an array", str: "a text", bool: "a boolean", type(None): "null"}
    return kinds.get(type(value), "a number")


def _no_table(found: str, place: Place, hint: str) -> InputError:
    return InputError(
        "the JSON is not a table of rows",
        where=place,
        found=found,
        hint=hint.replace("FILE", escape(place.file)),
        code="foreign",
    )


__all__ = ["is_document", "read_document"]
