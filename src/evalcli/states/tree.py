"""Any state as plain data beside arrays, and back: one encoder for all of them.

A value is a number, a text, an array, a tuple, a list, a set, a mapping of texts, a task, or an object of one
of the given types, whose fields are such values.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal, InvalidOperation
from enum import Enum
from importlib import import_module
from typing import Any

import numpy as np
from msgspec import Struct
from msgspec.structs import asdict

from evalcli.blocks import Array
from evalcli.report.json_values import Json, JsonObject
from evalcli.tasks import TASKS, Task

KIND = "="
"""The key of what an object is; no field has this name."""
UNSTORED = frozenset({"store"})
"""Fields that belong to a process, and are None in another one."""


class UnknownTypeError(ValueError):
    """A type that this release does not have, or not as a part of states."""


class Types:
    """The types of objects by name: all structures and enumerations of some modules."""

    def __init__(self, modules: Iterable[str]) -> None:
        self.by_name: dict[str, type] = {}
        for module in modules:
            for name, found in vars(import_module(module)).items():
                is_own = isinstance(found, type) and found.__module__ == module
                if (
                    is_own
                    and issubclass(found, Struct | Enum)
                    and self.by_name.setdefault(name, found) != found
                ):
                    raise ValueError(f"two types are named {name}")

    def plain(self, value: Any, keep: Callable[[Array], int]) -> Json:
        """A value as plain data; ``keep`` takes an array, and gives its number."""
        if value is None or (isinstance(value, bool | int | str) and not isinstance(value, Enum)):
            return value
        if isinstance(value, float) and not isinstance(value, np.generic):
            return value if math.isfinite(value) else {KIND: "float", "of": repr(value)}
        if isinstance(value, Decimal):
            return {KIND: "decimal", "of": str(value)}
        if isinstance(value, np.ndarray):
            return {KIND: "array", "at": keep(value)}
        if isinstance(value, np.generic):
            return {KIND: "scalar", "at": keep(np.asarray(value))}
        if isinstance(value, tuple):
            return [self.plain(part, keep) for part in value]
        if isinstance(value, list):
            return {KIND: "list", "of": [self.plain(part, keep) for part in value]}
        if isinstance(value, frozenset):
            return {KIND: "set", "of": [self.plain(part, keep) for part in sorted(value)]}
        if isinstance(value, Mapping):
            return {KIND: "map", "of": {key: self.plain(part, keep) for key, part in value.items()}}
        if isinstance(value, Task):
            return {KIND: "task", "of": value.name}
        if isinstance(value, Struct | Enum):
            return self._object(value, keep)
        raise UnknownTypeError(f"{type(value).__name__} is no part of a state")

    def _object(self, value: Struct | Enum, keep: Callable[[Array], int]) -> JsonObject:
        name = type(value).__name__
        if self.by_name.get(name) is not type(value):
            raise UnknownTypeError(f"{name} is no part of a state")
        if isinstance(value, Enum):
            return {KIND: name, "of": value.value}
        fields = {key: part for key, part in asdict(value).items() if key not in UNSTORED}
        return {KIND: name, **{key: self.plain(part, keep) for key, part in fields.items()}}

    def value(self, data: Json, arrays: Sequence[Array]) -> Any:
        """Inverse of ``plain``. Raises a ``KeyError``, ``TypeError`` or ``ValueError`` for other data."""
        if isinstance(data, list):
            return tuple(self.value(part, arrays) for part in data)
        if not isinstance(data, dict):
            return data
        kind, of = data[KIND], data.get("of")
        if kind == "array":
            return arrays[_number(data)]
        if kind == "scalar":
            return arrays[_number(data)][()]
        if kind == "float" and isinstance(of, str):
            return float(of)
        if kind == "decimal" and isinstance(of, str):
            return _decimal(of)
        if kind == "list" and isinstance(of, list):
            return [self.value(part, arrays) for part in of]
        if kind == "set" and isinstance(of, list):
            return frozenset(self.value(part, arrays) for part in of)
        if kind == "map" and isinstance(of, dict):
            return {key: self.value(part, arrays) for key, part in of.items()}
        if kind == "task" and isinstance(of, str):
            return TASKS[of]
        found = self.by_name.get(kind) if isinstance(kind, str) else None
        if found is None:
            raise UnknownTypeError(f"{kind!r} is no part of a state")
        if issubclass(found, Enum):
            return found(of)
        return found(**{key: self.value(part, arrays) for key, part in data.items() if key != KIND})


def _decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation:
        raise ValueError(f"{text!r} is not a number") from None


def _number(data: JsonObject) -> int:
    at = data["at"]
    if not isinstance(at, int) or at < 0:
        raise ValueError(f"{at!r} is not the number of an array")
    return at
