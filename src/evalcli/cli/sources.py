"""Where the value of an option is from, and of which type it is."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, get_args

KEY = "evalcli.sources"
TYPED, FILE, DEFAULT = "command line", "file", "default"
"""Sources of values: typed, from the file of options, or neither."""


def kind_of(hint: Any) -> type:
    """The type of one value of an annotated parameter.

    >>> from typing import Annotated
    >>> kind_of(Annotated[int | None, "help"]), kind_of(Annotated[list[str] | None, "help"])
    (<class 'int'>, <class 'str'>)
    """
    declared = get_args(hint)[0] if hasattr(hint, "__metadata__") else hint
    members = get_args(declared) or (declared,)
    return next((kind for kind in (bool, int, float) if kind in members), str)


def kinds_of(command: Any) -> Mapping[str, type]:
    """The type of one value of each parameter of a command, by name."""
    kinds: Mapping[str, type] = getattr(command.callback, "kinds", {})
    return kinds


def source_of(context: Any, name: str) -> str:
    """Where the value of a parameter is from."""
    return str(context.meta.get(KEY, {}).get(name, DEFAULT))


def typed_besides(context: Any, kept: Collection[str]) -> list[str]:
    """The options that were typed, besides some."""
    return [name for name in context.params if name not in kept and source_of(context, name) == TYPED]
