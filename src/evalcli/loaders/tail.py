"""The end of a text file: rows without values after the data, and a last line without a line end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from evalcli.loaders.head import given_values, number
from evalcli.loaders.text import LINE_END

FEW = 3
"""Smallest number of values that show what values of their column look like."""
WINDOW = 64
"""Bytes at the end of a segment that are examined first."""


class Tail:
    """The end of a file, known after all of its segments were read.

    ``empty_rows``: number of rows of delimiters only, after the last value. ``open_line``: the last line, if
    it has no line end.
    """

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter.encode()
        self._signs = self._delimiter + b" \t\r\n"
        self.empty_rows, self.open_line = 0, b""

    def trimmed(self, segments: Iterator[pa.Buffer]) -> Iterator[pa.Buffer]:
        """Yield the segments without the empty lines after the last value."""
        held, last = b"", b""
        for segment in segments:
            end = self._end(segment)
            if end:
                body = segment.slice(0, end)
                yield pa.py_buffer(held + body.to_pybytes()) if held else body
                held = b""
                last = _bytes(segment, max(end - (1 << 16), 0), end)
            if end < segment.size:
                held += _bytes(segment, end, segment.size)
        if self._delimiter != b" ":
            self.empty_rows = sum(self._delimiter in line for line in LINE_END.split(held))
        if not last.endswith((b"\n", b"\r")):
            self.open_line = LINE_END.split(last)[-1]

    def _end(self, segment: pa.Buffer) -> int:
        """End of the last line with a value."""
        size, window = segment.size, WINDOW
        while True:
            start = max(size - window, 0)
            data = _bytes(segment, start, size)
            value = len(data.rstrip(self._signs))
            if value:
                match = LINE_END.search(data, value)
                return start + match.end() if match else size
            if not start:
                return 0
            window *= 16


def _bytes(segment: pa.Buffer, start: int, end: int) -> bytes:
    return segment.slice(start, end - start).to_pybytes()


def may_be_cut(value: str, others: Sequence[str]) -> bool:
    """Whether the last value of a file may be truncated, judged by other values of its column.

    ``others``: some of these, perhaps with the last value itself.

    >>> may_be_cut("0.2", ["0.25", "0.75", "0.55"]), may_be_cut("1", ["0", "1", "1"])
    (True, False)
    """
    known = given_values(others)
    if value in known:
        known.remove(value)
    if len(known) < FEW or value in known or value.endswith('"'):
        return False
    if all(number(text) is not None for text in known):
        return len(value) < min(map(len, known))
    return not value or any(text.startswith(value) for text in known)


__all__ = ["Tail", "may_be_cut"]
