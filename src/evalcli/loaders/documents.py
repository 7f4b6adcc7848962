"""JSON that is one document, not one record per line: records, columns, and the forms that pandas writes."""

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
"""Largest document, in bytes, that is read into memory by default."""
LONGEST_RECORD = 50
"""Longest list that may belong to a single record."""
PANDAS_INDEX = "__index_level_0__"
SPLIT = {"columns", "index", "data"}
Record = Mapping[str, Any]


def is_document(head: bytes) -> bool:
    r"""Whether the first bytes, at least one whole line if there is one, begin a single document.

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
    """The records of a document, one per line."""
    place = text.resource.place
    try:
        values = list(_values(_whole(text, bound), place))
        records = _records(values, place)
        if not records:
            raise InputError(
                "the JSON contains no rows", where=place, code="no-rows", hint="was it written completely?"
            )
        names = dict.fromkeys(name for record in records for name in record)
        first = {name: records[0].get(name) for name in names}  # columns are detected from the first lines
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
    """The whole text, up to the limit."""
    most = LARGEST if bound is None else bound
    parts, size = [], 0
    with text.resource.guarded(), text.open() as stream:
        while part := stream.read(CHUNK_BYTES):
            size += len(part)
            if size > most:
                raise InputError(
                    f"a JSON document of more than {readable_size(most)}, which must be read into memory",
                    where=text.resource.place,
                    hint="write one object per line, to_json(orient='records', lines=True), to stream it"
                    | use("if you trust it", max_bytes="10G"),
                    code="too-large",
                )
            parts.append(bytes(part))
    return b"".join(parts).decode()


def _values(text: str, place: Place) -> Iterator[Any]:
    """The consecutive values: one, or several objects of several lines each."""

    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        fields = dict(pairs)
        if len(fields) < len(pairs):
            names = [name for name, _ in pairs]
            duplicate = next(name for name in names if names.count(name) > 1)
            raise InputError(
                "duplicate name in an object of the JSON",
                where=place,
                found=duplicate,
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
                "write one object per line, or one array of objects",
            )
    return values


def _of_list(rows: Sequence[Any], place: Place) -> Sequence[Record]:
    """An array of records."""
    for number, row in enumerate(rows):
        if isinstance(row, dict):
            continue
        if number == 0 and isinstance(row, (list, int, float, str, bool)):
            raise _no_table(
                "an array of arrays, without names" if isinstance(row, list)
                else f"an array in which the first value is {_kind(row)}",
                place,
                "name them, e.g. with jq '{scores: .}' FILE > named.json; "
                "with pandas, to_json(orient='records')",
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
    """Records of one object: a table, an object around a table, or a single record."""
    if not isinstance(document, dict):
        raise _no_table(_kind(document), place, "write one object per line")
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
            f"lists ({names}) and {others}" if lists else f"an object of {others}",
            place,
            f"keep only the columns, e.g. with jq '{{{', '.join(lists)}}}' FILE > columns.json"
            if lists and all(name.isidentifier() for name in lists)
            else "write one object per line",
        )
    return [document]


def _rows_of_objects(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _of_lists(columns: Mapping[str, list[Any]], place: Place, outer: bool) -> Sequence[Record]:
    """Records of an object of columns, or one record of several short lists of different lengths."""
    lengths = {name: len(values) for name, values in columns.items()}
    if len(set(lengths.values())) > 1:
        if outer and max(lengths.values()) <= LONGEST_RECORD:
            return [columns]
        raise InputError(
            "the columns of the JSON object have different lengths",
            where=place,
            found=join_names(f"{name} {length:,}" for name, length in lengths.items()),
            hint="write the same number of values for each column",
            code="rows-differ",
        )
    if outer and set(lengths.values()) == {1}:
        return [columns]
    return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]


def _of_split(document: Mapping[str, list[Any]], place: Place) -> Sequence[Record]:
    """Records of ``orient="split"`` of pandas."""
    names, rows = document["columns"], document["data"]
    if not all(isinstance(name, (str, int, float)) for name in names):
        raise _no_table("columns with multi-level names", place, "flatten the column names")
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
    """Records of ``orient="table"`` of pandas."""
    rows = _of_list(document["data"], place)
    schema = document["schema"]
    if not isinstance(schema, dict) or schema.get("primaryKey") != ["index"]:
        return rows
    index = [row.get("index") for row in rows]
    return _indexed([{k: v for k, v in row.items() if k != "index"} for row in rows], index)


def _of_objects(document: Mapping[str, dict[str, Any]], place: Place) -> Sequence[Record]:
    """Records of columns with values by row, or of rows by their index (``orient="index"`` of pandas)."""
    inner = list(next(iter(document.values())))
    by_column, by_row = all(map(_is_number, inner)), all(map(_is_number, document))
    if not inner or by_column == by_row:
        if len(document) == 1 and not (inner and by_column):
            return [document]  # a record with one object
        raise AmbiguousInput(
            "cannot tell whether the JSON object contains columns, or rows by name",
            where=place,
            found=f"objects {join_names(document, 3)}, with {join_names(inner, 3)} inside",
            hint="write one object per row, with pandas: to_json(orient='records')",
            code="which-orient",
        )
    if by_row:
        return _indexed(list(document.values()), list(document))
    for name, values in document.items():
        if values.keys() != document[next(iter(document))].keys():
            raise InputError(
                "the columns of the JSON object have different row names",
                where=place.at(column=name),
                found=f"{len(values):,} rows, {len(inner):,} before",
                code="rows-differ",
                hint="write a value for every row in each column",
            )
    rows = [{name: values[key] for name, values in document.items()} for key in inner]
    return _indexed(rows, inner)


def _indexed(rows: list[dict[str, Any]], index: Sequence[Any]) -> Sequence[Record]:
    """Rows with their index, unless it only numbers them."""
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
