"""Parameters of commands as declared; typer is imported for help, completion and ``config`` only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from msgspec import Struct

from evalcli.cli.sources import kind_of


class Declared(Struct, frozen=True):
    """An option or an argument. ``names``: as typed; ``settings``: of typer's object of it."""

    names: tuple[str, ...]
    settings: Mapping[str, Any]
    is_argument: bool = False


def option(*names: str, **settings: Any) -> Any:
    """Mark a field as an option."""
    return Declared(names, settings)


def argument(**settings: Any) -> Any:
    """Mark a field as an argument."""
    return Declared((), settings, is_argument=True)


class Parameter(Struct, frozen=True):
    """A parameter as it is read from a command line, with typer's words for what it is.

    ``kind``: type of one value; ``nargs``: -1 for any number of words.
    """

    name: str
    param_type_name: str = "option"
    opts: tuple[str, ...] = ()
    secondary_opts: tuple[str, ...] = ()
    metavar: str | None = None
    kind: type = str
    is_flag: bool = False
    multiple: bool = False
    nargs: int = 1
    default: Any = None
    required: bool = False
    is_eager: bool = False
    callback: Callable[..., Any] | None = None
    complete: Callable[[Any, str], list[str]] | None = None


HELP = Parameter("help", opts=("-h", "--help"), kind=bool, is_flag=True)


def declared_in(hint: Any) -> Declared | None:
    """What a parameter is annotated with, if it is an option or an argument."""
    return next((mark for mark in get_args(hint)[1:] if isinstance(mark, Declared)), None)


def parameter_of(name: str, hint: Any, declared: Declared, default: Any, required: bool = False) -> Parameter:
    """The parameter of an annotated field."""
    kind, several = kind_of(hint), "list[" in str(get_args(hint)[0])
    names = declared.names or ("--" + name.replace("_", "-"),)
    on, _, off = names[0].partition("/")
    settings = declared.settings
    if declared.is_argument:
        return Parameter(
            name,
            "argument",
            (name,),
            metavar=settings.get("metavar"),
            nargs=-1 if several else 1,
            default=default,
            required=required,
            complete=settings.get("autocompletion"),
        )
    return Parameter(
        name,
        opts=(on, *names[1:]),
        secondary_opts=(off,) if off else (),
        metavar=settings.get("metavar"),
        kind=kind,
        is_flag=kind is bool,
        multiple=several,
        default=default,
        is_eager=settings.get("is_eager", False),
        callback=settings.get("callback"),
        complete=settings.get("autocompletion"),
    )
