from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli
from support.drawing import report


def test_figures_at_a_point_are_those_of_its_threshold(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 3000)
    path = tmp_path / "p.csv"
    pd.DataFrame({"label": y, "prob": np.round((rng.random(3000) + y) / 2, 3)}).to_csv(path, index=False)
    assert cli("score", path, "-o", tmp_path / "r.json").code == 0
    (curve,) = json.loads((tmp_path / "r.json").read_text())["curves"]["ranked"]
    assert len(curve["tp"]) <= 504
    known = [at for at, threshold in enumerate(curve["thresholds"]) if threshold is not None]
    for at in known[:: len(known) // 5]:
        found = cli("score", path, "--threshold", curve["thresholds"][at], "-f", "json").json
        (_, fp), (_, tp) = found["confusion_matrix"]["counts"]
        assert (tp, fp) == (curve["tp"][at], curve["fp"][at])


@pytest.mark.parametrize(("task", "k", "limit"), [("binary", 2, 60_000), ("multiclass", 60, 200_000)])
def test_curves_take_little_room(task: str, k: int, limit: int) -> None:
    found = report(task, k)
    assert found.curves is not None
    assert len(json.dumps(found.curves.to_json())) < limit
    assert found.curves.left_out == max(0, k - 40 if task == "multiclass" else 0)


def test_bins_and_residuals_count_every_row() -> None:
    binary, real = report("binary").curves, report("regression").curves
    assert binary is not None and binary.reliability is not None and binary.scores is not None
    assert sum(binary.reliability.count) == sum(binary.scores.count) == 600
    assert real is not None and real.residuals is not None
    assert sum(map(sum, real.residuals.grid)) == 600
    assert list(real.residuals.values) == sorted(real.residuals.values)


def test_only_what_metrics_need_is_kept(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("label,prob\n" + "0,0.2\n1,0.7\n1,0.4\n0,0.6\n" * 20)
    few = cli("score", path, "-m", "accuracy", "-f", "json").json["curves"]
    assert not few["ranked"] and few["reliability"] is None
    every = cli("score", path, "-m", "accuracy", "--curves", "all", "-f", "json").json["curves"]
    assert every["ranked"] and every["reliability"]
    assert "curves" not in cli("score", path, "--curves", "none", "-f", "json").json
    assert cli("score", path, "--curves", "all").code == 2
    assert cli("score", path, "--curves", "some", "-f", "json").code == 2
