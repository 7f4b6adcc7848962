"""JSON Lines through pyarrow's reader; a JSON document is converted to lines first."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json as pj

from evalcli.errors import InputError
from evalcli.findings import Finding, use
from evalcli.loaders.arrow_columns import is_list, is_numeric
from evalcli.loaders.documents import is_document, read_document
from evalcli.loaders.resource import Resource, brief
from evalcli.loaders.source import OneFile, Settings
from evalcli.loaders.text import Text, cut, in_order
from evalcli.text import escape

DEEPEST = 500
HEADS = 4
"""Factor of the head's size relative to delimited text, since JSON repeats the names in every row."""
MOST_MIXED = 20
NULL = re.compile(rb"\s*n")
STEPS = np.zeros(256, np.int8)
STEPS[[ord("["), ord("{")]], STEPS[[ord("]"), ord("}")]] = 1, -1


def open(resource: Resource, settings: Settings, remarks: tuple[Finding, ...] = ()) -> JsonLinesSource:
    """Read names and types from the first lines; read a document whole."""
    text = Text(resource, settings.encoding, settings.limits)
    head, whole = text.head(HEADS * settings.limits.head)
    if not is_document(head):
        return JsonLinesSource(resource, settings.jobs, text, (head, whole), remarks)
    records = read_document(text, settings.max_bytes)
    lines = Text(Resource(resource.name, data=records), "utf-8", settings.limits)
    source = JsonLinesSource(
        resource, settings.jobs, lines, lines.head(HEADS * settings.limits.head), remarks
    )
    source.form, source.rows = "JSON", records.count(b"\n") + 1
    return source


