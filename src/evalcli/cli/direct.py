"""Runs a command that is typed in full, without typer, which takes longer than reading a small file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from msgspec import Struct, field

from evalcli.cli.commands import COMMANDS
from evalcli.cli.config_file import Invocation, every_command
from evalcli.cli.options.declared import Parameter
from evalcli.cli.parsing import check
from evalcli.cli.values import read_values


class Typed(Struct, frozen=True):
    """A command: its name, parameters and function."""

    name: str
    params: Sequence[Parameter]
    callback: Callable[..., int]


class Context(Struct):
    """A command and what was typed after it, with typer's words for what they are."""

    command: Typed
    obj: Invocation
    params: dict[str, Any] = field(default_factory=dict)
    meta: dict[str, Any] = field(default_factory=dict)
    default_map: Mapping[str, Any] | None = None
    resilient_parsing: bool = False
    args: Sequence[str] = ()

    def find_root(self) -> Context:
        """The context itself."""
        return self

    @property
    def command_path(self) -> str:
        """The words before the options."""
        return f"evalcli {self.command.name}"


def function_of(name: str) -> Any:
    """The function of a command."""
    return getattr(import_module(f"evalcli.cli.{COMMANDS[name].module}"), name)


def run_typed(words: Sequence[str], invocation: Invocation) -> int | None:
    """Run a command; its exit code, or None if help is asked for, or the command is not known here."""
    name, *arguments = words
    if name not in COMMANDS or COMMANDS[name].forwards:
        return None
    function = function_of(name)
    context = Context(Typed(name, function.parameters, function), invocation)
    if check(name, function.parameters, arguments, lambda: every_command(context)):
        return None
    read_values(context, function.parameters, arguments)
    invocation.values = dict(context.params)
    given = {"context": context} if function.takes_context else {}
    code: int = function(**given, **context.params)
    return code
