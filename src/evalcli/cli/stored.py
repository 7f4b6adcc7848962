"""Results that are stored: reports, and states, from which reports are made."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from evalcli.report.reader import is_report, read_report, read_stored
from evalcli.states import MAGIC
from evalcli.text import names_of_files
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


def is_stored(path: str) -> bool:
    """Whether a file is a report or a state."""
    return is_report(path) or state_in(path) is not None


def read_result(path: str) -> Report | Comparison:
    """The report or the comparison of a file; of a state what ``merge`` reports."""
    if state_in(path) is None:
        return read_stored(path)
    from evalcli.engine.merge import merge

    return merge([path])


def read_results(paths: Sequence[str]) -> list[tuple[str, Report]]:
    """The reports of several files, each with the name of its model."""
    return [(name, report_in(path)) for name, path in zip(names_of_files(paths), paths, strict=True)]


def report_in(path: str) -> Report:
    """The report of a file; of a state what ``merge`` reports. Raises an ``InputError`` for a comparison."""
    if state_in(path) is None:
        return read_report(path)
    from evalcli.engine.merge import merge

    return merge([path])
