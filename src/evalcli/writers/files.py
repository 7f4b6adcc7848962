"""Complete files or none: a target is replaced at the end, or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from evalcli.errors import OutputError
from evalcli.text import escape

NOT_WRITTEN = "the {what} could not be written"
CHECK_FOLDER = "check the folder, its permissions and the free space"
STANDARD_OUTPUT = "standard output"
DESCRIPTORS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")


def write(path: str, data: bytes, what: str = "report") -> None:
    """Write a complete file or none; ``what`` names it in the message."""
    with replacing(path, what) as stream:
        stream.write(data)


def write_state(path: str, data: bytes) -> None:
    """The same for a state."""
    write(path, data, "state")


@contextmanager
def replacing(path: str, what: str = "report") -> Iterator[IO[bytes]]:
    """A stream to a temporary file that replaces the target at the end: never a partial file.

    Missing folders are created. A target that is no regular file, e.g. ``/dev/stderr``, is written directly.
    """
    target = Path(path)
    try:
        if path.startswith(DESCRIPTORS) or (
            target.exists() and not target.is_file() and not target.is_dir()
        ):  # an open file may be a log: append to it
            with target.open("ab") as stream:
                yield stream
            return
        target = target.resolve()  # a link stays a link
        target.parent.mkdir(parents=True, exist_ok=True)
        beside = target.with_name(f".{target.name[:100]}.{os.urandom(8).hex()}")
        try:
            with beside.open("xb") as stream:  # with the user's permissions for new files
                yield stream
            if target.exists():
                beside.chmod(target.stat().st_mode & 0o7777)
            beside.replace(target)
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
    except (OSError, RuntimeError) as error:  # the latter for circular links
        reason = error.strerror if isinstance(error, OSError) else None
        raise OutputError(
            NOT_WRITTEN.format(what=what),
            where=escape(path),
            found=reason or str(error),
            hint=CHECK_FOLDER,
        ) from None
