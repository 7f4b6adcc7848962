from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import evalcli
from evalcli.plots.kinds import KINDS, draw
from support.command_line import Cli, assert_refused
from support.drawing import data, texts
from support.training import LABELS, PATTERN, words, written


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> evalcli.History:
    folder = written(tmp_path_factory.mktemp("run"), epochs=6, rows=900, drift=0.5)
    return evalcli.track(f"{folder}/{PATTERN}", f"{folder}/{LABELS}")


def test_a_line_for_each_split_and_a_chart_for_each_metric(run: evalcli.History) -> None:
    left, right = draw(KINDS["history"], run).axes
    assert (left.get_ylabel(), right.get_ylabel()) == ("f1_macro", "log_loss")
    for axes in (left, right):
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["train", "val"]
        line = next(line for line in axes.lines if line.get_label() == "val")
        known = dict(run.values(axes.get_ylabel(), "val"))
        assert line.get_xdata().tolist() == list(known)
        assert line.get_ydata().tolist() == pytest.approx([score.value for score in known.values()])
    assert run.best is not None and f"best {run.best.epoch}" in left.get_title()
    assert len(left.patches) == len(run.best.alike) and not right.patches
    assert run.overfits is not None and f"overfits from {run.overfits}" in right.get_title()
    assert not texts(left)


def test_rows_are_every_value_with_its_interval(run: evalcli.History) -> None:
    rows = data("history", run)
    assert len(rows) == 2 * 2 * 6 and len(run.plot.history.frame()) == len(rows)
    assert all(row["low"] < row["value"] < row["high"] for row in rows)
    assert list(run.plot) == ["history", "class_history", "matrix_history"]


def test_curves_are_written_by_track_and_from_the_stored_history(cli: Cli, tmp_path: Path) -> None:
    from PIL import Image

    folder = written(tmp_path, epochs=3)
    for name in ("c.png", "c.svg", "c.vl.json"):
        assert cli(*words(folder), "-o", tmp_path / name).code == 0 and (tmp_path / name).exists()
    assert np.asarray(Image.open(tmp_path / "c.png").convert("L")).std() > 5
    stored = tmp_path / "history.jsonl"
    assert cli("plot", "history", stored, "-o", tmp_path / "d.svg").code == 0
    assert (tmp_path / "d.svg").read_text().count("f1_macro") >= 2
    assert_refused(cli("plot", "history", tmp_path / "none.jsonl", "-o", tmp_path / "e.png"), "no history")
    refused = assert_refused(cli("plot", "roc", stored, "-o", tmp_path / "e.png"), "this is a training run")
    assert "class_history" in refused
    assert cli("plot", "all", stored, "-o", f"{tmp_path}/all/").code == 0
    assert sorted(path.stem for path in (tmp_path / "all").iterdir()) == [
        "class_history",
        "history",
        "matrix_history",
    ]
    assert cli(*words(folder), "--plots", tmp_path / "more").code == 0
    assert len(list((tmp_path / "more").iterdir())) == 3


def test_metrics_are_chosen_by_name(cli: Cli, tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=3)
    assert cli(*words(folder)).code == 0
    stored, out = tmp_path / "history.jsonl", tmp_path / "c.vl.json"
    given = ["plot", "history", stored, "-o", out, "--metrics"]
    assert cli(*given, "accuracy,ece").code == 0
    values = json.loads(out.read_text())["data"]["values"]
    assert {row["metric"] for row in values} == {"accuracy", "ece"} and len(values) == 2 * 2 * 3
    assert "--metrics accuracy" in assert_refused(cli(*given, "acuracy"), "not in the history")
    given[1] = "class_history"
    assert cli(*given, "recall").code == 0
    assert_refused(cli(*given, "recall,f1"), "one metric of classes")
    given[1] = "matrix_history"
    assert_refused(cli(*given, "recall"), "has no metrics")
    assert_refused(cli(*given[:-1], "--sort", "cluster"), "--sort is for")
