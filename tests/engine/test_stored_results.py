from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import Cli, assert_refused
from support.parts import parts_of, rows, shards


@pytest.fixture
def state(cli: Cli, tmp_path: Path) -> Path:
    states = parts_of(cli, tmp_path, "multiclass", "-m", "default,f1_micro")
    assert cli("merge", *states, "-o", tmp_path / "all.state", "-o", tmp_path / "all.json").code == 0
    return tmp_path / "all.state"


def test_names_that_cannot_be_looked_into(cli: Cli) -> None:
    assert_refused(cli("compare", "a" * 5000, "b.csv"), "no such file")


def test_pictures_of_states(state: Path, cli: Cli, tmp_path: Path) -> None:
    for name in ("confusion", "roc"):
        assert cli("plot", name, state, "-o", tmp_path / "of-state.svg").code == 0
        assert cli("plot", name, state.with_suffix(".json"), "-o", tmp_path / "of-report.svg").code == 0
        assert (tmp_path / "of-state.svg").stat().st_size == (tmp_path / "of-report.svg").stat().st_size
    assert cli("plot", "all", state, "-o", tmp_path / "plots").code == 0


def test_states_stand_for_reports(state: Path, cli: Cli, tmp_path: Path) -> None:
    """Beside each other, and for the power of a gate."""
    (tmp_path / "other").mkdir()
    table = rows("multiclass")
    table["prob_oak"] *= 0.5
    others = shards(cli, tmp_path / "other", table, ("-m", "default,f1_micro", "--scores", "probabilities"))
    assert cli("merge", *others, "-o", tmp_path / "other.state").code == 0
    compared = cli("compare", state, tmp_path / "other.state", "--format", "json")
    assert compared.code == 0, compared.err
    (against,) = compared.json["against"]
    assert against["changes"]["accuracy"]["change"]
    power = cli("power", state, "--rule", "accuracy=0.5", "--format", "json")
    assert power.code == 0, power.err
