"""``evalcli config``: the options in force, and where each came from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from evalcli.cli import config_file as file
from evalcli.errors import ErrorCollector, ExitCode, UsageError
from evalcli.text import escape, join_names

SCORE = "score"
COMMANDS = ("score", "show", "inspect", "threshold")


def config(context: typer.Context) -> int:
    """Print the options that a command would run with, and where each came from.

    What follows is a command line as it would be: evalcli config score preds.csv --threshold 0.3. Without a
    command it is that of score; -f json is for programs. Nothing is scored.
    """
    from evalcli.cli.output import standard_output

    name, arguments = _command(context.args)
    command: Any = context.find_root().command
    with command.commands[name].make_context(name, arguments, parent=context.parent) as inner:
        problems = ErrorCollector()
        problems.found += file.config_of(inner).problems
        problems.raise_if_any()
        items = file.option_sources(inner)
        with standard_output():
            print(_json(name, inner, items) if inner.params.get("format") == "json" else _table(inner, items))
    return ExitCode.OK


def _command(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """The command and what it is given."""
    if not arguments or arguments[0].startswith("-"):
        return SCORE, list(arguments)
    if arguments[0] not in COMMANDS:
        raise UsageError(
            f"evalcli config {arguments[0]}: no such command", hint=f"one of {join_names(COMMANDS)}"
        )
    return arguments[0], list(arguments[1:])


def _json(name: str, context: Any, items: Sequence[tuple[str, Any, str]]) -> str:
    from evalcli.renderers import json

    path = file.config_of(context).shown
    options = {key: {"value": value, "from": origin} for key, value, origin in items}
    return json.text({"command": name, "file": path or None, "options": options})


def _table(context: Any, items: Sequence[tuple[str, Any, str]]) -> str:
    from evalcli.renderers.tables import Cell, Grid
    from evalcli.renderers.text import lines

    rows = [
        tuple(map(Cell, (key, escape(file.shown(value)), escape(origin)))) for key, value, origin in items
    ]
    head = f"options from {escape(file.config_of(context).shown)}" if file.config_of(context).path else ""
    table = Grid("", ("option", "value", "from"), frozenset(range(3)), tuple(rows))
    return "\n".join([head or "no file of options here or above", *lines(table)])
