"""The commands, and what happens around all of them: errors to messages, verdicts to exit codes."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from copy import copy
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer

from evalcli import __version__
from evalcli.cli.config import config
from evalcli.cli.config_file import Invocation
from evalcli.cli.inspect import inspect
from evalcli.cli.metrics import explain, metrics
from evalcli.cli.output import as_json, print_error, service_of
from evalcli.cli.score import score
from evalcli.cli.show import show
from evalcli.cli.threshold import threshold
from evalcli.errors import EXIT_CODES, EvalcliError, ExitCode, OutputError, UsageError

app = typer.Typer(
    name="evalcli",
    help="Score prediction files: exact metrics, intervals and CI gates.",
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    rich_markup_mode="rich",
)
SCORE_CODES = (
    "Exit codes: " + "; ".join(f"{code.value} {meaning}" for code, meaning in EXIT_CODES.items()) + "."
)
INSPECT_CODES = "Exit codes: 0 scorable; 1 with warnings under --strict; 2 not scorable."
THRESHOLD_CODES = "Exit codes: 0 chosen; 1 no threshold keeps to the limits; 2 wrong usage or input."
COMPLETION = "_EVALCLI_COMPLETE"
"""In the environment while a shell asks for words."""
PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True}
app.command(epilog=SCORE_CODES)(score)
app.command(epilog=SCORE_CODES)(show)
app.command(epilog=INSPECT_CODES)(inspect)
app.command(epilog=THRESHOLD_CODES)(threshold)
app.command(context_settings=PASSED_ON)(config)
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


def _group_for(arguments: Sequence[str]) -> Any:
    """The commands, or the one that is typed alone: making the options of all of them takes a while."""
    name = arguments[0] if arguments else ""
    alone = [info for info in app.registered_commands if info.callback and info.callback.__name__ == name]
    if not alone or name == config.__name__ or COMPLETION in os.environ:
        return typer.main.get_command(app)
    small = copy(app)
    small.registered_commands = alone
    return typer.main.get_command(small)


def _every_command() -> Mapping[str, Any]:
    group: Any = typer.main.get_command(app)
    commands: Mapping[str, Any] = group.commands
    return commands


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    try:
        code = _group_for(arguments)(
            args=list(arguments),
            prog_name="evalcli",
            standalone_mode=False,
            obj=Invocation(list(arguments), _every_command),
        )
    except EvalcliError as error:
        return _report_error(error, arguments)
    except Exception as error:
        return _other(error, arguments)
    if code == ExitCode.INTERRUPTED:
        print("interrupted", file=sys.stderr)
    return code if isinstance(code, int) else ExitCode.OK


def _report_error(error: EvalcliError, arguments: Sequence[str]) -> int:
    """A mistake to every reader; on standard output too where JSON was asked for: a program reads there."""
    print_error(error, service_of(next(_given(arguments, "--ci"), "auto")))
    if "json" in _given(arguments, "--format", "-f"):
        from evalcli.renderers import json

        with suppress(OSError):
            print(json.text(as_json(error)), flush=True)
    return error.exit_code


def _given(arguments: Sequence[str], name: str, short: str = "") -> Iterator[str]:
    """Values of an option, from the last one on."""
    for before, text in reversed(list(pairwise(["", *arguments]))):
        if before == name or (short and before == short):
            yield text
        if text.startswith(f"{name}="):
            yield text.partition("=")[2]
        elif short and text.startswith(short) and len(text) > len(short):
            yield text[len(short) :]


def _other(error: Exception, arguments: Sequence[str]) -> int:
    """Wrong usage as typer tells it; anything else is a bug."""
    if hasattr(error, "format_message"):
        message = error.format_message()
        if message:  # without a command there is the help, and nothing to add
            context = getattr(error, "ctx", None)
            _report_error(
                UsageError(message, hint=f"{context.command_path} --help" if context else None), arguments
            )
        return ExitCode.USAGE
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return _report_error(OutputError("the output could not be written", found=error.strerror), arguments)
    import traceback

    frame = traceback.extract_tb(error.__traceback__)[-1]
    bug = EvalcliError(
        f"a bug in evalcli {__version__}: {type(error).__name__}: {error}",
        where=f"{Path(frame.filename).name}, line {frame.lineno}, in {frame.name}",
        hint="please report it with the command line; EVALCLI_TRACEBACK=1 prints the traceback",
        code="bug",
    )
    bug.exit_code = ExitCode.BUG
    if os.environ.get("EVALCLI_TRACEBACK"):
        traceback.print_exception(error)
    return _report_error(bug, arguments)
