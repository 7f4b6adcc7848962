"""Lines on standard error: the first word in colour on a terminal, and an empty line after tables."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable

COLOURS = {"error": "1;31", "failed": "1;31", "undecided": "35", "warning": "35", "passed": "32", "note": "1"}
VERDICTS = {"pass": "passed", "fail": "failed", "undecided": "undecided"}
RESET = "\x1b[0m"


def say(line: str) -> None:
    """Print a line of a message."""
    print(coloured(line) if in_colour() else line, file=sys.stderr)


def say_below(lines: Iterable[str]) -> None:
    """Print lines; on a terminal that shows standard output as well, an empty one before them."""
    for number, line in enumerate(lines):
        if number == 0 and sys.stdout.isatty() and sys.stderr.isatty():
            print(file=sys.stderr)
        say(line)


def in_colour() -> bool:
    """Whether standard error is in colour: on a terminal that has colours, unless the environment differs."""
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") in ("dumb", "unknown"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stderr.isatty()


def coloured(line: str) -> str:
    r"""A line with its first word in colour, if it is the kind of the line.

    >>> coloured("failed: f1 = 0.7 < 0.8"), coloured("  try: --missing drop")
    ('\x1b[1;31mfailed:\x1b[0m f1 = 0.7 < 0.8', '  try: --missing drop')
    """
    word, colon, rest = line.partition(":")
    kind = VERDICTS.get(rest.split(":")[0].strip(), "") if word == "verdict" else word
    return f"\x1b[{COLOURS[kind]}m{word}:{RESET}{rest}" if colon and kind in COLOURS else line
