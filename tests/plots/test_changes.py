from __future__ import annotations

from pathlib import Path

import evalcli
from support.comparing import two_models, written
from support.drawing import data, drawn, ticks


def test_gains_are_to_the_right(tmp_path: Path) -> None:
    y, old, new = two_models(gain=0.8)
    labels, *models = written(tmp_path, y, old, new)
    found = evalcli.compare(*models, labels=labels, metrics=["accuracy", "log_loss"])
    assert [row["metric"] for row in data("changes", found)] == ["accuracy", "log_loss"]
    axes = drawn("changes", found)
    assert ticks(axes) == ["accuracy", "log_loss (−)"]
    assert "rows broken" in axes.get_title()
    points = [
        line.get_xdata()[0] for line in axes.lines if line.get_marker() == "o" and len(line.get_xdata())
    ]
    assert len(points) >= 2 and all(point > 0 for point in points[:2])
    assert list(found.plot) == ["changes", "flips"]
