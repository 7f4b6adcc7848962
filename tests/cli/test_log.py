from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.cli.log import Log, log_of, targets_of
from evalcli.cli.options.log import LogOptions
from evalcli.errors import EvalcliError, UsageError
from evalcli.sinks.open import Target
from support.command_line import Cli, assert_refused
from support.training import written


def test_a_step_is_for_a_tracker() -> None:
    assert log_of(LogOptions()) == Log()
    assert log_of(LogOptions(["tensorboard:a", "tensorboard:a"], 3)) == Log((Target("tensorboard", "a"),), 3)
    with pytest.raises(UsageError, match="--log-step is for --log"):
        log_of(LogOptions(None, 3))
    with pytest.raises(UsageError, match="negative"):
        log_of(LogOptions(["mlflow"], -1))
    with pytest.raises(EvalcliError, match="invalid value"):
        targets_of(["mlflow", "mlflov"])


def test_errors_come_before_any_work(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=1)
    given = ["score", folder / "val" / "epoch-1.npy", "--labels", folder / "val" / "y.npy"]
    assert "--log tensorboard" in assert_refused(cli(*given, "--log", "tensorbord:x"), "invalid value")
    assert_refused(cli(*given, "--log", "tensorboard"), "where?")
    assert_refused(cli(*given, "--log-step", "3"), "--log-step is for --log")
    assert_refused(cli(*given, "--log", "tensorboard:x", "--curves", "none"), "pictures need the curves")


def test_a_tracker_that_fails_leaves_the_report(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=1)
    (tmp_path / "file").write_text("")
    given = ["score", folder / "val" / "epoch-1.npy", "--labels", folder / "val" / "y.npy"]
    result = cli(*given, "--log", f"tensorboard:{tmp_path / 'file' / 'x'}", "--only", "accuracy")
    assert result.code == 2 and "could not be logged" in result.err and float(result.out)
