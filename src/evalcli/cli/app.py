"""The commands, and what happens around all of them: errors to messages, verdicts to exit codes."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any

import typer

from evalcli import __version__
from evalcli.cli.config_file import Invocation
from evalcli.cli.output import as_json, print_error, service_of
from evalcli.errors import EXIT_CODES, EvalcliError, ExitCode, OutputError, UsageError

SCORE_CODES = (
    "Exit codes: " + "; ".join(f"{code.value} {meaning}" for code, meaning in EXIT_CODES.items()) + "."
)
INSPECT_CODES = "Exit codes: 0 scorable; 1 with warnings under --strict; 2 not scorable."
THRESHOLD_CODES = "Exit codes: 0 chosen; 1 no threshold keeps to the limits; 2 wrong usage or input."
PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True}
COMMANDS: dict[str, tuple[str, dict[str, Any]]] = {
    "score": ("score", {"epilog": SCORE_CODES}),
    "show": ("show", {"epilog": SCORE_CODES}),
    "inspect": ("inspect", {"epilog": INSPECT_CODES}),
    "threshold": ("threshold", {"epilog": THRESHOLD_CODES}),
    "config": ("config", {"context_settings": PASSED_ON}),
    "metrics": ("metrics", {}),
    "explain": ("metrics", {}),
}
"""Each command with its module in this package, where the function of its name is, and what typer is told."""
COMPLETION = "_EVALCLI_COMPLETE"
"""In the environment while a shell asks for words."""


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"evalcli {__version__}")
        raise typer.Exit


def _top(
    version: bool = typer.Option(
        False, "--version", callback=_version, is_eager=True, help="Print the version."
    ),
) -> None:
    """Score prediction files: exact metrics, intervals and CI gates."""


def group_of(names: Iterable[str] = COMMANDS) -> Any:
    """The command line with some of the commands; importing and making all of them takes a while."""
    app = typer.Typer(
        name="evalcli",
        help="Score prediction files: exact metrics, intervals and CI gates.",
        no_args_is_help=True,
        add_completion=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        rich_markup_mode="rich",
    )
    app.callback()(_top)
    for name in names:
        module, settings = COMMANDS[name]
        app.command(**settings)(getattr(import_module(f"evalcli.cli.{module}"), name))
    return typer.main.get_command(app)


def _needed(arguments: Sequence[str]) -> Iterable[str]:
    """The one command that is typed; all of them where words, help or other commands are asked for."""
    name = arguments[0] if arguments else ""
    alone = name in COMMANDS and name != "config" and COMPLETION not in os.environ
    return [name] if alone else COMMANDS


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    try:
        code = group_of(_needed(arguments))(
            args=list(arguments),
            prog_name="evalcli",
            standalone_mode=False,
            obj=Invocation(list(arguments), lambda: group_of().commands),
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


def _out_of_memory(error: MemoryError) -> EvalcliError:
    return EvalcliError(
        "there is not enough memory",
        found=(str(error).splitlines() or [""])[0] or None,
        hint="fewer metrics (--metrics), fewer threads (--jobs 1), or a smaller file",
        code="out-of-memory",
    )


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
    if isinstance(error, MemoryError):
        return _report_error(_out_of_memory(error), arguments)
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
