from __future__ import annotations

import json

import pytest

from evalcli.report.json_values import unique_keys


def test_keys_are_unique_in_each_object() -> None:
    assert json.loads('{"a": {"b": 1}, "b": [{}]}', object_pairs_hook=unique_keys) == {
        "a": {"b": 1},
        "b": [{}],
    }
    with pytest.raises(ValueError, match="the key 'b' is duplicated"):
        json.loads('{"a": [{"b": 1, "c": 2, "b": 1}]}', object_pairs_hook=unique_keys)
