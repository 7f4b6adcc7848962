"""The commands as typer knows them: for help, completion, ``config`` and docs."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from functools import wraps
from inspect import Parameter, signature
from typing import Annotated, Any, get_args

import typer
from typer.completion import completion_init  # type: ignore[attr-defined]
from typer.core import TyperCommand, TyperGroup

from evalcli import __version__
from evalcli.cli.commands import COMMANDS
from evalcli.cli.config_file import Invocation, every_command
from evalcli.cli.direct import function_of
from evalcli.cli.options.declared import declared_in
from evalcli.cli.parsing import check
from evalcli.cli.values import read_values

PASSED_ON = {"ignore_unknown_options": True, "allow_extra_args": True}
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
        parameters = self.callback.parameters  # type: ignore[union-attr]
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


def for_typer(function: Callable[..., int]) -> Callable[..., int]:
    """A command with the annotations that typer reads."""

    @wraps(function)
    def command(**given: Any) -> int:
        return function(**given)

    parameters = [_annotated(parameter) for parameter in signature(function).parameters.values()]
    command.__signature__ = signature(function).replace(parameters=parameters)  # type: ignore[attr-defined]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command


def _annotated(parameter: Parameter) -> Parameter:
    if parameter.name == "context":
        return parameter.replace(annotation=typer.Context)
    declared = declared_in(parameter.annotation)
    if declared is None:
        return parameter
    make = typer.Argument if declared.is_argument else typer.Option
    made = make(*declared.names, **declared.settings)
    return parameter.replace(annotation=Annotated[get_args(parameter.annotation)[0], made])


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
    if "_EVALCLI_COMPLETE" in os.environ:
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
        function = function_of(name)
        settings = {"help_option_names": ["-h", "--help"], **(PASSED_ON if facts.forwards else {})}
        app.command(cls=Command, context_settings=settings)(
            function if facts.forwards else for_typer(function)
        )
    return typer.main.get_command(app)
