"""The commands, and what happens around all of them: errors to messages, verdicts to exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import typer

from evalcli import __version__
from evalcli.cli.catalogue import explain, metrics
from evalcli.cli.inspect import inspect
from evalcli.cli.score import score
from evalcli.errors import EvalcliError, ExitCode, UsageError, printable

app = typer.Typer(
    name="evalcli",
    help="Score prediction files: exact metrics, intervals and CI gates.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)
EXIT_CODES = (
    "Exit codes: 0 done, and every rule passed; 1 a rule failed; 2 wrong usage, or input that cannot be read "
    "or trusted; 3 a rule could not be decided; 70 a bug."
)
INSPECT_CODES = "Exit codes: 0 scorable; 1 with warnings under --strict; 2 not scorable."
app.command(epilog=EXIT_CODES)(score)
app.command(epilog=INSPECT_CODES)(inspect)
app.command()(metrics)
app.command()(explain)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"evalcli {__version__}")
        raise typer.Exit


@app.callback()
def top(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Score prediction files: exact metrics, intervals and CI gates."""


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    try:
        code = app(args=list(arguments), prog_name="evalcli", standalone_mode=False, obj=list(arguments))
    except EvalcliError as error:
        print(f"error: {error}", file=sys.stderr)
        _as_json(error, arguments)
        return error.exit_code
    except Exception as error:
        return _other(error, arguments)
    if code == ExitCode.INTERRUPTED:
        print("interrupted", file=sys.stderr)
    return code if isinstance(code, int) else ExitCode.OK


def _as_json(error: EvalcliError, arguments: Sequence[str]) -> None:
    """The error on standard output too, where JSON was asked for: a program reads there."""
    given = list(arguments)
    following = [value for name, value in pairwise(given) if name in ("-f", "--format")]
    joined = [name.split("=", 1)[1] for name in given if name.startswith("--format=")]
    short = [name[2:] for name in given if name.startswith("-f") and len(name) > 2]
    if not {"json"} & {*following, *joined, *short}:
        return
    from evalcli.renderers import json

    with suppress(OSError):
        print(json.text({"schema_version": 1, "error": error.to_json()}), flush=True)


def _other(error: Exception, arguments: Sequence[str]) -> int:
    """Wrong usage as typer tells it; anything else is a bug."""
    if hasattr(error, "format_message"):
        message = error.format_message()
        if message:  # without a command there is the help, and nothing to add
            print(f"error: {message}", file=sys.stderr)
            _as_json(UsageError(message), arguments)
        context = getattr(error, "ctx", None)
        if message and context is not None:
            print(f"  try: {context.command_path} --help", file=sys.stderr)
        return ExitCode.USAGE
    import traceback

    bug = EvalcliError(f"a bug in evalcli {__version__}: {type(error).__name__}: {error}", code="bug")
    bug.exit_code = ExitCode.BUG
    _as_json(bug, arguments)
    place = traceback.extract_tb(error.__traceback__)[-1]
    print(
        f"error: {printable(bug.what)}\n"
        f"  where: {Path(place.filename).name}, line {place.lineno}, in {place.name}\n"
        "  try: please report it with the command line; EVALCLI_TRACEBACK=1 prints the traceback",
        file=sys.stderr,
    )
    if os.environ.get("EVALCLI_TRACEBACK"):
        traceback.print_exception(error)
    return ExitCode.BUG
