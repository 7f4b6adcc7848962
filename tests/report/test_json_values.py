from __future__ import annotations

import json
from collections.abc import Callable, Mapping

import pytest
from msgspec import Struct

from evalcli.report.json_values import (
    Json,
    list_at,
    lists_at,
    made,
    number_at,
    object_at,
    objects_at,
    text_at,
    text_or_none_at,
    unique_keys,
)

DATA: dict[str, Json] = json.loads(
    '{"object": {"a": 1}, "list": ["a", null], "objects": [{"a": 1}, {}], "lists": [[1, 2], []],'
    ' "text": "a", "number": 0.5, "whole": 3, "true": true, "null": null}'
)
READERS: dict[Callable[[Mapping[str, Json], str], object], set[str]] = {
    object_at: {"object"},
    list_at: {"list", "objects", "lists"},
    objects_at: {"objects"},
    lists_at: {"lists"},
    text_at: {"text"},
    text_or_none_at: {"text", "null"},
    number_at: {"number", "whole"},
}


def test_keys_are_unique_in_each_object() -> None:
    assert json.loads('{"a": {"b": 1}, "b": [{}]}', object_pairs_hook=unique_keys) == {
        "a": {"b": 1},
        "b": [{}],
    }
    with pytest.raises(ValueError, match="the key 'b' is duplicated"):
        json.loads('{"a": [{"b": 1, "c": 2, "b": 1}]}', object_pairs_hook=unique_keys)


@pytest.mark.parametrize("reader", READERS)
def test_a_value_of_another_type_is_refused(reader: Callable[[Mapping[str, Json], str], object]) -> None:
    for key, value in DATA.items():
        if key in READERS[reader]:
            assert reader(DATA, key) == (((1, 2), ()) if key == "lists" and reader is lists_at else value)
        else:
            with pytest.raises(TypeError, match=rf"^{key} is not "):
                reader(DATA, key)
    with pytest.raises(KeyError, match="absent"):
        reader(DATA, "absent")


def test_an_error_names_the_kind_and_the_start_of_a_long_value() -> None:
    with pytest.raises(TypeError, match=r"^a is not an object but 'x'$"):
        object_at({"a": "x"}, "a")
    with pytest.raises(TypeError, match=r"^a is not a list but 'x{59}…$"):
        list_at({"a": "x" * 10_000}, "a")


def test_a_part_is_made_of_all_its_fields() -> None:
    class Pair(Struct, frozen=True):
        kind: str
        count: int = 1

    assert made(Pair, **{"kind": "a"}) == Pair("a")
    with pytest.raises(TypeError, match="argument 'more'"):
        made(Pair, kind="a", more=2)
    with pytest.raises(TypeError, match="argument 'kind'"):
        made(Pair)