class JsonLinesSource(OneFile):
    """One file with one JSON object per line. ``head``: the first lines, and whether they are all."""

    form = "JSON Lines"
    by_field = True

    def __init__(
        self,
        resource: Resource,
        jobs: int,
        text: Text,
        head: tuple[bytes, bool],
        remarks: tuple[Finding, ...],
    ) -> None:
        super().__init__(resource, remarks)
        self._jobs, self._text = jobs, text
        first, whole = head
        lines = first if whole else first[: first.rfind(b"\n") + 1] or first
        try:
            schema, mixed = self._inferred(lines)
            self.columns = (*schema.names, *mixed)
            kinds = map(_without_times, schema.types)
            self.types = dict(zip(schema.names, kinds, strict=True)) | dict.fromkeys(mixed, pa.null())
        except UnicodeDecodeError as error:
            raise InputError(
                "the text is not UTF-8",
                where=resource.place,
                found=repr(error.object[:20]),
                code="encoding",
                hint=use("or its actual encoding", encoding="latin-1"),
            ) from None
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise self._refusal(str(error), 0) from None

    def _inferred(self, lines: bytes) -> tuple[pa.Schema, list[str]]:
        """Names and types from the first lines; and fields of several types, which are errors if used."""
        paths: list[list[str]] = []
        while True:
            try:
                schema = self._parsed(lines, None).schema
                return schema, [name for name, *_ in paths if name not in schema.names]
            except pa.ArrowInvalid as error:
                match = re.search(r"Column\(/(.+)\) changed from", str(error))
                path = match[1].split("/") if match else []
                if not path or path in paths or len(paths) > MOST_MIXED:
                    raise
                paths.append(path)
                lines = _without(lines, path)

    def _parsed(self, data: bytes | pa.Buffer, schema: pa.Schema | None) -> pa.Table:
        if _depth(data) > DEEPEST:  # the parser would run out of stack
            raise pa.ArrowInvalid(f"lists or objects nested more than {DEEPEST} deep")
        if NULL.match(memoryview(data)):  # the parser would crash
            raise pa.ArrowInvalid("null in place of an object in row 0")
        options = pj.ParseOptions(
            explicit_schema=schema, unexpected_field_behavior="infer" if schema is None else "ignore"
        )
        read = pj.ReadOptions(use_threads=False, block_size=max(len(data) + 1, 1 << 10))
        return pj.read_json(pa.BufferReader(data), read, options)

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream the rows."""
        fields = _fields(self.types.items(), columns, {*text, *ids})
        schema = pa.schema(sorted(fields, key=lambda field: _place_among(columns, field.name)))

        def parse(segment: pa.Buffer) -> Any:
            try:
                return self._parsed(segment, schema)
            except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
                return str(error)

        rows = 0
        for _, parsed in in_order(self._segments(), parse, self._jobs):
            if isinstance(parsed, str):
                raise self._refusal(parsed, rows)
            for batch in parsed.to_batches():
                yield batch.select(schema.names)
            rows += parsed.num_rows

    def _segments(self) -> Iterator[pa.Buffer]:
        with self.resource.guarded(), self._text.open() as stream:
            yield from cut(self._text, stream, b"\n")

    def _refusal(self, reason: str, rows: int) -> InputError:
        row = re.search(r"in row (\d+)", reason)
        column = re.search(r"Column\(/(.+?)\)(?: |$)", reason)
        place = self.resource.place.at(
            column=".".join(p for p in column[1].split("/") if p != "[]") if column else None,
            row=rows + int(row[1]) + 1 if row else None,
        )
        mixed = re.search(r"changed from (\w+) to (\w+)", reason)
        number = re.search(r"of type (?:double|int64): ?\"?([^\"]*)", reason)
        if mixed or number:
            types = f"a {mixed[2]} after a {mixed[1]}" if mixed else escape(str(number and number[1])[:80])
            return InputError(
                "a column contains values of different types",
                where=place,
                found=types,
                hint="write each column's values in one type, labels as text",
                code="mixed-types",
            )
        return InputError(
            "the file cannot be read as JSON Lines",
            where=place,
            found=escape(brief(ValueError(reason))),
            hint="is it truncated? Every line must be a JSON object",
            code="unreadable",
        )


def _fields(
    types: Iterable[tuple[str, pa.DataType]], wanted: Sequence[str], as_they_are: Collection[str]
) -> list[pa.Field]:
    """Fields of the wanted columns; of objects, only the fields whose dotted name is wanted."""
    fields = []
    for name, kind in types:
        if name in wanted:
            fields.append(pa.field(name, _read_type(kind, name in as_they_are)))
            continue
        size = len(name) + 1
        inner = [other[size:] for other in wanted if other.startswith(f"{name}.")]
        if inner and pa.types.is_struct(kind):
            as_is = {other[size:] for other in as_they_are if other.startswith(f"{name}.")}
            below = _fields(((field.name, field.type) for field in kind), inner, as_is)
            fields += [pa.field(name, pa.struct(below))] if below else []
    return fields


def _place_among(columns: Sequence[str], name: str) -> int:
    return next(j for j, column in enumerate(columns) if column == name or column.startswith(f"{name}."))


def _read_type(kind: pa.DataType, as_it_is: bool) -> pa.DataType:
    """The type that a column is read as: numbers are floats unless they are names."""
    if pa.types.is_null(kind):
        return pa.string() if as_it_is else pa.float64()
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _read_type(field.type, False)) for field in kind])
    if is_list(kind) and (is_numeric(kind.value_type) or pa.types.is_struct(kind.value_type)):
        return pa.list_(_read_type(kind.value_type, False))
    if as_it_is or not is_numeric(kind) or pa.types.is_boolean(kind):
        return kind
    return pa.float64()


def _without_times(kind: pa.DataType) -> pa.DataType:
    """The type with text in place of dates: text that looks like a date stays text."""
    if pa.types.is_struct(kind):
        return pa.struct([(field.name, _without_times(field.type)) for field in kind])
    if is_list(kind):
        return pa.list_(_without_times(kind.value_type))
    return pa.string() if pa.types.is_temporal(kind) else kind


def _without(lines: bytes, path: Sequence[str]) -> bytes:
    """Lines without one of their fields, or without the list that contains it."""
    *parents, name = path[: path.index("[]")] if "[]" in path else path
    kept = []
    for line in lines.splitlines():
        with suppress(ValueError, RecursionError, AttributeError):
            row = inner = json.loads(line)
            for parent in parents:
                inner = inner.get(parent) or {}
            inner.pop(name, None)
            kept.append(json.dumps(row))
    return "\n".join(kept).encode()


def _depth(data: bytes | pa.Buffer) -> int:
    """Nesting depth of brackets; the few within strings also count."""
    steps = STEPS.take(np.frombuffer(data, np.uint8))
    return int(np.cumsum(steps, dtype=np.int32).max(initial=0))


__all__ = ["JsonLinesSource", "open"]
