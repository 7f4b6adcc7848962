"""Outputs are apart from each other, and from what is read."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from evalcli.errors import UsageError
from evalcli.renderers.formats import FORMATS
from evalcli.text import GLOB


def _files_of(inputs: Sequence[str]) -> Iterator[str]:
    """The files of this machine that are read: of globs and folders each."""
    for path in inputs:
        if path == "-" or "://" in path:
            continue
        yield path
        with suppress(OSError, ValueError):  # what cannot be read is told when it is
            file = Path(path)
            if file.is_dir():
                yield from (str(inside) for inside in file.rglob("*") if inside.is_file())
            elif GLOB.search(path) and not file.exists():
                yield from map(str, Path(file.anchor or ".").glob(str(file.relative_to(file.anchor))))


def require_apart(tables: Sequence[str], inputs: Sequence[str], reports: Sequence[str]) -> None:
    """Refuse two outputs with one path, and a path that is read and written."""
    plain = [text.partition(":")[2] if text.partition(":")[0] in FORMATS else text for text in reports]
    read = {os.path.realpath(path) for path in _files_of(inputs)}
    taken: set[str] = set()
    for path in dict.fromkeys((*tables, *plain)):
        real_path = os.path.realpath(path)
        if path == "-" or (os.path.lexists(real_path) and not Path(real_path).is_file()):
            continue
        if real_path in read:
            raise UsageError(f"refusing to overwrite the input {path}", hint="write to another file")
        if real_path in taken or (path in tables and path in plain):
            raise UsageError(f"{path!r} is named for two outputs", hint="use one file per output")
        taken.add(real_path)
