"""Text files split into segments of whole records, which are parsed in parallel and returned in order."""

from __future__ import annotations

import codecs
import re
from collections import deque
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evalcli.errors import InputError, UsageError
from evalcli.findings import Place, use
from evalcli.loaders.resource import Resource, encoding_without_mark, read_fully
from evalcli.loaders.source import Limits

if TYPE_CHECKING:
    from concurrent.futures import Future

LINES = 3
"""Lines of the head, at least: the names and some rows."""
LINE_END = re.compile(rb"\r\n|\n|\r")
MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


class Text:
    """The text of a file as UTF-8, without a byte order mark. ``encoding``: of the stored text."""

    def __init__(self, resource: Resource, encoding: str | None, limits: Limits) -> None:
        self.resource, self.limits = resource, limits
        head = resource.head
        mark = next((mark for mark in MARKS if head.startswith(mark)), b"")
        self.skip = len(mark)
        codec_name = MARKS.get(mark) or encoding_without_mark(head)
        if encoding is not None:
            try:
                codec = codecs.lookup(encoding)
                name = codec.name
                if not getattr(codec, "_is_text_encoding", True):
                    raise LookupError(encoding)
            except (LookupError, ValueError):
                raise UsageError(
                    f"unknown encoding {encoding!r}", hint=use("or cp1252, utf-16, …", encoding="latin-1")
                ) from None
            if name in ("utf-8", "ascii", "utf-8-sig"):
                name = "utf-8"
            elif name.startswith("utf-16"):
                name = codec_name if codec_name.startswith("utf-16") else "utf-16-le"
            if name != codec_name:
                self.skip = 0  # the mark is text in that encoding, or its own mark
            codec_name = name
        self.encoding = codec_name

    def open(self) -> Any:
        """A stream of UTF-8 from the first character."""
        stream = self.resource.stream()
        read_fully(stream, self.skip)
        return stream if self.encoding == "utf-8" else _Decoded(stream, self.encoding, self.resource)

    def head(self, size: int) -> tuple[bytes, bool]:
        """The first bytes, at least one whole line; and whether they are the whole text."""
        with self.resource.guarded(), self.open() as stream:
            data = read_fully(stream, size)
            most = self.limits.record
            # the names and at least one row below
            while len(data) < most and len(LINE_END.findall(data, 0, most)) < LINES:
                more = read_fully(stream, len(data) + 1)
                if not more:
                    break
                data += more
            return data, not stream.read(1)

    def line(self, offset: int, newline: bytes = b"\n") -> int:
        """The line with the byte at an offset, counted from 1."""
        with self.open() as stream:
            count = 1
            while offset > 0 and (part := stream.read(min(offset, self.limits.segment))):
                count += part.count(newline)
                offset -= len(part)
            return count


class _Decoded:
    """A stream in another encoding, converted to UTF-8."""

    def __init__(self, stream: Any, encoding: str, resource: Resource) -> None:
        self._stream, self._resource, self._encoding = stream, resource, encoding
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._held, self._at = b"", 0

    def read(self, size: int) -> bytes:
        while len(self._held) < size:
            part = self._stream.read(max(size, 1 << 16))
            try:
                self._held += self._decoder.decode(part, final=not part).encode()
            except UnicodeError as error:
                reason = getattr(error, "reason", str(error))
                raise InputError(
                    f"the text is not {self._encoding}",
                    where=self._resource.place,
                    found=f"{reason}, after {self._at:,} bytes",
                    hint=use("or its actual encoding", encoding="latin-1"),
                    code="encoding",
                ) from None
            self._at += len(part)
            if not part:
                break
        out, self._held = self._held[:size], self._held[size:]
        return out

    def __enter__(self) -> _Decoded:
        return self

    def __exit__(self, *_: object) -> None:
        self._stream.__exit__(None, None, None)


def _opening(delimiter: str) -> bytes:
    """Pattern before a quote that opens a value; ``delimiter``: the characters that may precede it."""
    return rb"(?:(?<=[\r\n" + re.escape(delimiter.encode()) + rb"])|\A)"


def _quoted(data: bytes, delimiter: str) -> list[tuple[int, int]]:
    """Start and end of quoted values that contain line ends; a quote within a value does not open one."""
    if b'"' not in data:
        return []
    spans = re.finditer(_opening(delimiter) + rb'"[^"]*(?:""[^"]*)*(?:"|\Z)', data)
    return [m.span() for m in spans if b"\n" in m[0] or b"\r" in m[0]]


def lines_end(data: bytes, count: int) -> int:
    """End of the first ``count`` lines."""
    ends = islice(LINE_END.finditer(data), count - 1, count) if count else iter(())
    return next((match.end() for match in ends), len(data) if count else 0)


def record_line(data: bytes, delimiter: str, number: int, empty: bool) -> int:
    """The first line of a record, both counted from 1; ``empty``: whether an empty line is a record."""
    spans = iter(_quoted(data, delimiter))
    begin, stop = next(spans, (len(data), len(data)))
    line = start = first = 0
    for match in LINE_END.finditer(data):
        line += 1
        while stop <= match.start() < len(data) and begin < len(data):
            begin, stop = next(spans, (len(data), len(data)))
        if begin <= match.start() < stop:
            continue
        number -= empty or match.start() > start
        if not number:
            break
        start, first = match.end(), line
    return first + 1


