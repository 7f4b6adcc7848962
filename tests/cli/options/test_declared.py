from __future__ import annotations

from typing import Any

import pytest

from evalcli.cli.commands import COMMANDS
from evalcli.cli.direct import function_of
from evalcli.cli.group import group_of

OF_TYPER: dict[str, Any] = group_of().commands
SAME = ("name", "param_type_name", "metavar", "multiple", "nargs", "required", "is_eager")


@pytest.mark.parametrize("command", [name for name, facts in COMMANDS.items() if not facts.forwards])
def test_parameters_are_those_that_typer_makes(command: str) -> None:
    """Help and completion are typer's: what they offer is what is read."""
    own = function_of(command).parameters
    assert [one.name for one in own] == [*(one.name for one in OF_TYPER[command].params), "help"]
    for mine, typers in zip(own, OF_TYPER[command].params, strict=False):
        assert [getattr(mine, name) for name in SAME] == [getattr(typers, name) for name in SAME], mine
        assert mine.default == (typers.default or mine.default)
        if mine.param_type_name == "option":
            assert list(mine.opts) == typers.opts
            assert list(mine.secondary_opts) == typers.secondary_opts
            assert mine.is_flag == typers.is_flag
            assert (mine.callback is None) == (typers.callback is None)
