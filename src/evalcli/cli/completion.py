"""What a shell offers: words of an option, names of metrics, columns of the files already typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress

import typer

from evalcli.tasks import TASKS

Completer = Callable[..., list[str]]


def words(*known: str) -> Completer:
    """A completer of fixed words; after a comma the next one."""

    def complete(incomplete: str) -> list[str]:
        return _after_comma(incomplete, known)

    return complete


def metric_names(context: typer.Context, incomplete: str) -> list[str]:
    """Names of metrics, of the task if it was told."""
    from evalcli.metrics import known_names

    task = context.params.get("task")
    tasks = (task,) if task in TASKS else TASKS
    names = {name for task_name in tasks for name in known_names(task_name)}
    return _after_comma(incomplete, ["default", "all", *sorted(names)])


def rule_names(context: typer.Context, incomplete: str) -> list[str]:
    """Names of metrics with the sign that a limit follows."""
    return [f"{name}=" for name in metric_names(context, incomplete) if name not in ("default", "all")]


def note_codes(incomplete: str) -> list[str]:
    """Codes of notes."""
    from evalcli.report.notes import NOTES

    return _after_comma(incomplete, ["any", *NOTES])


def columns(context: typer.Context, incomplete: str) -> list[str]:
    """Columns of the files that stand before; nothing where they cannot be read."""
    from evalcli.loaders.open import open_source

    names: dict[str, None] = {}
    # while a shell asks, arguments are not yet given their names
    predictions = context.params.get("predictions") or context.args
    for paths in (predictions, context.params.get("labels") or ()):
        given = [path for path in paths if not path.startswith("-") and "://" not in path]
        with suppress(Exception):
            if given:
                names |= dict.fromkeys(open_source(given).columns)
    return _after_comma(incomplete, names)


def _after_comma(incomplete: str, known: Iterable[str]) -> list[str]:
    before, comma, last = incomplete.rpartition(",")
    names: Sequence[str] = [name for name in known if name.startswith(last)]
    return [f"{before}{comma}{name}" for name in names]
