"""Groups of options: structs that a command takes as parameters; users see their fields only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial, wraps
from inspect import Parameter, Signature, signature
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from msgspec import Struct
from msgspec.structs import asdict

from evalcli.cli.completion import words
from evalcli.cli.options.declared import HELP, declared_in, option, parameter_of
from evalcli.cli.sources import kind_of

PANELS = (
    "Common",
    "Files",
    "Columns",
    "Reading",
    "Task",
    "Metrics",
    "Intervals",
    "Slices",
    "Goal",
    "Gate",
    "Output",
    "States",
    "Run",
)
"""Groups of options in help and docs, in this order."""


class Without:
    """Fields of a group that a command does not have; they keep their defaults there."""

    def __init__(self, *names: str) -> None:
        self.names = names


class TypedOnly:
    """Fields of a group that a command does not read from a file of options."""

    def __init__(self, *names: str) -> None:
        self.names = names


def in_panel(name: str) -> Callable[..., Any]:
    """``option`` for the options of a panel of the help."""
    if name not in PANELS:
        raise ValueError(name)
    return partial(option, rich_help_panel=name)


def one_of(
    declare: Callable[..., Any],
    what: str,
    choices: Sequence[str],
    *names: str,
    default: str = "",
    **more: Any,
) -> Any:
    """An option with fixed words, in any case, which are in its help and completion.

    The check of the option refuses other words. ``default``: the default, in words.
    """
    known = {choice.casefold(): choice for choice in choices}

    def folded(context: Any, value: str | None) -> str | None:
        return value if value is None else known.get(value.casefold(), value)

    folded.choices = tuple(choices)  # type: ignore[attr-defined]
    text = f"{what}: {spoken(choices)}" + (f" (default: {default})." if default else ".")
    return declare(*names, help=text, autocompletion=words(*choices), callback=folded, **more)


def split(values: Sequence[str] | None) -> tuple[str, ...]:
    """Comma-separated values of a repeatable option."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())


def spoken(words: Sequence[str]) -> str:
    """Words in a sentence.

    >>> spoken(["error", "drop"]), spoken(["auto", "github", "none"])
    ('error or drop', 'auto, github or none')
    """
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def group_of(hint: Any) -> tuple[type[Struct], dict[str, Any]] | None:
    """The group that a parameter is annotated with, and defaults of those fields that the command has."""
    marks = get_args(hint)[1:] if get_origin(hint) is Annotated else ()
    group = get_args(hint)[0] if marks else hint
    if not isinstance(group, type) or not issubclass(group, Struct):
        return None
    left_out = {name for mark in marks if isinstance(mark, Without) for name in mark.names}
    return group, {name: value for name, value in asdict(group()).items() if name not in left_out}


def grouped(function: Callable[..., int]) -> Callable[..., int]:
    """The command of a function that takes groups: takes single options and packs them into groups."""
    hints = get_type_hints(function, include_extras=True)
    groups = {name: found for name, hint in hints.items() if (found := group_of(hint)) is not None}

    @wraps(function)
    def command(**given: Any) -> int:
        packed = {
            name: group(**{option: given.pop(option) for option in own})
            for name, (group, own) in groups.items()
        }
        return function(**given, **packed)

    marks = (mark for hint in hints.values() for mark in get_args(hint)[1:])
    command.typed_only = {name for mark in marks if isinstance(mark, TypedOnly) for name in mark.names}  # type: ignore[attr-defined]
    parameters: list[Parameter] = []
    for name, parameter in signature(function).parameters.items():
        if name not in groups:
            parameters.append(parameter.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[name]))
            continue
        group, own = groups[name]
        types = get_type_hints(group, include_extras=True)
        parameters += [
            Parameter(option, Parameter.KEYWORD_ONLY, default=default, annotation=types[option])
            for option, default in own.items()
        ]
    command.__signature__ = Signature(parameters)  # type: ignore[attr-defined]
    command.kinds = {one.name: kind_of(one.annotation) for one in parameters}  # type: ignore[attr-defined]
    command.takes_context = "context" in hints  # type: ignore[attr-defined]
    command.parameters = [  # type: ignore[attr-defined]
        parameter_of(
            one.name,
            one.annotation,
            declared,
            one.default if one.default is not Parameter.empty else None,
            one.default is Parameter.empty,
        )
        for one in parameters
        if (declared := declared_in(one.annotation))
    ] + [HELP]
    command.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return command
