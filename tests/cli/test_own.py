from __future__ import annotations

import pytest

from evalcli.cli.own import definitions_by_name, load_plugins
from evalcli.errors import InputError


def test_definitions_as_typed() -> None:
    assert definitions_by_name(None) == {}
    assert definitions_by_name(["a = fn", "b = a/n"])["b"].formula == "a/n"


def test_plugins_as_typed() -> None:
    load_plugins(None)
    with pytest.raises(InputError, match="cannot be read"):
        load_plugins(["none.py"])
