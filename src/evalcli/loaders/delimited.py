"""Delimited text through pyarrow's reader: labels keep their text, scores are float64, or float32 as written.

A column requested as text is dictionary-encoded and unchanged: "01001" and "NA" stay as they are. Ids are
plain strings, since they are all different.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import compress, islice
from typing import Any, NamedTuple

import pyarrow as pa
import pyarrow.csv as pc

from evalcli.errors import EvalcliError, InputError
from evalcli.findings import Blank, Finding, Place, as_hint, omit, use
from evalcli.loaders.decimals import decimal_question, with_points
from evalcli.loaders.dialect import find_dialect
from evalcli.loaders.field_lists import as_lists, list_type
from evalcli.loaders.head import HEAD_ROWS, squeezed
from evalcli.loaders.precision import are_narrow, narrow_columns, narrowed, spread_values
from evalcli.loaders.resource import Resource, brief
from evalcli.loaders.short_records import short_texts
from evalcli.loaders.source import OneFile, Settings
from evalcli.loaders.tail import Tail, may_be_cut
from evalcli.loaders.text import Text, check_text, cut, in_order, last_end, lines_end, record_line
from evalcli.text import escape

TEXT = pa.dictionary(pa.int32(), pa.string())
HEAD_SAMPLE, SAMPLED_ROWS = 200, 16
"""Rows of the head, and of each segment, from which the precision of numbers is detected."""
PLACES, PLACE_STEP, PLACE_BYTES = 8, 1 << 18, 1 << 14
"""Places further down where it is checked before all is read: greatest number, least distance, size."""
DECIMAL_COMMA = re.compile(r"[+-]?\d+,\d+")
BLANK_LINE = re.compile(rb"(?<![^\r\n])[ \t]+(?=[\r\n]|\Z)")


class NotAList(NamedTuple):
    """A value that is not a list in a column of lists; ``row``: within its segment, from 1."""

    column: str
    row: int
    value: str


def open(resource: Resource, settings: Settings, remarks: tuple[Finding, ...] = ()) -> DelimitedSource:
    """Read the header, and detect types from the first lines."""
    return DelimitedSource(resource, settings, remarks)


class DelimitedSource(OneFile):
    """One delimited text file."""

    def __init__(self, resource: Resource, settings: Settings, remarks: tuple[Finding, ...]) -> None:
        self._settings = settings
        self._text = Text(resource, settings.encoding, settings.limits)
        head, whole = self._text.head(settings.limits.head)
        lone = head.count(b"\r") - head.count(b"\r\n")
        self._newline = b"\r" if lone > head.count(b"\n") else b"\n"
        mark = settings.delimiter if settings.delimiter and len(settings.delimiter) == 1 else ",;|\t"
        check_text(self._text, head, self._newline, mark, 0, False)
        lines = head if whole else head[: last_end(head, self._newline, mark)] or head
        try:
            text = lines.decode()
        except UnicodeDecodeError as error:
            line = 1 + lines.count(self._newline, 0, error.start)
            raise _not_utf8(
                Place(resource.name, line=line), repr(lines[max(error.start - 5, 0) :][:12])
            ) from None
        suffix = f".{settings.format}" if settings.format else resource.suffix
        dialect = self._dialect = find_dialect(text, suffix, settings, resource.place)
        super().__init__(resource, (*remarks, *dialect.remarks))
        self.columns = dialect.names
        self._skip = lines_end(lines, dialect.lines)
        self._signs = dialect.delimiter + " " * dialect.padded
        check_text(self._text, head, self._newline, self._signs, 0, whole)
        self._alone = len(dialect.fields) == 1
        """A single column: an empty line is a row with a missing value."""
        self._parse = pc.ParseOptions(
            delimiter=dialect.delimiter,
            newlines_in_values=True,
            ignore_empty_lines=not self._alone,
            invalid_row_handler=_skip_blank,
        )
        self._nulls = (*pc.ConvertOptions().null_values, *settings.null_values)
        self._lists: dict[str, pa.DataType] = {}
        self._head = pa.py_buffer(lines[self._skip :])
        self._mixed = False
        self.types = self._inferred(self._head, whole)
        if len(lines) == self._skip and whole:
            self.rows = 0
        self._describe()

    def _describe(self) -> None:
        encoding = "" if self._text.encoding == "utf-8" else f", {self._text.encoding}"
        narrow = ", float32" if pa.float32() in self.types.values() else ""
        self.form = f"CSV with {self._dialect.words}{encoding}{narrow}"

    def widen(self, names: Sequence[str]) -> None:
        """Read columns as float64 even if their numbers were float32."""
        self.types |= {name: pa.float64() for name in names if self.types[name] == pa.float32()}
        self._describe()

    def _inferred(self, rows: pa.Buffer, whole: bool) -> dict[str, pa.DataType]:
        """Types of the columns, inferred from the first rows; ``whole``: whether there are no others."""
        if not rows.to_pybytes().strip():
            return dict.fromkeys(self.columns, pa.null())
        convert = pc.ConvertOptions(decimal_point=self._dialect.decimal, include_columns=list(self.columns))
        # empty rows at the end may have fewer fields
        rows = next(Tail(self._dialect.delimiter).trimmed(iter([rows])), rows)
        try:
            table = self._parsed(self._prepared(rows), convert)
        except pa.ArrowInvalid as error:
            raise self._refusal(str(error), None) from None
        types = {name: table.schema.field(name).type for name in self.columns}
        for name in [name for name, kind in types.items() if pa.types.is_string(kind)]:
            first = table.column(name)[:1].to_pylist()
            if first and (not first[0].strip() or first[0].rstrip()[-1:] in "])"):
                missing = {"", *self._nulls}
                kind = list_type(
                    [text for text in table.column(name).to_pylist() if text.strip() not in missing]
                )
                if kind is not None:
                    types[name] = self._lists[name] = kind
        doubles = [name for name, kind in types.items() if pa.types.is_float64(kind)]
        found = narrow_columns(spread_values(table, doubles, HEAD_SAMPLE), doubles)
        narrow = list(compress(doubles, found))
        types |= dict.fromkeys(narrow if whole else self._narrow_elsewhere(narrow), pa.float32())
        return types

    def _narrow_elsewhere(self, names: Sequence[str]) -> Sequence[str]:
        """Columns whose numbers further down also look like float32, if the file can be read in any order."""
        if not names:
            return names
        convert = self._conversion(dict.fromkeys(names, pa.float64()))
        with self.resource.guarded(), self._text.open() as stream:
            if not (isinstance(stream, pa.NativeFile) and stream.seekable()):
                return names
            size = stream.size()
            places = min(size // PLACE_STEP, PLACES)
            for place in range(places):
                stream.seek(size * (place + 1) // (places + 1))
                data = stream.read(PLACE_BYTES)
                lines = data[data.find(self._newline) + 1 : data.rfind(self._newline) + 1]
                try:
                    table = self._parsed(self._prepared(pa.py_buffer(lines)), convert)
                except pa.ArrowInvalid:  # within quotes, or an error that is reported when all is read
                    continue
                names = list(compress(names, are_narrow(spread_values(table, names, SAMPLED_ROWS))))
        return names

    def _conversion(self, kinds: dict[str, pa.DataType]) -> pc.ConvertOptions:
        """How the columns are converted; ``kinds``: their types."""
        return pc.ConvertOptions(
            include_columns=list(kinds),
            column_types=kinds,
            null_values=list(self._nulls),
            decimal_point=self._dialect.decimal,
        )

    def _prepared(self, data: pa.Buffer) -> pa.Buffer:
        """A segment without whitespace that is not part of the values."""
        if self._dialect.padded:
            return pa.py_buffer(squeezed(data.to_pybytes(), self._dialect.delimiter))
        if self._alone:
            text = data.to_pybytes()
            if b" " in text or b"\t" in text:
                return pa.py_buffer(BLANK_LINE.sub(b"", text))
        return data

    def _parsed(self, data: pa.Buffer, convert: pc.ConvertOptions) -> pa.Table:
        read = pc.ReadOptions(
            use_threads=False, block_size=max(data.size + 1, 1 << 10), column_names=list(self._dialect.fields)
        )
        return pc.read_csv(pa.BufferReader(data), read, self._parse, convert)

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream the rows."""
        for name in columns:
            if name in self._dialect.doubtful and name not in ids:
                raise decimal_question(self.resource.place.at(column=name), self._dialect.doubtful[name])
        kinds = {name: TEXT if name in text else _numeric(self.types[name]) for name in columns}
        kinds |= dict.fromkeys((name for name in ids if name not in text), pa.string())
        lists = {name: kind for name, kind in self._lists.items() if name in columns and name not in ids}
        kinds |= dict.fromkeys(lists, pa.string())
        commas = [n for n in text if self._dialect.decimal == "," and pa.types.is_floating(self.types[n])]
        convert = self._conversion(kinds)
        short = self._alone and list(columns) == list(text) and not (ids or lists or commas)
        narrow = [n for n in columns if self.types[n] == pa.float32() and n not in text and n not in ids]

        def parse(segment: pa.Buffer) -> Any:
            texts = short_texts(segment, self._dialect.delimiter) if short else None
            if texts is not None:
                return pa.RecordBatch.from_arrays([texts], list(columns))
            try:
                table = self._parsed(self._prepared(segment), convert)
            except pa.ArrowInvalid as error:
                return str(error)
            for name, kind in lists.items():
                column = table.column(name).combine_chunks()
                values = as_lists(column, kind, self._nulls)
                if isinstance(values, int):
                    return NotAList(name, values + 1, column[values].as_py())
                table = table.set_column(table.schema.get_field_index(name), name, values)
            for name in commas:
                at = table.schema.get_field_index(name)
                table = table.set_column(at, name, with_points(table.column(name).combine_chunks()))
            self._mixed |= not all(are_narrow(spread_values(table, narrow, SAMPLED_ROWS)))
            return narrowed(table, narrow)

        tail = Tail(self._dialect.delimiter)
        segments = tail.trimmed(self._segments())
        for number, parsed in in_order(segments, parse, self._settings.jobs):
            if isinstance(parsed, str):
                raise self._refusal(parsed, number)
            if isinstance(parsed, NotAList):
                raise self._no_list(parsed, number)
            yield from parsed.to_batches() if isinstance(parsed, pa.Table) else [parsed]
        self._note_tail(tail)
        self._note_precision()

    def _note_precision(self) -> None:
        """Add a remark on numbers that were read as float32 but written from float64, once."""
        if self._mixed and "mixed-precision" not in {remark.code for remark in self.remarks}:
            message = (
                f"{self.resource.name}: all numbers are read as float32, as the first of them were written"
            )
            self.remarks = (*self.remarks, Finding("note", "mixed-precision", message))

    def _note_tail(self, tail: Tail) -> None:
        """Add remarks on the end of the file, each once."""
        reported = {remark.code for remark in self.remarks}
        name, rows = self.resource.name, tail.empty_rows
        if rows and "empty-rows" not in reported:
            many = (
                f"{rows:,} rows without values at the end are"
                if rows > 1
                else "a row without values at the end is"
            )
            self.remarks = (*self.remarks, Finding("note", "empty-rows", f"{name}: {many} skipped"))
        line = tail.open_line.decode("utf-8", "replace")
        if line and "last-line-open" not in reported:
            first = self._head.to_pybytes().decode("utf-8", "replace").splitlines()[:HEAD_ROWS]
            values = [text.rpartition(self._dialect.delimiter)[2].strip() for text in (line, *first)]
            if may_be_cut(values[0], values[1:]):
                message = f"{name} ends within a line, with {values[0]!r}: is it truncated?"
                self.remarks = (
                    *self.remarks,
                    Finding(
                        "note", "last-line-open", message, hint=as_hint("compare its rows with those written")
                    ),
                )

    def _segments(self) -> Iterator[pa.Buffer]:
        with self.resource.guarded(), self._text.open() as stream:
            yield from cut(self._text, stream, self._newline, self._signs, self._skip)

    def _no_list(self, bad: NotAList, number: int) -> InputError:
        return InputError(
            "a value is not a list, unlike the values above it",
            where=Place(self.resource.name, bad.column, line=self._line(number, bad.row)),
            found=repr(bad.value[:80]),
            hint=use("if it is a missing value", null_values=bad.value, missing="drop"),
            code="mixed-types",
        )

    def _refusal(self, reason: str, number: int | None) -> EvalcliError:
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
                hint="quote fields that contain the delimiter, or fix that line",
                code="ragged",
            )
        column = re.search(r"In CSV column #(\d+)", reason)
        value = re.search(r"invalid value '(.*)'", reason, re.DOTALL)
        if column:
            place = place.at(column=self._name(int(column[1])))
        if column and value:
            comma = DECIMAL_COMMA.fullmatch(value[1]) and self._dialect.decimal == "."
            return InputError(
                "a score is not a number",
                where=place,
                found=repr(value[1][:80]),
                hint=use("for decimal commas", decimal=",")
                if comma
                else omit("decimal")
                if self._dialect.decimal == "," and DECIMAL_COMMA.fullmatch(value[1].replace(".", ","))
                else use("if it is a missing value", null_values=value[1], missing="drop")
                | use("to choose other columns", score_cols=Blank("NAMES")),
                code="not-a-number",
            )
        if "invalid UTF8" in reason:
            return _not_utf8(place, "bytes of another encoding")
        return InputError(
            "the file cannot be read as delimited text",
            where=place,
            found=escape(brief(ValueError(reason))),
            code="unreadable",
            hint=use("if it is another format", input_format=Blank("FORMAT")),
        )

    def _line(self, number: int | None, row: int) -> int:
        """Line of a row of a segment, counted as the parser does; ``number`` is None for the first lines."""
        offset, data = self._skip, self._head
        if number is not None:
            for segment in islice(Tail(self._dialect.delimiter).trimmed(self._segments()), number + 1):
                data = segment
                offset += segment.size
            offset -= data.size
        within = record_line(self._prepared(data).to_pybytes(), self._signs, row, self._alone)
        return self._text.line(offset, self._newline) - 1 + within

    def _name(self, number: int) -> str:
        return self.columns[number] if number < len(self.columns) else f"number {number + 1}"


def _skip_blank(row: pc.InvalidRow) -> str:
    """Skip lines of whitespace only."""
    return "error" if row.text.strip() else "skip"


def _numeric(kind: pa.DataType) -> pa.DataType:
    return kind if pa.types.is_boolean(kind) else pa.float64()


def _not_utf8(where: Place, found: str) -> InputError:
    return InputError(
        "the text is not UTF-8",
        where=where,
        found=found,
        hint=use("or its actual encoding", encoding="latin-1") | "save the file as UTF-8",
        code="encoding",
    )


__all__ = ["DelimitedSource", "open"]
