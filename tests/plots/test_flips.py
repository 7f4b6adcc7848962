from __future__ import annotations

from pathlib import Path

import evalcli
from support.comparing import two_models, written
from support.drawing import data, drawn, ticks


def test_broken_rows_to_the_left_and_fixed_ones_to_the_right(tmp_path: Path) -> None:
    y, old, new = two_models(gain=0.8)
    labels, *models = written(tmp_path, y, old, new)
    found = evalcli.compare(*models, labels=labels, metrics=["accuracy"])
    flips = found.against[0].flips
    assert flips is not None
    rows = data("flips", found)
    assert sum(row["broken"] for row in rows) == flips.broken
    assert sum(row["fixed"] for row in rows) == flips.fixed
    axes = drawn("flips", found)
    assert ticks(axes) == [row["class"] for row in rows]
    widths = [bar.get_width() for bar in axes.patches]
    assert widths == [-row["broken"] for row in rows] + [row["fixed"] for row in rows]
    axes.figure.canvas.draw()
    assert not any("−" in label.get_text() or "-" in label.get_text() for label in axes.get_xticklabels())
