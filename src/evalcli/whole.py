"""Files and pipes that are read whole, as far as that is reasonable: some have no end."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

MOST = 256 << 20
"""Bytes of a report, of options, of thresholds or of names of classes."""
CHUNK_BYTES = 4 << 20


class TooLargeError(OSError):
    """There is more than may be read."""

    def __init__(self, most: int) -> None:
        super().__init__(errno.EFBIG, f"more than {most >> 20:,} MiB")


def read_whole(file: str | Path | Any, most: int = MOST) -> bytes:
    """All bytes of a file, or of an open stream; ``TooLargeError`` when there are more than ``most``."""
    if isinstance(file, (str, Path)):
        with Path(file).open("rb") as stream:
            return read_whole(stream, most)
    parts: list[bytes] = []
    size = 0
    while part := file.read(CHUNK_BYTES):
        size += len(part)
        if size > most:
            raise TooLargeError(most)
        parts.append(part)
    return b"".join(parts)


__all__ = ["TooLargeError", "read_whole"]
