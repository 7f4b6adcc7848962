"""JSON: an object a line through pyarrow's reader; a document is turned into such lines first."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.json as pj

from evalcli.errors import InputError
from evalcli.loaders.arrow_columns import is_list, is_numeric
from evalcli.loaders.documents import is_document, read_document
from evalcli.loaders.resource import Resource, brief
from evalcli.loaders.source import OneFile, Remark, Settings
from evalcli.loaders.text import Text, cut, in_order
from evalcli.text import escape

DEEPEST = 500
HEADS = 4
"""How many times what decides on the columns of text is read of JSON, which names them in every row."""
MOST_MIXED = 20
STEPS = np.zeros(256, np.int8)
STEPS[[ord("["), ord("{")]], STEPS[[ord("]"), ord("}")]] = 1, -1


def open(resource: Resource, settings: Settings, remarks: tuple[Remark, ...] = ()) -> JsonLinesSource:
    """Read the names and types of the first lines; a document whole."""
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
    """One file with a JSON object a line. ``text``: the lines; ``head``: the first, and if that is all."""

    form = "JSON Lines"

    def __init__(
        self, resource: Resource, jobs: int, text: Text, head: tuple[bytes, bool], remarks: tuple[Remark, ...]
    ) -> None:
        super().__init__(resource, remarks)
        self._jobs, self._text = jobs, text
        first, whole = head
        lines = first if whole else first[: first.rfind(b"\n") + 1] or first
        try:
            schema, mixed = self._inferred(lines)
            self.columns = (*schema.names, *mixed)
        except UnicodeDecodeError as error:
            raise InputError(
                "the text is not UTF-8", where=resource.place, found=repr(error.object[:20]), code="encoding"
            ) from None
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as error:
            raise self._refusal(str(error), 0) from None
        # text that looks like a date stays text
        self.types = {
            name: pa.string() if pa.types.is_temporal(kind) else kind
            for name, kind in zip(schema.names, schema.types, strict=True)
        } | dict.fromkeys(mixed, pa.null())

    def _inferred(self, lines: bytes) -> tuple[pa.Schema, list[str]]:
        """Names and types by the first lines; and fields of several types, which harm who uses them."""
        mixed: list[str] = []
        while True:
            try:
                return self._parsed(lines, None).schema, mixed
            except pa.ArrowInvalid as error:
                match = re.search(r"Column\(/([^)/]+).*changed from", str(error))
                if match is None or match[1] in mixed or len(mixed) > MOST_MIXED:
                    raise
                mixed.append(match[1])
                lines = _without(lines, match[1])

    def _parsed(self, data: bytes | pa.Buffer, schema: pa.Schema | None) -> pa.Table:
        if _depth(data) > DEEPEST:  # the parser would run out of stack
            raise pa.ArrowInvalid(f"lists or objects within each other, more than {DEEPEST} deep")
        options = pj.ParseOptions(
            explicit_schema=schema, unexpected_field_behavior="infer" if schema is None else "ignore"
        )
        read = pj.ReadOptions(use_threads=False, block_size=max(len(data) + 1, 1 << 10))
        return pj.read_json(pa.BufferReader(data), read, options)

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream the rows."""
        schema = pa.schema([(name, self._kind(name, name in text or name in ids)) for name in columns])

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
                yield batch.select(list(columns))
            rows += parsed.num_rows

    def _segments(self) -> Iterator[pa.Buffer]:
        with self.resource.guarded(), self._text.open() as stream:
            yield from cut(self._text, stream, b"\n")

    def _kind(self, name: str, as_it_is: bool) -> pa.DataType:
        kind = self.types[name]
        if pa.types.is_null(kind):
            return pa.string() if as_it_is else pa.float64()
        if as_it_is or not is_numeric(kind):
            return pa.list_(pa.float64()) if is_list(kind) and is_numeric(kind.value_type) else kind
        return kind if pa.types.is_boolean(kind) else pa.float64()

    def _refusal(self, reason: str, rows: int) -> InputError:
        row = re.search(r"in row (\d+)", reason)
        column = re.search(r"Column\(/([^)/]+)", reason)
        place = self.resource.place.at(
            column=column[1] if column else None, row=rows + int(row[1]) + 1 if row else None
        )
        mixed = re.search(r"changed from (\w+) to (\w+)", reason)
        number = re.search(r"of type (?:double|int64): ?\"?([^\"]*)", reason)
        if mixed or number:
            types = f"a {mixed[2]} after a {mixed[1]}" if mixed else escape(str(number and number[1])[:80])
            return InputError(
                "a column holds values of different types",
                where=place,
                found=types,
                hint="write each column's values in one type, labels as text",
                code="mixed-types",
            )
        return InputError(
            "the file cannot be read as JSON Lines",
            where=place,
            found=escape(brief(ValueError(reason))),
            hint="is it cut short? Every line must be a JSON object of its own",
            code="unreadable",
        )


def _without(lines: bytes, name: str) -> bytes:
    """Lines without one of their fields."""
    kept = []
    for line in lines.splitlines():
        with suppress(ValueError, RecursionError):
            row = json.loads(line)
            row.pop(name, None)
            kept.append(json.dumps(row))
    return "\n".join(kept).encode()


def _depth(data: bytes | pa.Buffer) -> int:
    """How deep brackets lie within each other; those of texts count too, which is rarely many."""
    steps = STEPS.take(np.frombuffer(data, np.uint8))
    return int(np.cumsum(steps, dtype=np.int32).max(initial=0))


__all__ = ["JsonLinesSource", "open"]