def last_end(data: bytes, newline: bytes, delimiter: str | None) -> int:
    """End of the last whole record, 0 if there is none; ``delimiter`` is None if records are not quoted."""
    end = data.rfind(newline) + 1
    if delimiter is None or not end or b'"' not in data:
        return end
    quotes = _in_pairs(data, delimiter)
    if quotes is not None:
        while end and (before := int(np.searchsorted(quotes, end))) % 2:
            end = data.rfind(newline, 0, quotes[before - 1]) + 1
        return end
    for begin, stop in reversed(_quoted(data, delimiter)):
        if begin < end <= stop:
            end = data.rfind(newline, 0, begin) + 1
    return end


def open_quote(data: bytes, delimiter: str) -> int | None:
    """Position of a quote that opens a value without an end in the data."""
    if b'"' not in data:
        return None
    quotes = _in_pairs(data, delimiter)
    if quotes is not None:
        return int(quotes[-1]) if len(quotes) % 2 else None
    spans = deque(re.finditer(_opening(delimiter) + rb'"[^"]*(?:""[^"]*)*("|\Z)', data), 1)
    return spans[0].start() if spans and not spans[0][1] else None


def _in_pairs(data: bytes, delimiter: str) -> npt.NDArray[np.intp] | None:
    """Positions of the quotes if they open and close values in turn; None if one is within a value.

    The first quote of each pair must follow a delimiter, a line end, or another quote that it doubles.
    """
    letters = np.frombuffer(data, np.uint8)
    quotes = np.flatnonzero(letters == ord('"'))
    opening = quotes[::2]
    before = letters[opening[int(not opening[0]) :] - 1]
    allowed = np.zeros(256, np.bool_)
    allowed[[*delimiter.encode(), *b'\r\n"']] = True
    return quotes if allowed[before].all() else None


def cut(
    text: Text, stream: Any, newline: bytes, delimiter: str | None = None, skip: int = 0
) -> Iterator[pa.Buffer]:
    """Yield segments of whole records after the first ``skip`` bytes; line ends within quotes do not end one.

    Seekable streams are not copied. ``delimiter``: the characters before a quote that opens a value; None if
    values are not quoted, and empty lines are not rows.
    """
    limits = text.limits
    seekable = isinstance(stream, pa.NativeFile) and stream.seekable()
    read_fully(stream, skip)
    held, done = b"", skip
    while True:
        size = max(limits.segment, len(held))  # doubled until a record ends
        part = stream.read(size + len(held) if seekable else size)
        if seekable:
            data, last = part, len(part) < size + len(held)
        else:
            data, last = held + part if held else part, not part
        if not data:
            return
        end = len(data) if last else last_end(data, newline, delimiter)
        if delimiter is not None:
            check_text(text, data, newline, delimiter, done, last or (not end and len(data) >= limits.record))
        if not end and len(data) >= limits.record:
            raise InputError(
                f"a line of more than {limits.record >> 20} MiB",
                where=text.resource.place,
                hint="is it text with one row per line?",
                code="unreadable",
            )
        if end and (delimiter is not None or not _blank(data, end)):
            yield pa.py_buffer(data).slice(0, end)
        if last:
            return
        done += end
        held = data[end:]
        if seekable:
            stream.seek(stream.tell() - len(held))
            held = held if not end else b""


def check_text(text: Text, data: bytes, newline: bytes, delimiter: str, offset: int, ends: bool) -> None:
    """Refuse NUL bytes and, if the data ends here, a quote that is not closed. ``offset``: of the data."""
    nul = data.find(b"\0")
    if nul >= 0:
        raise InputError(
            "a NUL byte in the text",
            where=Place(text.resource.name, line=text.line(offset + nul, newline)),
            found=repr(data[max(nul - 10, 0) : nul + 10]),
            hint=use("if it is UTF-16", encoding="utf-16")
            | "write it again if it was truncated; tr -d '\\000' removes such bytes",
            code="unreadable",
        )
    begin = open_quote(data, delimiter) if ends else None
    if begin is not None:
        raise InputError(
            "a quote opens a value and is not closed",
            where=Place(text.resource.name, line=text.line(offset + begin, newline)),
            found=repr(data[begin : begin + 30].decode("utf-8", "replace")),
            hint='close it, or double it within quotes, e.g. "5"" disk"',
            code="unreadable",
        )


def _blank(data: bytes, end: int) -> bool:
    """Whether the data consists of line ends only."""
    return not data[: min(end, 1 << 12)].strip(b"\r\n") and not data[:end].strip(b"\r\n")


def in_order(
    segments: Iterator[pa.Buffer], parse: Callable[[pa.Buffer], Any], jobs: int
) -> Iterator[tuple[int, Any]]:
    """Yield number and result of each segment, in order; several segments are parsed ahead on threads.

    An error in a segment is raised when it is its turn.
    """
    ahead = list(islice(segments, 2))
    segments = chain(ahead, segments)
    if len(ahead) < 2 or jobs == 1:
        del ahead
        yield from enumerate(map(parse, segments))
        return
    del ahead
    from concurrent.futures import ThreadPoolExecutor

    waiting: deque[Future[Any]] = deque()
    number = 0
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for segment in segments:
                waiting.append(pool.submit(parse, segment))
                if len(waiting) > 2 * jobs:
                    yield number, waiting.popleft().result()
                    number += 1
            while waiting:
                yield number, waiting.popleft().result()
                number += 1
        finally:
            for future in waiting:
                future.cancel()


__all__ = ["Text", "check_text", "cut", "in_order", "last_end", "lines_end", "record_line"]
