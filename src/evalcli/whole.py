"""Files and pipes that are read whole, up to a size limit."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

MOST = 256 << 20
"""Maximum size, in bytes, of a report or of a file of options, thresholds or class names."""
CHUNK_BYTES = 4 << 20


class TooLargeError(OSError):
    """The input is larger than the limit."""

    def __init__(self, most: int) -> None:
        super().__init__(errno.EFBIG, f"more than {most >> 20:,} MiB")


def read_whole(file: str | Path | Any, most: int = MOST) -> bytes:
    """Read all bytes of a file or an open stream; raise ``TooLargeError`` for more than ``most``."""
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


def begins_with(path: str, magic: bytes) -> bool:
    """Whether a file that can be read begins with some bytes; pipes are left alone."""
    try:
        file = Path(path)
        if not file.is_file():
            return False
        with file.open("rb") as stream:
            return stream.read(len(magic)) == magic
    except (OSError, ValueError):
        return False


__all__ = ["TooLargeError", "begins_with", "read_whole"]
