from __future__ import annotations

from pathlib import Path

import pytest
import sklearn.metrics as sk

from support.command_line import Cli
from support.task_files import GUESS, REAL, write_columns


def test_quantiles(cli: Cli, tmp_path: Path) -> None:
    spread = {f"q_{level}": GUESS + step for level, step in ((0.1, -1.5), (0.5, 0.1), (0.9, 1.5))}
    path = write_columns(tmp_path, {"y_true": REAL, **spread})
    result = cli("score", path, "-f", "json")
    found = {name: score["value"] for name, score in result.json["metrics"].items()}
    for level in (0.1, 0.5, 0.9):
        expected = sk.mean_pinball_loss(REAL, spread[f"q_{level}"], alpha=level)
        assert found[f"pinball@{level}"] == pytest.approx(expected, rel=1e-12)
    inside = (spread["q_0.1"] <= REAL) & (spread["q_0.9"] >= REAL)
    assert found["interval_coverage@0.8"] == inside.mean()
    assert result.json["metrics"]["interval_coverage@0.8"]["interval_method"] == "wilson"
    assert found["interval_width@0.8"] == pytest.approx(3.0)
    # the median is the predicted value
    assert found["mae"] == pytest.approx(sk.mean_absolute_error(REAL, spread["q_0.5"]), rel=1e-12)
    wrong = cli("score", path, "-m", "pinball@0.3")
    assert wrong.code == 2
    assert "a level between 0 and 1 with a quantile column" in wrong.err
