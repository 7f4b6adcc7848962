"""The application: runs a command, and turns errors into messages and exit codes."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from evalcli import __version__
from evalcli.cli.commands import COMMANDS
from evalcli.cli.config_file import Invocation
from evalcli.cli.direct import run_typed
from evalcli.errors import EvalcliError, ExitCode, OutputError, UsageError
from evalcli.findings import Blank, use
from evalcli.findings import run as run_hint

COMPLETION, WORDS = "_EVALCLI_COMPLETE", ("COMP_WORDS", "_TYPER_COMPLETE_ARGS")
"""Environment variable that is set while a shell asks for completions, and those with what is typed."""


def _needed(arguments: Sequence[str]) -> Iterable[str]:
    """The one command that is typed or completed; all of them for help, ``config`` and names of commands."""
    typed = arguments[:1]
    if COMPLETION in os.environ:
        line = next((os.environ[name] for name in WORDS if name in os.environ), "")
        typed = line.split()[1:2] if line.split()[2:] or line.endswith(" ") else []
    return typed if typed and typed[0] in COMMANDS and not COMMANDS[typed[0]].forwards else COMMANDS


def _command_words(arguments: Sequence[str]) -> list[str]:
    """The arguments, with the command where another word for it is typed; help if there are none."""
    if not arguments or arguments[0] in COMMANDS:
        return list(arguments) or ["--help"]
    from evalcli.cli.answers import rewritten

    return rewritten(arguments, COMMANDS)


def _completed() -> int | None:
    """Print what bash is offered; None if typer answers."""
    if os.environ[COMPLETION] != "complete_bash":
        return None
    from evalcli.cli.bash import offered

    words = offered(os.environ)
    if words is None:
        return None
    print("\n".join(words))
    return ExitCode.OK


def _every_command() -> Mapping[str, Any]:
    from evalcli.cli.group import group_of

    commands: Mapping[str, Any] = group_of().commands
    return commands


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    invocation = Invocation(list(arguments), _every_command)
    try:
        words = _command_words(arguments)
        code = _completed() if COMPLETION in os.environ else run_typed(words, invocation)
        if code is None:
            from evalcli.cli.group import group_of

            made = group_of(_needed(words))
            code = made(args=words, prog_name="evalcli", standalone_mode=False, obj=invocation)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 1
    except EvalcliError as error:
        from evalcli.cli.failures import report_error

        return report_error(error, invocation)
    except Exception as error:
        return _other(error, invocation)
    if not arguments and COMPLETION not in os.environ:
        return ExitCode.USAGE
    return code if isinstance(code, int) else ExitCode.OK


def _out_of_memory(error: MemoryError) -> EvalcliError:
    return EvalcliError(
        "there is not enough memory",
        found=(str(error).splitlines() or [""])[0] or None,
        hint=use(metrics=Blank("NAMES")) | use(jobs=1) | "use a smaller file",
        code="out-of-memory",
    )


def _other(error: Exception, invocation: Invocation) -> int:
    """Report wrong usage found by typer, or an error of the system; anything else is a bug."""
    from evalcli.cli.failures import report_error

    if hasattr(error, "format_message"):
        message = error.format_message()
        context = getattr(error, "ctx", None)
        hint = run_hint(*context.command_path.split(), "--help") if context else None
        return report_error(UsageError(message.rstrip("."), hint=hint), invocation)
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return report_error(
            OutputError(
                "the output could not be written",
                found=error.strerror,
                hint="free some space, or write elsewhere",
            ),
            invocation,
        )
    if isinstance(error, MemoryError):
        return report_error(_out_of_memory(error), invocation)
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
    return report_error(bug, invocation)
