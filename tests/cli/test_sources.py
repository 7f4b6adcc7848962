from __future__ import annotations

from typing import Annotated, Any

import pytest

from evalcli.cli.group import group_of
from evalcli.cli.sources import kind_of, kinds_of


@pytest.mark.parametrize(
    ("hint", "kind"),
    [(bool | None, bool), (int, int), (float | None, float), (list[str] | None, str), (str, str)],
)
def test_the_type_of_one_value(hint: Any, kind: type) -> None:
    assert kind_of(hint) is kind_of(Annotated[hint, "help"]) is kind


def test_every_option_has_one() -> None:
    commands = group_of().commands
    for name in ("score", "show", "inspect", "threshold"):
        kinds = kinds_of(commands[name])
        assert {option.name for option in commands[name].params} <= set(kinds)
        assert kinds["config"] is str
