"""Options from a file: ``evalcli.toml`` or ``[tool.evalcli]`` in ``pyproject.toml``; typed options win."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from evalcli.cli.sources import FILE, TYPED, kinds_of, source_of
from evalcli.errors import ErrorCollector, EvalcliError, UsageError
from evalcli.findings import Place, instead, run
from evalcli.text import escape, join_names, suggest
from evalcli.whole import read_whole

NAMES = ("evalcli.toml", "pyproject.toml")
TABLE = "[tool.evalcli]"
NONE = "none"
KEY = "evalcli.config"
RULES = ("fail_under", "fail_over", "max_drop")
"""Options of rules; a rule of the command line replaces the file's rule on the same name."""
PATHS = ("predictions", "labels", "baseline", "output", "per_row", "errors")
"""Options with paths, which are relative to the folder of the options file."""
LEFT_OUT = ("config", "help", "report", "every", "version")
"""Parameters that cannot be set in a file."""
ADDRESS = ("://", "-")


class Config(Struct, frozen=True):
    """A file, its options by parameter in the form of the command line, and the errors in it."""

    path: Path | None = None
    values: Mapping[str, Any] = field(default_factory=dict)
    problems: tuple[EvalcliError, ...] = ()

    @property
    def shown(self) -> str:
        """The path, as short as it can be."""
        if self.path is None:
            return ""
        with suppress(ValueError):
            return os.path.relpath(self.path)
        return str(self.path)  # on another drive


class Invocation(Struct):
    """A command line. ``commands``: makes all commands, by name.

    ``values``: values of the options, once they are parsed.
    """

    arguments: Sequence[str] = ()
    commands: Callable[[], Mapping[str, Any]] | None = None
    values: Mapping[str, Any] = field(default_factory=dict)


def command_line(context: Any) -> Sequence[str]:
    """The arguments as typed."""
    invocation = context.find_root().obj
    return invocation.arguments if isinstance(invocation, Invocation) else ()


def read_into(context: Any, value: str | None) -> str | None:
    """Make the options of a file the defaults of a command; the callback of ``--config``."""
    if context.resilient_parsing:
        return value
    config = read(value, partial(parameters_of, context))
    context.meta[KEY] = config
    parameters = {parameter.name for parameter in context.command.params}
    parameters -= getattr(context.command.callback, "typed_only", set())
    context.default_map = {name: given for name, given in config.values.items() if name in parameters}
    return value


def config_of(context: Any) -> Config:
    """The file that a command's options were read from."""
    config: Config = context.meta[KEY]
    return config


def used(context: Any) -> dict[str, Any]:
    """Options of the file that this command has and the command line does not override, by key."""
    config = config_of(context)
    names = {
        name
        for name in context.default_map or {}
        if source_of(context, name) == FILE or name in (*RULES, "fail_on")
    }
    return {key_of(name): value for name, value in config.values.items() if name in names}


def several(context: Any, name: str) -> list[str]:
    """Values of a repeatable option; of rules also those of the file on other names."""
    given = list(context.params.get(name) or ())
    if source_of(context, name) != TYPED:
        return given
    before = config_of(context).values.get(name, ())
    if name == "fail_on":
        return [*given, *(text for text in before if text not in given)]
    if name not in RULES:
        return given
    typed = {_name(text) for text in given}
    return [*given, *(text for text in before if _name(text) not in typed)]


def _name(rule: str) -> str:
    return rule.rpartition("=")[0].strip()


def parameters_of(context: Any) -> dict[str, Any]:
    """The options of every command with their types, by parameter: the keys that a file may have."""
    parameters: dict[str, Any] = {}
    for command in every_command(context).values():
        for parameter in command.params:
            if parameter.name not in LEFT_OUT:
                parameters.setdefault(parameter.name, (parameter, kinds_of(command).get(parameter.name)))
    return parameters


def every_command(context: Any) -> Mapping[str, Any]:
    """All commands by name, also if only one was made."""
    root = context.find_root()
    every = root.obj.commands if isinstance(root.obj, Invocation) else None
    commands: Mapping[str, Any] = every() if every else getattr(root.command, "commands", {})
    return commands


def key_of(parameter: str) -> str:
    """The name in a file."""
    return parameter.replace("_", "-")


def read(asked: str | None, known: Callable[[], Mapping[str, Any]]) -> Config:
    """The options of the given file, or of the nearest one in parent directories. Errors are collected.

    ``known``: makes all options, by parameter; called if the file has options.
    """
    if asked == NONE:
        return Config()
    try:
        path, table = _named(Path(asked)) if asked is not None else _nearest()
    except UsageError as error:
        return Config(problems=error.errors)
    problems = ErrorCollector()
    values: dict[str, Any] = {}
    parameters = known() if table else {}
    for key, value in table.items():
        with problems.collect():
            name = _parameter(key, parameters, path)
            if name in values:
                raise UsageError(
                    f"duplicate option {key_of(name)}, in two spellings",
                    where=Place(str(path)),
                    hint="keep one of the two",
                )
            parameter, kind = parameters[name]
            values[name] = _value(name, value, parameter, kind, path)
    return Config(path if table else None, values, tuple(problems.found))


