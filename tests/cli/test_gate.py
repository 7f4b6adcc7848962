from __future__ import annotations

from pathlib import Path

import pytest

from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused


@pytest.mark.parametrize("option", ["--fail-on", "--only", "-m", "--baseline", "-l", "-o", "--fail-under"])
def test_a_variable_that_is_not_set(option: str, cli: Cli, here: Path, wnba: tuple[object, ...]) -> None:
    result = cli("score", *wnba, option, "")
    assert (result.code, result.out) == (2, "")
    assert "error: " in result.err
    assert cli("score", "").code == 2


def test_metrics_beside_bare_values_are_refused(cli: Cli, saved: Save, tmp_path: Path) -> None:
    path = saved("p.csv", GOOD)
    assert_refused(
        cli("score", path, "--only", "f1", "-m", "recall"), "--metrics chooses what a report holds"
    )
    both = cli("score", path, "--only", "accuracy", "-m", "recall", "-o", tmp_path / "r.json")
    assert both.code == 0
    (tmp_path / "evalcli.toml").write_text('metrics = "recall"\n')
    assert cli("score", path, "--only", "accuracy", "--config", tmp_path / "evalcli.toml").code == 0
