from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.engine.logged import FROM_LOG, logged
from evalcli.errors import InputError, UsageError
from support.command_line import Cli, assert_refused

KERAS = (
    "epoch,accuracy,loss,val_accuracy,val_loss\n0,0.5,1.2,0.55,1.1\n1,0.7,0.8,0.72,0.75\n2,0.8,0.5,0.7,0.8\n"
)


@pytest.fixture
def log(tmp_path: Path) -> str:
    (tmp_path / "log.csv").write_text(KERAS)
    return str(tmp_path / "log.csv")


def test_the_best_is_a_maximum_or_a_minimum_without_an_interval(log: str) -> None:
    found = logged(log, None, None)
    assert found.best is not None and (found.best.metric, found.best.epoch) == ("accuracy", 1)
    assert found.best.interval is None and found.best.optimism is None and found.best.alike == (1,)
    assert found.shown == ("accuracy", "loss") and found.splits == ("train", "val")
    by_loss = logged(log, "loss", "val")
    assert by_loss.best is not None and (by_loss.best.epoch, by_loss.best.value) == (1, 0.75)
    assert logged(log, "loss", "train").best.epoch == 2  # type: ignore[union-attr]
    score = found.epochs[0].metrics["accuracy"]
    assert score.interval_reason == FROM_LOG and any(FROM_LOG in note for note in found.notes)


def test_what_a_log_has_not_is_refused(log: str, tmp_path: Path, cli: Cli) -> None:
    with pytest.raises(UsageError, match="not in the log"):
        logged(log, "f1", None)
    with pytest.raises(UsageError, match="no split"):
        logged(log, None, "test")
    (tmp_path / "t.csv").write_text("epoch,val_temperature\n1,3\n")
    with pytest.raises(UsageError, match="higher or lower"):
        logged(str(tmp_path / "t.csv"), "temperature", None)
    assert logged(str(tmp_path / "t.csv"), None, None).best is None
    assert_refused(cli("track", log, "--labels", "y.csv"), "a log has values", "--labels")
    assert_refused(cli("track", tmp_path / "none.csv"), "cannot be read")


def test_the_command_shows_and_draws_it(log: str, tmp_path: Path, cli: Cli) -> None:
    result = cli("track", log, "-o", tmp_path / "c.png", "-o", tmp_path / "c.csv")
    assert result.code == 0 and "best: epoch 1, accuracy 0.7200 on val" in result.err
    assert (tmp_path / "c.png").exists() and (tmp_path / "c.csv").read_text().count("\n") == 13
    assert not list(tmp_path.glob("*.jsonl")), "the log is the history"


def test_values_that_are_not_finite_are_said(tmp_path: Path) -> None:
    path = tmp_path / "log.csv"
    path.write_text("epoch,loss,val_loss\n0,1.0,1.1\n1,nan,0.9\n2,inf,NaN\n3,,0.8\n")
    notes = logged(str(path), None, None).notes
    assert "loss of train is not finite at epoch 1, 2: the run diverged" in notes
    assert "loss of val is not finite at epoch 2: the run diverged" in notes


def test_predictions_are_no_log(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    path.write_text("epoch,label,score\n0,1,0.5\n0,0,0.25\n1,1,0.75\n")
    with pytest.raises(InputError, match="the file has labels") as raised:
        logged(str(path), None, None)
    assert "--epoch-col epoch" in str(raised.value.hint)
