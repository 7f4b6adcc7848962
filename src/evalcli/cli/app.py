"""The application: makes the commands, and turns errors into messages and exit codes."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import typer
from typer.completion import completion_init  # type: ignore[attr-defined]
from typer.core import TyperCommand, TyperGroup

from evalcli import __version__
from evalcli.cli.commands import COMMANDS
from evalcli.cli.config_file import Invocation, every_command
from evalcli.errors import EvalcliError, ExitCode, OutputError, UsageError
from evalcli.findings import Blank, use
from evalcli.findings import run as run_hint

PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True}
COMPLETION, WORDS = "_EVALCLI_COMPLETE", ("COMP_WORDS", "_TYPER_COMPLETE_ARGS")
"""Environment variable that is set while a shell asks for completions, and those with what is typed."""
VERSION_HELP = "Print the version; with --verbose also of Python, NumPy and pyarrow."


class Command(TyperCommand):
    """A command with help by subject, and suggestions for unknown options."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Examples, then options."""
        from evalcli.cli.help import page

        formatter.write(page(self, ctx))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse unknown and contradictory options, then read the values of the others."""
        if COMMANDS[str(self.name)].forwards:
            return super().parse_args(ctx, args)
        from evalcli.cli.parsing import check
        from evalcli.cli.values import read_values

        parameters = self.get_params(ctx)
        if not ctx.resilient_parsing and check(str(self.name), parameters, args, lambda: every_command(ctx)):
            return super().parse_args(ctx, ["--help"])
        read_values(ctx, parameters, args)
        return []

    def invoke(self, ctx: Any) -> Any:
        """Run, and keep the options for the report of an error."""
        invocation = ctx.find_root().obj
        if isinstance(invocation, Invocation):
            invocation.values = dict(ctx.params)
        return super().invoke(ctx)


class Group(TyperGroup):
    """The command line itself, with suggestions for unknown commands."""

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """All commands on one screen."""
        from evalcli.cli.help import overview

        formatter.write(overview(self))

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Refuse the options of commands before the command."""
        known = {name for option in self.get_params(ctx) for name in option.opts}
        name = args[0].partition("=")[0] if args else ""
        if name.startswith("-") and name not in (*known, "-", "--") and not ctx.resilient_parsing:
            from evalcli.cli.answers import option_before_command

            raise option_before_command(args, self.commands)
        return super().parse_args(ctx, args)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that is named."""
        if args and args[0] not in self.commands and not ctx.resilient_parsing:
            from evalcli.cli.answers import unknown_command

            raise unknown_command(args[0], args[1:], list(COMMANDS))
        return super().resolve_command(ctx, args)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"evalcli {__version__}")
        raise typer.Exit


def _top(
    version: bool = typer.Option(
        False, "--version", "-V", "-v", callback=_version, is_eager=True, help=VERSION_HELP
    ),
) -> None:
    """Score prediction files: exact metrics, intervals and CI gates."""


def group_of(names: Iterable[str] = COMMANDS) -> Any:
    """The command line with some of the commands; importing and making all of them is slow.

    With one alone, it has no options of its own, for which typer imports pydantic.
    """
    alone = names is not COMMANDS
    if COMPLETION in os.environ:
        completion_init()  # which is otherwise done for the options that install it
    app = typer.Typer(
        name="evalcli",
        cls=Group,
        help="Score prediction files: exact metrics, intervals and CI gates.",
        add_completion=not alone,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": [] if alone else ["-h", "--help"]},
        rich_markup_mode=None,
    )
    app.callback()((lambda: None) if alone else _top)
    for name in names:
        facts = COMMANDS[name]
        function = getattr(import_module(f"evalcli.cli.{facts.module}"), name)
        settings = {"help_option_names": ["-h", "--help"], **(PASSED_ON if facts.forwards else {})}
        app.command(cls=Command, context_settings=settings)(function)
    return typer.main.get_command(app)


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


def run(arguments: Sequence[str]) -> int:
    """Run one command; its exit code."""
    invocation = Invocation(list(arguments), lambda: group_of().commands)
    try:
        words = _command_words(arguments)
        code = group_of(_needed(words))(
            args=words, prog_name="evalcli", standalone_mode=False, obj=invocation
        )
    except EvalcliError as error:
        from evalcli.cli.failures import report_error

        return report_error(error, invocation)
    except Exception as error:
        return _other(error, invocation)
    if not arguments:
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
