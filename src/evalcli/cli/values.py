"""Values of the options and arguments of a command, and the source of each.

typer declares them; what it converts differs between its releases, and the newest imports pydantic for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from evalcli.cli.parsing import Typed, scan
from evalcli.cli.sources import DEFAULT, FILE, KEY, TYPED, kinds_of
from evalcli.errors import ErrorCollector, UsageError
from evalcli.findings import Blank, omit, run, use
from evalcli.text import join_names

IN_WORDS = {int: "a whole number", float: "a number"}


def read_values(context: Any, parameters: Sequence[Any], arguments: Sequence[str]) -> None:
    """Read the arguments of a command into its context, after their options have been checked.

    The option with the file of options is eager: once it is read, the file has the defaults of all others.
    """
    typed, words = scan([one for one in parameters if one.param_type_name == "option"], arguments)
    kinds, sources = kinds_of(context.command), context.meta.setdefault(KEY, {})
    sources.clear()
    problems = ErrorCollector()
    given, unexpected = _positional([one for one in parameters if one.param_type_name == "argument"], words)
    with problems.collect():
        if unexpected:
            raise UsageError(f"unexpected arguments: {join_names(unexpected)}", hint=_help(context))
    for parameter in sorted(parameters, key=lambda one: not one.is_eager):
        name = parameter.name
        if name == "help":
            continue
        of_it = [one for one in typed if one.option is parameter]
        value, sources[name] = given.get(name), TYPED
        with problems.collect():
            if of_it:
                value = _typed(of_it, kinds.get(name, str))
            elif not value:
                value, sources[name] = _untyped(context, parameter, kinds.get(name, str))
        if parameter.callback is not None and not context.resilient_parsing:
            value = parameter.callback(context, value)
        context.params[name] = value
    if not context.resilient_parsing:
        problems.raise_if_any()


def _typed(given: Sequence[Typed], kind: type) -> Any:
    """The value of an option that was typed once, or as often as it may be."""
    if given[0].option.multiple:
        return [_converted(one, kind) for one in given]
    return _converted(given[-1], kind)


def _converted(one: Typed, kind: type) -> Any:
    name, metavar = one.option.name, one.option.metavar
    if one.option.is_flag:
        if isinstance(one.value, str):
            raise UsageError(f"{one.spelled} takes no value", found=one.value, hint=use(**{name: True}))
        return one.value
    if one.value is None:
        raise UsageError(f"{one.spelled} needs a value", hint=use(**{name: Blank(metavar)}))
    try:
        return kind(one.value)
    except ValueError:
        raise UsageError(
            f"{one.spelled} {one.value!r} is not {IN_WORDS[kind]}",
            hint=use(**{name: Blank(metavar)}) | omit(name),
        ) from None


def _untyped(context: Any, parameter: Any, kind: type) -> tuple[Any, str]:
    """The value of the file of options, or the default; and which of them it is."""
    file: Mapping[str, Any] = context.default_map or {}
    if parameter.name in file:
        value = file[parameter.name]
        return value if isinstance(value, list) else kind(value), FILE
    if parameter.required:
        raise UsageError(f"{parameter.metavar} is missing", hint=_help(context))
    return parameter.default, DEFAULT


def _positional(arguments: Sequence[Any], words: Sequence[str]) -> tuple[dict[str, Any], Sequence[str]]:
    """Values of the arguments, of which the last may stand for several words, and words that are too many."""
    given: dict[str, Any] = {}
    for argument in arguments:
        if not words:
            break
        several = argument.nargs == -1
        given[argument.name], words = (list(words), ()) if several else (words[0], words[1:])
    return given, words


def _help(context: Any) -> Any:
    return run(*context.command_path.split(), "--help")
