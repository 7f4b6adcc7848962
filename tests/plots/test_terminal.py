from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import evalcli
from evalcli.errors import UsageError
from evalcli.plots.terminal import charts
from evalcli.writers.history import read_history
from support import training
from support.command_line import Cli, assert_refused
from support.drawing import report


@pytest.mark.parametrize(
    ("task", "titles"),
    [
        ("binary", ["ROC", "precision by recall", "reliability"]),
        ("multiclass", ["ROC", "precision by recall", "reliability"]),
        ("multilabel", ["ROC", "precision by recall"]),
        ("regression", ["errors"]),
    ],
)
def test_charts_of_each_task_at_any_width(task: str, titles: list[str]) -> None:
    for width in (30, 80, 200, None):
        found = list(charts(report(task), width, False))
        assert len(found) == len(titles)
        assert all(title in chart for title, chart in zip(titles, found, strict=True))
        assert all("\x1b" not in chart for chart in found)
        if width is not None:
            assert max(len(line) for chart in found for line in chart.splitlines()[2:]) <= max(width, 40)


def test_below_the_table_and_nowhere_else(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("label,prob\n" + "0,0.2\n1,0.7\n1,0.4\n0,0.6\n" * 20)
    out = cli("score", path, "--charts").out
    assert out.index("roc_auc") < out.index("ROC: recall")
    stored = tmp_path / "r.json"
    assert cli("score", path, "-o", stored).code == 0
    assert "ROC: recall" in cli("show", stored, "--charts").out
    assert cli("score", path, "--charts", "-f", "json").code == 2
    assert_refused(cli("score", path, "--charts", "--curves", "none"), "--curves")


def test_without_curves_or_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no curves"):
        list(charts(report(curves="none"), 80, False))
    monkeypatch.setitem(__import__("sys").modules, "uniplot", None)
    with pytest.raises(UsageError, match="not installed"):
        list(charts(report(), 80, False))


def test_a_run_has_a_chart_of_each_metric(cli: Cli, tmp_path: Path) -> None:
    folder = training.written(tmp_path, epochs=4)
    given = training.words(folder)
    plain = cli(*given, "--charts")
    for title in ("f1_macro by epoch of train", "f1_macro by epoch of val", "log_loss by epoch of val"):
        assert title in plain.out
    assert "f1_macro by epoch of val" in cli("show", folder / "history.jsonl", "--charts").out
    history = read_history(str(folder / "history.jsonl"))
    coloured = list(charts(history, 80, True))
    assert len(coloured) == 2 and all("train" in chart and "val" in chart for chart in coloured)
    assert_refused(cli(*given, "--charts", "-f", "csv"), "--charts are printed below tables")


def test_values_that_never_change_are_drawn(tmp_path: Path) -> None:
    folder = training.written(tmp_path, epochs=2, rows=50)
    for epoch in (1, 2):
        np.save(folder / "val" / f"epoch-{epoch}.npy", np.eye(3)[np.load(folder / "val" / "y.npy")])
    history = evalcli.track(
        f"{folder}/val/epoch-{{epoch}}.npy", f"{folder}/val/y.npy", metrics=["accuracy"], best="accuracy"
    )
    (chart,) = charts(history, 80, False)
    assert "accuracy by epoch" in chart
