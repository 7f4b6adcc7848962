"""The end of a text file: rows without values behind the data, and a last line without an end."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyarrow as pa

from evalcli.loaders.head import given_values, number
from evalcli.loaders.text import LINE_END

FEW = 3
"""Values that say too little of what a value of their column looks like."""
WINDOW = 64
"""Bytes at the end of a segment that are looked at first."""


class Tail:
    """What stands at the end of a file, known once its segments have gone by.

    ``empty_rows``: of delimiters alone, behind the last value. ``open_line``: the last line, if it
    has no end.
    """

    def __init__(self, delimiter: str) -> None:
        self._delimiter = delimiter.encode()
        self._signs = self._delimiter + b" \t\r\n"
        self.empty_rows, self.open_line = 0, b""

    def trimmed(self, segments: Iterator[pa.Buffer]) -> Iterator[pa.Buffer]:
        """The segments without lines behind the last value; those before it stay."""
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
        """Where the last line with a value ends."""
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
    """Whether the last value of a file may be a part of one, as those of its column are.

    ``others``: some of them, perhaps the last one itself.

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
