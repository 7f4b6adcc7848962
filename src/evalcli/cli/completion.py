"""Shell completion: words of an option, names of metrics, columns of the files already typed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import Any

from evalcli.tasks import TASKS

Completer = Callable[[Any, str], list[str]]
"""Takes the context, by the name that typer knows, and the word to complete."""


def words(*known: str) -> Completer:
    """A completer of fixed words, also after a comma."""

    def complete(ctx: Any, incomplete: str) -> list[str]:
        return _after_comma(incomplete, known)

    return complete


def metric_names(ctx: Any, incomplete: str) -> list[str]:
    """Names of metrics, of the task if it was given; aliases only if no name begins as typed."""
    from evalcli.cli.listed import full_names

    task = TASKS.get(ctx.params.get("task") or "")
    names = full_names(task)
    begun = incomplete.rpartition(",")[2]
    aliases: Iterable[str] = ()
    if begun and not any(name.startswith(begun) for name in names):
        from evalcli.metrics import describe
        from evalcli.metrics.lookup import aliases_of

        aliases = {alias for metric in describe.of_task(task) for alias in aliases_of(metric, task)}
    return _after_comma(incomplete, ["default", "all", *names, *sorted(aliases)])


def subjects(ctx: Any, incomplete: str) -> list[str]:
    """Names that ``explain`` takes: metrics and notes."""
    from evalcli.report.notes import NOTES

    names = [name for name in metric_names(ctx, incomplete) if name not in ("default", "all")]
    return [*names, *_after_comma(incomplete, NOTES)]


def rule_names(ctx: Any, incomplete: str) -> list[str]:
    """Names of metrics, each followed by ``=``."""
    return [f"{name}=" for name in metric_names(ctx, incomplete) if name not in ("default", "all")]


def note_codes(ctx: Any, incomplete: str) -> list[str]:
    """Codes of notes."""
    from evalcli.report.notes import NOTES

    return _after_comma(incomplete, ["any", *NOTES])


def columns(ctx: Any, incomplete: str) -> list[str]:
    """Columns of the files already typed; none if they cannot be read."""
    from evalcli.loaders.open import open_source

    names: dict[str, None] = {}
    # during completion, arguments do not have their names yet
    predictions = ctx.params.get("predictions") or ctx.args
    for paths in (predictions, ctx.params.get("labels") or ()):
        given = [path for path in paths if not path.startswith("-") and "://" not in path]
        with suppress(Exception):
            if given:
                names |= dict.fromkeys(open_source(given).columns)
    return _after_comma(incomplete, names)


def _after_comma(incomplete: str, known: Iterable[str]) -> list[str]:
    before, comma, last = incomplete.rpartition(",")
    names: Sequence[str] = [name for name in known if name.startswith(last)]
    return [f"{before}{comma}{name}" for name in names]
