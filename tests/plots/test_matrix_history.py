from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import evalcli
from evalcli.plots.kinds import KINDS, draw, lacking
from evalcli.plots.matrix_history import MOST, epochs_of
from support.drawing import data
from support.training import LABELS, PATTERN, written


def _tracked(folder: Path) -> evalcli.History:
    return evalcli.track(f"{folder}/{PATTERN}", f"{folder}/{LABELS}")


def test_the_first_the_best_and_the_last_epoch_are_there(tmp_path: Path) -> None:
    history = _tracked(written(tmp_path, epochs=25, rows=200, drift=0.05))
    shown = [epoch.epoch for epoch in epochs_of(history)]
    assert history.best is not None
    assert len(shown) == MOST and shown[0] == 1 and shown[-1] == 25 and history.best.epoch in shown
    figure = draw(KINDS["matrix_history"], history)
    titles = [axes.get_title() for axes in figure.axes]
    assert titles[0].startswith("epoch 1") and f"epoch {history.best.epoch}, best" in titles


def test_cells_are_the_counts(tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2, rows=150)
    rows = data("matrix_history", _tracked(folder), of="2")
    y, p = np.load(folder / "val" / "y.npy"), np.load(folder / "val" / "epoch-2.npy").argmax(axis=1)
    for row in rows:
        assert row["rows"] == np.sum((y == int(row["truth"])) & (p == int(row["predicted"])))
        assert row["share"] == pytest.approx(row["rows"] / np.sum(y == int(row["truth"])))
    assert len(rows) == 9


def test_very_many_classes_have_none(tmp_path: Path) -> None:
    history = _tracked(written(tmp_path, epochs=2, rows=900, k=41))
    why = lacking(KINDS["matrix_history"], history)
    assert why == "the run has no confusion matrices: histories have those of up to 40 classes"
    assert list(history.plot) == ["history", "class_history"]
