from __future__ import annotations

from pathlib import Path

import pytest

from support.builders import GOOD
from support.command_line import Cli, Save


@pytest.mark.parametrize("option", ["--fail-on", "--only", "-m", "--baseline", "-l", "-o", "--fail-under"])
def test_a_variable_that_is_not_set(option: str, cli: Cli, here: Path, wnba: tuple[object, ...]) -> None:
    result = cli("score", *wnba, option, "")
    assert (result.code, result.out) == (2, "")
    assert "error: " in result.err
    assert cli("score", "").code == 2


def test_metrics_beside_bare_values_are_told(cli: Cli, saved: Save, tmp_path: Path) -> None:
    path = saved("p.csv", GOOD)
    alone = cli("score", path, "--only", "accuracy", "-m", "recall")
    assert (alone.code, len(alone.out.split())) == (0, 1)
    assert "--only skips recall of --metrics" in alone.err
    assert "--only skips" not in cli("score", path, "--only", "accuracy", "-m", "accuracy").err
    both = cli("score", path, "--only", "accuracy", "-m", "recall", "-o", tmp_path / "r.json")
    assert (both.code, "--only skips" in both.err) == (0, False)
    (tmp_path / "evalcli.toml").write_text('metrics = "recall"\n')
    config = cli("score", path, "--only", "accuracy", "--config", tmp_path / "evalcli.toml")
    assert (config.code, "--only skips" in config.err) == (0, False)
