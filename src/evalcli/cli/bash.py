"""What bash is offered after the name of a command, without typer, which answers other shells."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping, Sequence

from evalcli.cli.commands import COMMANDS
from evalcli.cli.config_file import Invocation
from evalcli.cli.direct import Context, Typed, function_of
from evalcli.cli.options.declared import Parameter
from evalcli.cli.values import read_values


def offered(environment: Mapping[str, str]) -> list[str] | None:
    """Completions of the word at the cursor; None if it belongs to no command."""
    words, cursor = _split(environment["COMP_WORDS"]), int(environment["COMP_CWORD"])
    typed, begun = words[1:cursor], words[cursor] if cursor < len(words) else ""
    if not typed or typed[0] not in COMMANDS or COMMANDS[typed[0]].forwards:
        return None
    function = function_of(typed[0])
    context = Context(Typed(typed[0], function.parameters, function), Invocation(), resilient_parsing=True)
    read_values(context, function.parameters, typed[1:])
    if begun == "=":  # bash splits at it
        begun = ""
    elif begun.startswith("-") and "=" in begun:
        name, _, begun = begun.partition("=")
        typed.append(name)
    if begun.startswith("-") and "--" not in typed:
        names = (name for one in function.parameters for name in (*one.opts, *one.secondary_opts))
        return [name for name in names if name.startswith(begun)]
    parameter = next(_waiting(function.parameters, typed[-1]), None)
    if parameter is None or parameter.complete is None:
        return []
    return [word for word in parameter.complete(context, begun) if word.startswith(begun)]


def _waiting(parameters: Sequence[Parameter], last: str) -> Iterator[Parameter]:
    """The option whose value follows, and the arguments."""
    yield from (one for one in parameters if last.startswith("-") and last in one.opts and not one.is_flag)
    yield from (one for one in parameters if one.param_type_name == "argument")


def _split(line: str) -> list[str]:
    """The words of a line as the shell reads them; the last one may lack its closing quote."""
    reader = shlex.shlex(line, posix=True)
    reader.whitespace_split, reader.commenters = True, ""
    words: list[str] = []
    try:
        words.extend(reader)
    except ValueError:
        words.append(reader.token)
    return words
