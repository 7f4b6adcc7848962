from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.engine.epoch_gate import epoch_at
from evalcli.errors import UsageError
from evalcli.report.history import Best, Epoch, History
from support.command_line import Cli, assert_refused
from support.training import words, written


def test_epochs_by_name_and_number() -> None:
    epochs = tuple(Epoch(n, "val", {}, (), {}, "1") for n in (1, 2, 3))
    best = Best("f1", "higher", "val", 2, 0.7, None, (1, 2), 1, True)
    history = History("1", (), "run", epochs, ("f1",), best)
    assert [epoch_at(history, at, "val") for at in ("best", "take", "last", "3")] == [2, 1, 3, 3]
    for at in ("9", "first", "-1", "1.0"):
        with pytest.raises(UsageError, match="not an epoch"):
            epoch_at(history, at, "val")


@pytest.mark.parametrize(("limit", "code", "word"), [(0.1, 0, "passed"), (0.99, 1, "failed")])
def test_rules_judge_an_epoch_as_score_does(
    cli: Cli, tmp_path: Path, limit: float, code: int, word: str
) -> None:
    folder = written(tmp_path, epochs=3)
    for at in ("best", "last", "1"):
        result = cli(*words(folder), "--fail-under", f"accuracy={limit}", "--at", at)
        assert result.code == code
        (line,) = [line for line in result.err.splitlines() if word in line]
        number = {"last": 3, "1": 1}.get(at) or int(line.split(":")[0].removeprefix("epoch "))
        scored = cli(
            "score", folder / "val" / f"epoch-{number}.npy", "--labels", folder / "val" / "y.npy",
            "--fail-under", f"accuracy={limit}",
        )  # fmt: skip
        assert line == f"epoch {number}: " + next(x for x in scored.err.splitlines() if word in x)
    sure = cli(*words(folder), "--fail-under", "accuracy=0.6", "--on", "decided", "--at", "1")
    assert sure.code in (0, 1, 3)


def test_what_says_how_to_judge_needs_rules(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2)
    assert_refused(cli(*words(folder), "--at", "last"), "--at is for rules")
    assert_refused(cli(*words(folder), "--on", "lower"), "--on is for rules")
    assert_refused(cli(*words(folder), "--fail-under", "ff=1"), "ff")
    assert cli(*words(folder), "--fail-under", "accuracy=0.1", "--at", "7").code == 2
