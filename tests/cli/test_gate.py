from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import Cli


@pytest.mark.parametrize("option", ["--fail-on", "--only", "-m", "--baseline", "-l", "-o", "--fail-under"])
def test_a_variable_that_is_not_set(option: str, cli: Cli, here: Path, wnba: tuple[object, ...]) -> None:
    result = cli("score", *wnba, option, "")
    assert (result.code, result.out) == (2, "")
    assert "error: " in result.err
    assert cli("score", "").code == 2
