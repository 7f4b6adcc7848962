"""Results that are stored: reports, and states, from which reports are made."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from evalcli.errors import UsageError
from evalcli.findings import run
from evalcli.report.reader import is_report, read_report, read_stored
from evalcli.states import MAGIC, SUFFIX
from evalcli.text import join_names, names_of_files
from evalcli.whole import begins_with

if TYPE_CHECKING:
    from evalcli.loaders.resource import Resource
    from evalcli.report.comparison import Comparison
    from evalcli.report.report import Report


def state_in(path: str) -> Resource | None:
    """The file, if it is a state."""
    if not begins_with(path, MAGIC):
        return None
    from evalcli.loaders.resource import Resource
    from evalcli.states.file import is_state

    resource = Resource(path)
    return resource if is_state(resource) else None


def states_of_comparisons(paths: Sequence[str]) -> list[str]:
    """The files, if they are states of comparisons; globs and folders of states name all in them."""
    if not paths or not all(map(_may_have_states, paths)):
        return []
    from evalcli.engine.stored_pass import facts_of
    from evalcli.loaders.locate import locate

    found = [located.resource for located in locate(paths, (SUFFIX,), None)]
    return list(paths) if found and facts_of(found[0]).models else []


def _may_have_states(path: str) -> bool:
    if path.endswith(SUFFIX) or state_in(path) is not None:
        return True
    with suppress(OSError, ValueError):  # what cannot be looked into is told when it is read
        return any(Path(path).glob(f"*{SUFFIX}"))
    return False


def is_stored(path: str) -> bool:
    """Whether a file is a report or a state."""
    return is_report(path) or state_in(path) is not None


def read_result(path: str) -> Report | Comparison:
    """The report or the comparison of a file; of a state what ``merge`` reports."""
    if state_in(path) is None:
        return read_stored(path)
    if states_of_comparisons([path]):
        from evalcli.engine.merge_comparisons import merge_comparisons

        return merge_comparisons([path])
    from evalcli.engine.merge import merge

    return merge([path])


def results_in(paths: Sequence[str]) -> list[tuple[str, Report]] | None:
    """The reports of several files, each with the name of its model; None if they are files of predictions.

    Raises a ``UsageError`` for some of each.
    """
    stored = [path for path in paths if is_stored(path)]
    if not stored:
        return None
    if len(paths) < 2:
        raise UsageError(
            "a comparison needs two reports",
            found=join_names(paths),
            hint=run("evalcli", "show" if is_report(paths[0]) else "merge", paths[0], words="for this one"),
        )
    if len(stored) < len(paths):
        raise UsageError(
            "stored reports have no rows: they are compared with stored reports only",
            found=f"{join_names(stored)} among {join_names(paths)}",
            hint="the predictions of each model, or tables of their rows",
        )
    return [(name, report_in(path)) for name, path in zip(names_of_files(paths), paths, strict=True)]


def report_in(path: str) -> Report:
    """The report of a file; of a state what ``merge`` reports. Raises an ``InputError`` for a comparison."""
    if state_in(path) is None:
        return read_report(path)
    from evalcli.engine.merge import merge

    return merge([path])
