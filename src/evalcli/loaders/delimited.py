"""CSV and TSV through pyarrow's readers: labels keep their text, scores are float64.

A column asked for as text comes dictionary-encoded, so that "01001" and "NA" stay what they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pc

from evalcli.errors import InputError, listed, printable
from evalcli.loaders.source import digest

BLOCK_BYTES = 4 << 20
HEAD_BYTES = 1 << 16
TEXT = pa.dictionary(pa.int32(), pa.string())


def open(path: str, data: bytes | None, delimiter: str | None) -> DelimitedSource:
    """Read the header and the types of the first block."""
    return DelimitedSource(path, data, delimiter or ",")


class DelimitedSource:
    """One delimited text file with a header line."""

    def __init__(self, path: str, data: bytes | None, delimiter: str) -> None:
        self.path, self._data = path, data
        head = self._head()
        # finding the ends of rows is slower where quoted values may hold some
        quoted = b'"' in head
        self._parse = pc.ParseOptions(delimiter=delimiter, newlines_in_values=quoted)
        with self._translated():
            schema = self._schema(b"" if quoted else head)
            names = schema.names
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise InputError("a column name stands twice in the header", where=path, seen=listed(twice))
        self.columns = tuple(names)
        self.types = dict(zip(names, schema.types, strict=True))
        self.rows: int | None = None

    def _head(self) -> bytes:
        if self._data is not None:
            return self._data[:HEAD_BYTES]
        with Path(self.path).open("rb") as file:
            return file.read(HEAD_BYTES)

    def _schema(self, head: bytes) -> pa.Schema:
        """Names and types by the first lines: opening a stream would parse megabytes ahead."""
        lines = head[: head.rfind(b"\n") + 1] if len(head) == HEAD_BYTES else b""
        if lines:
            return pc.read_csv(pa.BufferReader(lines), self._read(False), self._parse).schema
        with self._stream(pc.ConvertOptions(), threads=True) as reader:
            return reader.schema

    def batches(self, columns: Sequence[str], text: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        """Stream the rows."""
        convert = self._convert(columns, text)
        with self._translated(convert), self._stream(convert, threads=True) as reader:
            yield from reader

    def table(self, columns: Sequence[str], text: Sequence[str] = ()) -> pa.Table:
        """Parse the file at once, with every core."""
        convert = self._convert(columns, text)
        with self._translated(convert):
            return pc.read_csv(self._input(), self._read(True), self._parse, convert)

    def sha256(self) -> str:
        """Digest of the file."""
        return digest(self.path, self._data)

    def _input(self) -> object:
        return pa.BufferReader(self._data) if self._data is not None else self.path

    @staticmethod
    def _read(threads: bool) -> pc.ReadOptions:
        return pc.ReadOptions(block_size=BLOCK_BYTES, use_threads=threads)

    def _stream(self, convert: pc.ConvertOptions, threads: bool) -> pc.CSVStreamingReader:
        return pc.open_csv(self._input(), self._read(threads), self._parse, convert)

    def _convert(self, columns: Sequence[str], text: Sequence[str]) -> pc.ConvertOptions:
        types = {name: TEXT if name in text else pa.float64() for name in columns}
        return pc.ConvertOptions(include_columns=list(columns), column_types=types)

    @contextmanager
    def _translated(self, convert: pc.ConvertOptions | None = None) -> Iterator[None]:
        try:
            yield
        except pa.ArrowInvalid as error:
            raise self._refusal(self._with_row(convert, error)) from None
        except UnicodeDecodeError as error:
            raise _not_utf8(f"{printable(self.path)}, line 1", repr(error.object)) from None
        except OSError as error:
            raise InputError("the file cannot be read", where=printable(self.path), seen=str(error)) from None

    def _with_row(self, convert: pc.ConvertOptions | None, error: pa.ArrowInvalid) -> str:
        """Ask again on one thread: only then does the parser know the row's number."""
        try:
            with self._stream(convert or pc.ConvertOptions(), threads=False) as reader:
                for _ in reader:
                    pass
        except pa.ArrowInvalid as again:
            return str(again)
        return str(error)

    def _refusal(self, reason: str) -> InputError:
        where = printable(self.path)
        row = re.search(r"Row #(\d+)", reason)
        if row:
            where += f", line {row[1]}"
        ragged = re.search(r"Expected (\d+) columns, got (\d+)", reason)
        if ragged:
            return InputError(
                f"a line with {ragged[2]} fields, where the header has {ragged[1]}",
                where=where,
                seen=printable(reason.rsplit(": ", maxsplit=1)[-1])[:120],
                mend="quote fields that hold the delimiter, or mend that line",
            )
        column = re.search(r"In CSV column #(\d+)", reason)
        value = re.search(r"invalid value '(.*)'", reason, re.DOTALL)
        if column and value:
            return InputError(
                "a score is not a number",
                where=f"{where}, column {self._name(int(column[1]))}",
                seen=repr(value[1]),
                mend="choose the score columns with --score-cols",
            )
        if "invalid UTF8" in reason:
            name = f", column {self._name(int(column[1]))}" if column else ""
            return _not_utf8(where + name, "bytes of another encoding")
        return InputError("the file cannot be read as delimited text", where=where, seen=printable(reason))

    def _name(self, number: int) -> str:
        names = getattr(self, "columns", ())
        return printable(names[number]) if number < len(names) else f"number {number + 1}"


def _not_utf8(where: str, seen: str) -> InputError:
    return InputError("the text is not UTF-8", where=where, seen=seen, mend="save the file as UTF-8")


__all__ = ["DelimitedSource", "open"]
