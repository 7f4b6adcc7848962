"""Data of pipes and standard input, which can be read only once and must be held in memory."""

from __future__ import annotations

import os
import stat
import sys
from typing import Any

from evalcli.errors import InputError
from evalcli.findings import Place, use
from evalcli.memory import physical
from evalcli.whole import TooLargeError, read_whole

STDIN = "<stdin>"
LEAST_BOUND = 1 << 30


def standard_input() -> Any:
    """Standard input as a byte stream."""
    if sys.stdin is None:
        raise InputError(
            "standard input is closed",
            where=Place(STDIN),
            hint="pass a file, or redirect one: evalcli score - < preds.csv",
            code="no-file",
        )
    return sys.stdin.buffer


def piped(stream: Any, name: str, bound: int | None) -> bytes:
    """All bytes of a pipe, which must be held in memory."""
    place = Place(name)
    try:
        number = stream.fileno()
        endless = stat.S_ISCHR(os.fstat(number).st_mode) and not os.isatty(number)
    except (OSError, ValueError):  # not a file
        endless = False
    if endless and stream.read(1):
        raise InputError(
            "a device, which has no end", where=place, hint="pass a file or a pipe", code="too-large"
        )
    try:
        data = read_whole(stream, _most_piped() if bound is None else bound)
    except TooLargeError as error:
        raise InputError(
            f"the input is {error.strerror}, and must be held in memory",
            where=place,
            hint="write it to a file, which is streamed" | use("if there is enough memory", max_bytes="100G"),
            code="too-large",
        ) from None
    if not data:
        raise InputError(
            "the input is empty", where=place, code="empty", hint="did the command before the pipe fail?"
        )
    return data


def _most_piped() -> int:
    """Largest size of a pipe's data: a part of the physical memory."""
    return max(LEAST_BOUND, (physical() or 0) // 4)


__all__ = ["STDIN", "piped", "standard_input"]
