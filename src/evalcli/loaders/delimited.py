"""Delimited text through pyarrow's reader: labels keep their text, scores are float64.

A column asked for as text comes dictionary-encoded, so that "01001" and "NA" stay what they are; ids come as
plain strings, of which no two are alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc

from evalcli.errors import EvalcliError, InputError, Place
from evalcli.loaders.dialect import find_dialect
from evalcli.loaders.resource import Resource, brief
from evalcli.loaders.source import OneFile, Remark, Settings
from evalcli.loaders.text import Text, cut, in_order, last_end, record_end
from evalcli.text import escape

TEXT = pa.dictionary(pa.int32(), pa.string())
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")


def open(resource: Resource, settings: Settings, remarks: tuple[Remark, ...] = ()) -> DelimitedSource:
    """Read the header and the types of the first lines."""
    return DelimitedSource(resource, settings, remarks)


class DelimitedSource(OneFile):
    """One delimited text file."""

    def __init__(self, resource: Resource, settings: Settings, remarks: tuple[Remark, ...]) -> None:
        self._settings = settings
        self._text = Text(resource, settings.encoding, settings.limits)
        head, whole = self._text.head(settings.limits.head)
        lone = head.count(b"\r") - head.count(b"\r\n")
        self._newline = b"\r" if lone > head.count(b"\n") else b"\n"
        mark = settings.delimiter if settings.delimiter and len(settings.delimiter) == 1 else ","
        lines = head if whole else head[: last_end(head, self._newline, mark)] or head
        try:
            text = lines.decode()
        except UnicodeDecodeError as error:
            line = 1 + lines.count(self._newline, 0, error.start)
            raise _not_utf8(
                Place(resource.name, line=line), repr(lines[max(error.start - 5, 0) :][:12])
            ) from None
        suffix = f".{settings.format}" if settings.format else resource.suffix
        self._dialect = find_dialect(text, suffix, settings, resource.place)
        super().__init__(resource, (*remarks, *self._dialect.remarks))
        self.columns = self._dialect.names
        start = next((j for j, byte in enumerate(lines) if byte not in b"\r\n"), 0)
        self._skip = record_end(lines, self._dialect.delimiter, start) if self._dialect.header else 0
        self._parse = pc.ParseOptions(delimiter=self._dialect.delimiter, newlines_in_values=True)
        rows = lines[self._skip :]
        try:
            schema = (
                self._parsed(rows, pc.ConvertOptions(decimal_point=settings.decimal)).schema if rows else None
            )
        except pa.ArrowInvalid as error:
            raise self._refusal(str(error), 0) from None
        self.types = {name: schema.field(name).type if schema else pa.null() for name in self.columns}
        if not rows and whole:
            self.rows = 0
        packed = "" if self._text.encoding == "utf-8" else f", {self._text.encoding}"
        self.form = f"CSV with {self._dialect.words}{packed}"

    def _parsed(self, data: bytes | pa.Buffer, convert: pc.ConvertOptions) -> pa.Table:
        read = pc.ReadOptions(
            use_threads=False, block_size=max(len(data) + 1, 1 << 10), column_names=list(self.columns)
        )
        return pc.read_csv(pa.BufferReader(data), read, self._parse, convert)

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream the rows."""
        kinds = {name: TEXT if name in text else _numeric(self.types[name]) for name in columns}
        kinds |= dict.fromkeys((name for name in ids if name not in text), pa.string())
        nulls = pc.ConvertOptions().null_values
        convert = pc.ConvertOptions(
            include_columns=list(columns),
            column_types=kinds,
            null_values=[*nulls, *self._settings.null_values],
            decimal_point=self._settings.decimal,
        )

        def parse(segment: pa.Buffer) -> Any:
            try:
                return self._parsed(segment, convert)
            except pa.ArrowInvalid as error:
                return str(error)

        for number, parsed in in_order(self._segments(), parse, self._settings.jobs):
            if isinstance(parsed, str):
                raise self._refusal(parsed, number)
            yield from parsed.to_batches()

    def _segments(self) -> Iterator[pa.Buffer]:
        with self.resource.guarded(), self._text.open() as stream:
            yield from cut(self._text, stream, self._newline, self._dialect.delimiter, self._skip)

    def _refusal(self, reason: str, number: int) -> EvalcliError:
        place = Place(self.resource.name)
        row = re.search(r"Row #(\d+)", reason)
        if row:
            place = Place(self.resource.name, line=self._line(number, int(row[1])))
        ragged = re.search(r"Expected (\d+) columns, got (\d+)", reason)
        if ragged:
            return InputError(
                f"a line with {ragged[2]} fields, where the {'header' if self._dialect.header else 'first'} "
                f"has {ragged[1]}",
                where=place,
                found=escape(reason.rsplit(": ", maxsplit=1)[-1])[:120],
                hint="quote fields that hold the delimiter, or mend that line",
                code="ragged",
            )
        column = re.search(r"In CSV column #(\d+)", reason)
        value = re.search(r"invalid value '(.*)'", reason, re.DOTALL)
        if column:
            place = place.at(column=self._name(int(column[1])))
        if column and value:
            comma = DECIMAL_COMMA.fullmatch(value[1]) and self._settings.decimal == "."
            return InputError(
                "a score is not a number",
                where=place,
                found=repr(value[1][:80]),
                hint="a decimal comma? --decimal ,"
                if comma
                else f"--null-values {escape(value[1][:20])} --missing drop if it stands for no value; "
                "or choose the columns with --score-cols",
                code="not-a-number",
            )
        if "invalid UTF8" in reason:
            return _not_utf8(place, "bytes of another encoding")
        return InputError(
            "the file cannot be read as delimited text",
            where=place,
            found=escape(brief(ValueError(reason))),
            code="unreadable",
        )

    def _line(self, number: int, row: int) -> int:
        """Line of the file of a row of a segment, both counted as the parser does."""
        before = 0
        for index, segment in enumerate(self._segments()):
            if index == number:
                break
            before += segment.to_pybytes().count(self._newline)
        with self._text.open() as stream:
            before += stream.read(self._skip).count(self._newline) if self._skip else 0
        return before + row

    def _name(self, number: int) -> str:
        return self.columns[number] if number < len(self.columns) else f"number {number + 1}"


def _numeric(kind: pa.DataType) -> pa.DataType:
    return kind if pa.types.is_boolean(kind) else pa.float64()


def _not_utf8(where: Place, found: str) -> InputError:
    return InputError(
        "the text is not UTF-8",
        where=where,
        found=found,
        hint="say what it is, as in --encoding latin-1 or cp1252; or save the file as UTF-8",
        code="encoding",
    )


__all__ = ["DelimitedSource", "open"]
