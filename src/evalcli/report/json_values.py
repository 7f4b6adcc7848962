"""Plain JSON: its types, and the parts that stored results are made from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Json: TypeAlias = "None | bool | int | float | str | list[Json] | dict[str, Json]"
JsonObject: TypeAlias = "dict[str, Json]"


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
