"""``evalcli config``: the effective options and the source of each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from evalcli.cli import config_file as file
from evalcli.cli.sources import DEFAULT
from evalcli.errors import ErrorCollector, ExitCode, UsageError
from evalcli.findings import run
from evalcli.text import escape

SCORE = "score"
ALL = "--all"


def config(
    context: typer.Context,
    every: bool = typer.Option(False, ALL, help="Also print the defaults."),
) -> int:
    """Print the options that are set, and where; with --all also the defaults.

    A command line may follow, e.g. evalcli config score preds.csv --threshold 0.3 (default: score). Nothing
    is scored; --format json is for programs.
    """
    from evalcli.cli.output import standard_output

    commands = file.every_command(context)
    name, arguments = _command(context.args, commands)
    command: Any = commands[name]
    with command.make_context(name, arguments, parent=context.parent) as inner:
        problems = ErrorCollector()
        problems.found += file.config_of(inner).problems
        problems.raise_if_any()
        items = [item for item in file.option_sources(inner) if every or item[2] != DEFAULT]
        with standard_output():
            print(_json(name, inner, items) if inner.params.get("format") == "json" else _table(inner, items))
    return ExitCode.OK


def _command(arguments: Sequence[str], commands: Any) -> tuple[str, list[str]]:
    """The command and its arguments."""
    if not arguments or arguments[0].startswith("-"):
        return SCORE, list(arguments)
    name = arguments[0]
    if name not in commands:
        from evalcli.cli.answers import unknown_command

        raise unknown_command(name, arguments[1:], commands)
    if not any(option.name == "config" for option in commands[name].params):
        raise UsageError(f"evalcli {name} reads no options from a file", hint=run("evalcli", name, "--help"))
    return name, list(arguments[1:])


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
    path = file.config_of(context).shown
    head = f"options from {escape(path)}" if path else "no evalcli.toml or [tool.evalcli] in pyproject.toml"
    if not rows:
        return f"{head}\nno options are set; {ALL} prints the defaults"
    table = Grid("", ("option", "value", "from"), frozenset(range(3)), tuple(rows))
    return "\n".join([head, *lines(table)])
