from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import Cli, assert_refused
from support.parts import N, rows


@pytest.fixture
def run(cli: Cli, tmp_path: Path) -> Path:
    """Three epochs, of which each left its predictions and a state."""
    table = rows("binary float32")
    for epoch in (1, 2, 3):
        path = tmp_path / f"epoch-{epoch}.parquet"
        table.assign(score=table["score"] * (1 if epoch == 2 else 0.9**epoch)).to_parquet(path)
        assert cli("score", path, "--unweighted", "--state", path.with_suffix(".state")).code == 0
    return tmp_path


def test_states_of_epochs(run: Path, cli: Cli) -> None:
    found = cli("track", run / "epoch-{epoch}.state", "--best", "f1", "-f", "json")
    assert found.code == 0, found.err
    given = ("--best", "f1", "--unweighted", "--history", run / "other.jsonl", "-f", "json")
    expected = cli("track", run / "epoch-{epoch}.parquet", *given).json
    for one, other in zip(found.json["epochs"], expected["epochs"], strict=True):
        assert one["rows"] == other["rows"] == N
        assert {name: score["value"] for name, score in one["metrics"].items()} == {
            name: score["value"] for name, score in other["metrics"].items()
        }
    assert found.json["best"]["epoch"] == expected["best"]["epoch"]
    assert not found.json["best"]["paired"]
    table = cli("track", run / "epoch-{epoch}.state", "--best", "f1")
    assert "states have no rows to pair" in table.out + table.err
    again = cli("track", run / "epoch-{epoch}.state", "--best", "f1", "-f", "json")
    assert again.json["epochs"] == found.json["epochs"]


def test_options_about_rows(run: Path, cli: Cli) -> None:
    given = ("track", run / "epoch-{epoch}.state")
    assert_refused(cli(*given, "--label-col", "label"), "a state, which --label-col cannot change")
    assert_refused(cli(*given, "--labels", run / "epoch-1.parquet"), "a state, which --labels cannot change")
    other = cli(*given, "--best", "roc_auc", "--confidence", "0.5", "-f", "json")
    assert other.json["best"]["metric"] == "roc_auc"


def test_rules_on_states(run: Path, cli: Cli) -> None:
    given = ("track", run / "epoch-{epoch}.state", "--best", "f1")
    assert cli(*given, "--fail-under", "roc_auc=0.1").code == 0
    assert cli(*given, "--fail-under", "f1=0.999", "--at", "last").code == 1
    refused = cli(*given, "--not-worse", "f1=0.01", "--at", "last")
    assert refused.code == 2
    assert "--not-worse pairs rows, and states have no rows to pair" in refused.err


def test_states_that_were_made_in_other_ways(run: Path, cli: Cli) -> None:
    other = ("--unweighted", "--threshold", "0.3", "--bins", "7", "--state", run / "epoch-3.state")
    assert cli("score", run / "epoch-3.parquet", *other).code == 0
    refused = cli("track", run / "epoch-{epoch}.state")
    assert refused.code == 2
    assert "bins: 15 and 7" in refused.err
    assert "threshold: the default and 0.3" in refused.err


def test_states_without_intervals_are_not_alike(run: Path, cli: Cli) -> None:
    """Nothing says how far apart they would have to be, so the best is the one to take."""
    for epoch in (1, 2, 3):
        path = run / f"epoch-{epoch}.parquet"
        given = ("--unweighted", "--no-intervals", "--state", path.with_suffix(".state"))
        assert cli("score", path, *given).code == 0
    found = cli("track", run / "epoch-{epoch}.state", "--best", "f1", "-f", "json").json
    assert found["best"]["take"] == found["best"]["epoch"]
    assert found["best"]["alike"] == [found["best"]["epoch"]]
