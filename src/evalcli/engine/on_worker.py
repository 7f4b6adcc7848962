"""What the workers of a cluster run: a part is scored, states are added, their sum becomes the report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from threading import Lock
from typing import Any, TypeVar

import pyarrow as pa
from msgspec import Struct
from msgspec.structs import replace

from evalcli import __version__
from evalcli.engine.merge import Merged, report_of
from evalcli.engine.plan import Wanted
from evalcli.engine.score import state_of
from evalcli.engine.stored_pass import StoredPass, read_pass, write_pass
from evalcli.engine.together import differences, together
from evalcli.errors import EvalcliError, InputError
from evalcli.findings import flag, use
from evalcli.gate.rules import RuleText
from evalcli.inputs.options import Options
from evalcli.loaders.locate import shown
from evalcli.loaders.open import open_bytes, open_source
from evalcli.loaders.remembered import Remembered
from evalcli.loaders.resource import Resource
from evalcli.report.report import Report
from evalcli.text import escape, join_names

T = TypeVar("T")


class PartError(Exception):
    """A part that cannot be scored, wherever it is tried. Arguments: its path, messages, and their code."""


class PartSize(Struct, frozen=True):
    """What a file declares: its rows, and the real numbers in a row."""

    rows: int
    width: int


class Wish(Struct, frozen=True):
    """What is computed besides the metrics of the options. ``plugins``: files with metrics."""

    asked: tuple[RuleText, ...] = ()
    only: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()


class Finished(Struct, frozen=True):
    """The report of the sum, and its bytes if they are wanted; or why there is none."""

    report: Report | None = None
    state: bytes | None = None
    error: EvalcliError | None = None


_labels: dict[tuple[str, str, str], Remembered] = {}
"""The labels that this process read last, by their name, their token and how they are read."""
_one = Lock()


def score_part(options: Options, wish: Wish, token: str = "", labels: bytes | None = None) -> bytes:
    """The state of one part. Raises a ``PartError`` for what the part is to blame for.

    ``labels``: the file of the labels of all parts, if it was sent, which is read once in each process.
    ``token``: of its content, or of the run.
    """
    try:
        if wish.plugins:
            from evalcli.metrics.plugins import load_files

            load_files(wish.plugins)
        if options.shared_labels:
            options = _with_labels(options, token, labels)
        return state_of(options, asked=wish.asked, only=wish.only)
    except EvalcliError as error:
        text = str(error)
        if options.shared_labels and error.code == "rows-differ":
            text = f"one file of labels for all parts needs ids to match rows by ({flag('id_col')}): {text}"
        raise PartError(shown(options.files[0]), text, error.code) from None
    except (OSError, MemoryError):
        raise  # another worker may do
    except Exception as error:  # a fault of this program is one wherever it is tried
        raise PartError(shown(options.files[0]), f"{type(error).__name__}: {error}", "bug") from error


def _with_labels(options: Options, token: str, data: bytes | None) -> Options:
    """The options with the files opened: labels of all parts are kept for the next part."""
    (name,), settings = options.label_files, options.settings()
    key = name, token, repr(settings)
    with _one:
        labels = _labels.get(key)
        if labels is None:
            _labels.clear()
            opened = open_source(name, settings) if data is None else open_bytes(name, data, settings)
            labels = _labels[key] = Remembered(opened)
    predictions = open_source(options.files, options.settings(options.input_format))
    return replace(options, opened=(predictions, labels))


def _blamed(function: Callable[..., T]) -> Callable[..., T]:
    """A fault of this program is one wherever it is tried."""

    @wraps(function)
    def called(*arguments: Any) -> T:
        try:
            return function(*arguments)
        except (PartError, OSError, MemoryError):
            raise
        except Exception as error:
            raise PartError("the sum of some parts", f"{type(error).__name__}: {error}", "bug") from error

    return called


@_blamed
def add_parts(*parts: bytes) -> bytes:
    """The state of several parts together."""
    whole, *others = (read_pass(Resource("a part", data=bytes(part))) for part in parts)
    for stored in others:
        twice = {part.digest for part in whole.parts} & {part.digest for part in stored.parts}
        if twice:
            copies = [part.path for part in (*whole.parts, *stored.parts) if part.digest in twice]
            raise PartError(join_names(copies), "a part comes twice: it would count twice", "duplicate-part")
        unlike = list(differences(whole, stored))
        if unlike:
            names = f"{whole.parts[0].path} and {stored.parts[0].path}"
            raise PartError(names, f"the parts do not fit: {'; '.join(unlike)}", "other-states")
        whole = together(whole, stored)
    return write_pass(whole.compacted())


@_blamed
def finish(data: bytes, options: Options, command: Sequence[str], kept: bool) -> Finished:
    """The report of the sum, and the sum itself if it is ``kept``."""
    whole = read_pass(Resource("the parts", data=bytes(data)))

    def wanted(stored: Wanted) -> Wanted:
        return stored if options.curves != "none" else replace(stored, pictures=None)

    try:
        _require_labels(whole, options)
        report = report_of(Merged(whole), wanted, map, command)
    except EvalcliError as error:
        return Finished(error=error)
    return Finished(report, bytes(data) if kept else None)


def _require_labels(whole: StoredPass, options: Options) -> None:
    """Refuse labels without a prediction in any part, unless they are to be dropped."""
    left, every = whole.facts.labels or (0, 0)
    if left and options.on_missing == "error":
        raise InputError(
            f"{left:,} of {every:,} labels have no prediction in any part",
            where=join_names(map(escape, options.label_files)),
            hint=use("to leave them out", on_missing="drop"),
            code="missing-ids",
        )


def size_of(options: Options) -> PartSize | None:
    """What a file declares of its size; None if it must be read for that."""
    try:
        source = open_source(options.files, options.settings(options.input_format))
    except EvalcliError:
        return None  # the part itself says why
    if source.rows is None:
        return None
    kinds = [source.types[name] for name in source.columns]
    lists = [kind.list_size for kind in kinds if pa.types.is_fixed_size_list(kind)]
    return PartSize(source.rows, sum(lists) + sum(map(pa.types.is_floating, kinds)))


def version() -> str:
    """The release on a worker."""
    return __version__
