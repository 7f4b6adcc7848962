"""The file of a history: one line of JSON for each epoch and split, the last one of a name counts."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec
from msgspec.structs import replace

from evalcli.errors import InputError, OutputError
from evalcli.findings import Blank, run, use
from evalcli.report.history import Epoch, History
from evalcli.report.json_values import JsonObject, NewerSchema, as_object
from evalcli.text import escape
from evalcli.writers.files import CHECK_FOLDER, NOT_WRITTEN, write

NAME = "history.jsonl"


def place_of(root: str) -> str:
    """Where the history of a run is by default. ``root``: the folder that all its files are below."""
    return str(Path(root) / NAME)


OF_HISTORY = re.compile(rb'^\{"schema_version":\d+,"epoch":|"kind": ?"history"')
"""How a line of a history begins, or a JSON report of one."""
NOTHING = History("", (), "", (), ())


class HistoryFile:
    """Lines are added one by one, each at once, so that what was scored is kept when the next epoch fails."""

    def __init__(self, path: str, fresh: bool = False) -> None:
        self.path, self._fresh = path, fresh
        self._whole, self._added = True, False
        if fresh:
            self._require_history()

    def _require_history(self) -> None:
        """Refuse to replace a file of something else."""
        try:
            with Path(self.path).open("rb") as stream:
                first = stream.readline()
        except OSError:
            return
        if first and b'"schema_version"' not in first:
            raise InputError(
                "refusing to replace a file that is no history",
                where=escape(self.path),
                hint=use("for another file", history=Blank("FILE")),
                code="not-a-history",
            )

    def read(self) -> History | None:
        """What is kept; None if there is no file. A last line that was cut is left out."""
        try:
            data = Path(self.path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise InputError(
                "the history cannot be read",
                where=escape(self.path),
                found=error.strerror,
                hint=use("for another file", history=Blank("FILE")),
            ) from None
        lines = data.split(b"\n")
        self._whole = not lines[-1]
        found: dict[tuple[int, str], Epoch] = {}
        summary = NOTHING
        for number, line in enumerate(lines[:-1], 1):
            part = self._parsed(line, number)
            if isinstance(part, History):
                summary = part
            else:
                found[part.key] = part
                summary = NOTHING  # it was written before this epoch
        return replace(summary, epochs=tuple(found[key] for key in sorted(found)))

    def _parsed(self, line: bytes, number: int) -> Epoch | History:
        try:
            data = as_object(msgspec.json.decode(line), "line")
            whole = data.get("kind") == History.kind
            return History.from_json({**data, "epochs": []}) if whole else Epoch.from_json(data)
        except NewerSchema as error:
            what, found = "the history was written by a later release", str(error)
        except (KeyError, TypeError, ValueError, AttributeError, msgspec.MsgspecError) as error:
            what = "not a history of evalcli"
            found = f"missing key {error.args[0]!r}" if isinstance(error, KeyError) else str(error)
        raise InputError(
            what,
            where=f"{escape(self.path)}, line {number}",
            found=escape(found),
            hint=use("for another file", history=Blank("FILE")) | use("to replace it", fresh=True),
            code="not-a-history",
        )

    def keep(self, epoch: Epoch, is_new: bool) -> None:
        """Add a line for a new epoch, in one write."""
        if not is_new:
            return
        if self._fresh:
            self._fresh = False
            write(self.path, b"", "history")
        if not self._whole:
            self.close(self.read() or NOTHING)
        data, self._added = _line(epoch.to_json()), True
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            handle = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o666)
            try:
                os.write(handle, data)
            finally:
                os.close(handle)
        except OSError as error:
            raise OutputError(
                NOT_WRITTEN.format(what="history"),
                where=escape(self.path),
                found=error.strerror,
                hint=CHECK_FOLDER,
            ) from None

    def close(self, history: History, before: History | None = None) -> None:
        """Leave one line for each of the epochs, and one for the rest, unless it was so before."""
        is_same = before is not None and replace(history, command=before.command) == before
        if is_same and self._whole and not self._added:
            return
        lines = [_line(epoch.to_json()) for epoch in history.epochs]  # each as bytes before the next one
        lines += [_line(history.summary())] if history.title else []
        write(self.path, b"".join(lines), "history")
        self._whole, self._added = True, False


def read_history(path: str) -> History:
    """The whole history of a file. Raises only ``InputError``."""
    found = _of_json(path) if path.lower().endswith(".json") else HistoryFile(path).read()
    if found is None or not found.title:
        raise InputError(
            "no history of a run that has ended",
            where=escape(path),
            hint=run("evalcli", "track", Blank("PATTERN"), words="writes one"),
            code="no-history",
        )
    return found


def _of_json(path: str) -> History:
    """The history of a JSON report."""
    try:
        return History.from_json(as_object(msgspec.json.decode(Path(path).read_bytes()), "history"))
    except (OSError, KeyError, TypeError, ValueError, AttributeError, msgspec.MsgspecError) as error:
        raise InputError(
            "not a history of evalcli",
            where=escape(path),
            found=escape(str(error)),
            hint=run("evalcli", "track", Blank("PATTERN"), words="writes one"),
            code="not-a-history",
        ) from None


def is_history(path: str) -> bool:
    """Whether a file is a history, by what it begins with."""
    try:
        with Path(path).open("rb") as stream:
            head = stream.read(200)
    except (OSError, ValueError):
        return path.lower().endswith((".jsonl", ".ndjson"))
    return OF_HISTORY.search(head) is not None


def _line(data: JsonObject) -> bytes:
    return msgspec.json.encode(data, enc_hook=float) + b"\n"  # numbers of NumPy


__all__ = ["NAME", "HistoryFile", "is_history", "place_of", "read_history"]
