"""Plain JSON: its types, and the parts that stored results are made from.

What reads a part raises a ``KeyError`` if it is missing, and a ``TypeError`` if it is of another type.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import NoneType
from typing import TypeAlias, TypeVar

from msgspec import to_builtins

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = "dict[str, Json]"
T = TypeVar("T")
LONGEST_VALUE = 60


class NewerSchema(ValueError):
    """Stored results of a later schema version."""

    def __init__(self, version: int, known: int) -> None:
        super().__init__(f"schema version {version}; this release reads up to {known}")


def unique_keys(pairs: Sequence[tuple[str, Json]]) -> JsonObject:
    """A JSON object; raises a ``ValueError`` if a key is duplicated.

    >>> unique_keys([("f1", 0.1), ("f1", 0.9)])
    Traceback (most recent call last):
    ...
    ValueError: the key 'f1' is duplicated
    """
    found = dict(pairs)
    if len(found) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in found if keys.count(key) > 1)
        raise ValueError(f"the key {twice!r} is duplicated")
    return found


def plain(value: object) -> Json:
    """A struct, or several, as JSON: tuples are lists."""
    built = to_builtins(value)
    if isinstance(built, Mapping):
        return {str(key): plain(item) for key, item in built.items()}
    return [plain(item) for item in built] if isinstance(built, list | tuple) else built


def as_object(value: Json, what: str) -> JsonObject:
    """The value as an object. ``what``: its name in errors."""
    if not isinstance(value, dict):
        raise wrong_type(value, "an object", what)
    return value


def as_list(value: Json, what: str) -> list[Json]:
    """The value as a list. ``what``: its name in errors."""
    if not isinstance(value, list):
        raise wrong_type(value, "a list", what)
    return value


def object_at(data: Mapping[str, Json], key: str) -> JsonObject:
    """The object under a key."""
    return as_object(data[key], key)


def list_at(data: Mapping[str, Json], key: str) -> list[Json]:
    """The list under a key."""
    return as_list(data[key], key)


def objects_at(data: Mapping[str, Json], key: str) -> list[JsonObject]:
    """The list of objects under a key."""
    return [as_object(value, key) for value in list_at(data, key)]


def lists_at(data: Mapping[str, Json], key: str) -> tuple[tuple[Json, ...], ...]:
    """The list of lists under a key."""
    return tuple(tuple(as_list(value, key)) for value in list_at(data, key))


def text_at(data: Mapping[str, Json], key: str) -> str:
    """The text under a key."""
    value = data[key]
    if not isinstance(value, str):
        raise wrong_type(value, "str", key)
    return value


def text_or_none_at(data: Mapping[str, Json], key: str) -> str | None:
    """The text under a key, or None for null."""
    return None if data[key] is None else text_at(data, key)


def number_at(data: Mapping[str, Json], key: str) -> float:
    """The number under a key."""
    value = data[key]
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise wrong_type(value, "float", key)
    return value


def made(kind: Callable[..., T], /, **fields: object) -> T:
    """A part of a stored report. Its fields are checked with all others, by ``require_types``."""
    return kind(**fields)


def wrong_type(value: object, kind: str, what: str) -> TypeError:
    """The error of a value that is not of a kind; a long value is shortened."""
    shown = repr(value)
    shown = shown if len(shown) < LONGEST_VALUE else f"{shown[:LONGEST_VALUE]}…"
    return TypeError(f"{what} is not {kind} but {shown}")


def is_plain(value: object, hint: object) -> bool:
    """Whether a value is of a plain type; numbers have to be finite."""
    if hint is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return hint in (str, int, bool, NoneType) and type(value) is hint
