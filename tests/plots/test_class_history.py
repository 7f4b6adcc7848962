from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

import evalcli
from evalcli.plots.kinds import KINDS, draw
from support.drawing import data
from support.training import LABELS, PATTERN, written


@dataclass
class Made:
    history: evalcli.History


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder: Path = written(tmp_path_factory.mktemp("run"), epochs=4, rows=300)
    return Made(evalcli.track(f"{folder}/{PATTERN}", f"{folder}/{LABELS}"))


def test_a_chart_for_each_class_and_a_line_for_each_split(made: Made) -> None:
    figure = draw(KINDS["class_history"], made.history)
    assert [axes.get_title() for axes in figure.axes] == ["0", "1", "2"]
    for axes in figure.axes:
        for split in ("train", "val"):
            line = next(line for line in axes.lines if line.get_label() == split)
            known = [
                epoch.per_class[axes.get_title()].metrics["f1"].value
                for epoch in made.history.epochs
                if epoch.split == split
            ]
            assert line.get_ydata().tolist() == known
    (legend,) = figure.legends
    assert [text.get_text() for text in legend.get_texts()] == ["train", "val"]


def test_rows_are_those_of_the_metric(made: Made) -> None:
    rows = data("class_history", made.history, metric="recall")
    assert len(rows) == 3 * 2 * 4 and {row["metric"] for row in rows} == {"recall"}
    assert len(data("class_history", made.history, of="1")) == 2 * 4


def test_of_many_classes_the_worst_are_drawn(tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2, rows=2000, k=30)
    history = evalcli.track(f"{folder}/{PATTERN}", f"{folder}/{LABELS}")
    figure = draw(KINDS["class_history"], history)
    shown = [axes.get_title() for axes in figure.axes if axes.get_visible()]
    assert len(shown) == 20
    last = history.find(2, "val")
    assert last is not None
    values = {name: row.metrics["f1"].value or 0.0 for name, row in last.per_class.items()}
    assert set(shown) == set(sorted(values, key=values.__getitem__)[:20])