def _nearest() -> tuple[Path, dict[str, Any]]:
    """The first folder upwards with a file that has options; two such files in one folder are an error."""
    try:
        here = Path.cwd()
    except OSError:  # a deleted folder
        return Path(), {}
    for folder in (here, *here.parents):
        dedicated, project = (folder / name for name in NAMES)
        shared = _table(project) if project.is_file() and _mentions_evalcli(project) else {}
        if not os.path.lexists(dedicated):
            if shared:
                return project, shared
            continue
        if shared:
            raise UsageError(
                "two files have options for evalcli",
                where=Place(str(folder)),
                found=join_names(NAMES),
                hint="keep the options in one of them",
            )
        return dedicated, _table(dedicated)
    return Path(), {}


def _named(path: Path) -> tuple[Path, dict[str, Any]]:
    table = _table(path)
    if path.name == NAMES[1] and not table:
        raise UsageError(
            "the file has no options for evalcli", where=Place(str(path)), hint=f"add a table {TABLE}"
        )
    return path, table


def _mentions_evalcli(path: Path) -> bool:
    """Whether a file contains the word; most do not, and are not parsed. True if it cannot be read."""
    try:
        return b"evalcli" in read_whole(path)
    except OSError:
        return True


def _table(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        data = tomllib.loads(read_whole(path).decode("utf-8-sig"))
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UsageError(
            "the options cannot be read", where=Place(str(path)), found=reason, hint="write it as TOML"
        ) from None
    table = data
    if path.name == NAMES[1]:
        tool = data.get("tool")
        table = tool.get("evalcli", {}) if isinstance(tool, dict) else {}
    if not isinstance(table, dict):
        raise UsageError(
            f"{TABLE} is not a table",
            where=Place(str(path)),
            found=repr(table),
            hint=f"begin the options with {TABLE}",
        )
    return table


def _parameter(key: str, parameters: Mapping[str, Any], path: Path) -> str:
    name = key.replace("-", "_")
    if name in parameters:
        return name
    known = list(map(key_of, parameters))
    like = suggest(key_of(name), known)
    raise UsageError(
        f"unknown option {key!r}",
        where=Place(str(path)),
        hint=instead(key, like) if like else run("evalcli", "config", "--all"),
    )


def _value(name: str, value: Any, parameter: Any, kind: type | None, path: Path) -> Any:
    """The value in the form of the command line."""
    if name in RULES and isinstance(value, dict):
        value = [f"{metric}={_text(limit)}" for metric, limit in _limits(name, value, path)]
    elif parameter.multiple or parameter.nargs == -1:
        value = [value] if isinstance(value, str) else value
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise _wrong(name, "a list of texts" + (" or a table" if name in RULES else ""), value, path)
        value = list(value)
    else:
        value = _single(name, value, parameter, kind, path)
    return _from_folder(name, value, path.parent)


def _limits(name: str, table: Mapping[str, Any], path: Path) -> Iterator[tuple[str, Any]]:
    for metric, limit in table.items():
        if isinstance(limit, bool) or not isinstance(limit, int | float | str):
            raise _wrong(f"{name}.{metric}", "a number or a percentage", limit, path)
        yield metric, limit


def _single(name: str, value: Any, parameter: Any, kind: type | None, path: Path) -> Any:
    if parameter.is_flag:
        if not isinstance(value, bool):
            raise _wrong(name, "true or false", value, path)
        return value
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if kind is int and not (number and float(value).is_integer()):
        raise _wrong(name, "a whole number", value, path)
    if kind is float and not number:
        raise _wrong(name, "a number", value, path)
    if kind in (int, float):
        return value
    if not (number or isinstance(value, str)):
        raise _wrong(name, "a text", value, path)
    return _text(value)


def _text(value: Any) -> str:
    return value if isinstance(value, str) else repr(value)


def _wrong(name: str, wanted: str, value: Any, path: Path) -> UsageError:
    shown = repr(value)
    return UsageError(
        f"option {key_of(name)} is not {wanted}",
        where=Place(str(path)),
        found=escape(shown if len(shown) < 100 else f"{shown[:100]}…"),
        hint=f"write {key_of(name)} as {wanted}",
    )


def _from_folder(name: str, value: Any, folder: Path) -> Any:
    """The value, with paths relative to the folder of the file."""
    if name not in PATHS:
        return value
    if isinstance(value, list):
        return [_path(item, folder, forms=name == "output") for item in value]
    return _path(value, folder)


def _path(text: str, folder: Path, forms: bool = False) -> str:
    from evalcli.renderers.formats import FORMATS

    form, colon, rest = text.partition(":")
    if forms and colon and form in FORMATS:
        return f"{form}:{_path(rest, folder)}"
    if text == ADDRESS[1] or ADDRESS[0] in text:
        return text
    there = os.path.relpath(folder)
    return text if there == "." else str(Path(there) / text)


def option_sources(context: Any) -> list[tuple[str, Any, str]]:
    """Each option of a command with its value and the source of the value."""
    config = config_of(context)
    items = []
    for parameter in context.command.params:
        name = parameter.name
        if name in LEFT_OUT:
            continue
        source = source_of(context, name)
        value = context.params.get(name)
        origin = config.shown if source == FILE else source
        if parameter.multiple and source == TYPED and several(context, name) != list(value or ()):
            value, origin = several(context, name), f"command line and {config.shown}"
        items.append((key_of(name), value, origin))
    return items


def shown(value: Any) -> str:
    """A value in the form of an options file."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(str, value))
    return str(value)
