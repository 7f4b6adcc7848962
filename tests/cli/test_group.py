from __future__ import annotations

from evalcli.cli.commands import COMMANDS
from evalcli.cli.group import group_of


def test_one_command_or_all() -> None:
    assert list(group_of(["show"]).commands) == ["show"]
    assert list(group_of().commands) == list(COMMANDS)


def test_help_is_that_of_the_function() -> None:
    assert group_of(["metrics"]).commands["metrics"].help.startswith("List metrics")
