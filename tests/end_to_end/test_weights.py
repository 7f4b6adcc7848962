"""Rows that count more than once: every metric as if they were repeated, or a reason why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evalcli.metrics import METRICS
from support.command_line import Cli
from support.weighted_files import RNG, ROWS, TASKS, WEIGHT, write_weighted

pytestmark = pytest.mark.long


@pytest.mark.parametrize("task", TASKS)
def test_a_whole_weight_is_a_row_repeated(task: str, cli: Cli, tmp_path: Path) -> None:
    columns, arguments = TASKS[task]
    weighted = write_weighted(tmp_path, {**columns, "w": WEIGHT}, "weighted")
    repeated = write_weighted(
        tmp_path, {name: np.repeat(v, WEIGHT) for name, v in columns.items()}, "repeated"
    )
    one = cli("score", weighted, "--weight-col", "w", *arguments, "-m", "all", "-f", "json").json
    other = cli("score", repeated, *arguments, "-m", "all", "-f", "json").json
    assert one["task"] == other["task"] == task
    for name, score in one["metrics"].items():
        if score["value"] is None:
            metric = METRICS.named(name.split("@")[0])[0]
            assert score["reason"] == "it is not defined for weighted rows"
            assert not metric.weights
            continue
        exact = 1e-7 if name.startswith("calibration_") else 1e-9
        assert score["value"] == pytest.approx(other["metrics"][name]["value"], rel=exact, abs=1e-12), name
        # of few effective rows, of an extreme, or of samples of the rows, which repeated ones are not
        assert score.get("interval_method") != "wilson"
    for name, row in one["per_class"].items():
        assert row["support"] == other["per_class"][name]["support"]


def values(cli: Cli, folder: Path, columns: dict[str, Any], metrics: str, *arguments: str) -> dict[str, Any]:
    path = write_weighted(folder, columns, "v")
    result = cli("score", path, "-m", metrics, *arguments, "-f", "json")
    assert result.code == 0, result.err
    return {name: score["value"] for name, score in result.json["metrics"].items()}


@pytest.mark.unmeasured
@pytest.mark.parametrize("weight", [0.1, 1 / 3, 0.7, 1e-90, 1e90])
@pytest.mark.parametrize("task", TASKS)
def test_equal_weights_are_none(task: str, weight: float, cli: Cli, tmp_path: Path) -> None:
    """Sums of 0.1 are not exact, and shares that have to be reached must still be reached."""
    columns, arguments = TASKS[task]
    plain = values(cli, tmp_path, columns, "all", *arguments)
    weighted = {**columns, "w": np.full(ROWS, weight)}
    found = values(cli, tmp_path, weighted, "all", *arguments, "--weight-col", "w")
    for name, value in found.items():
        if value is not None:
            assert value == pytest.approx(plain[name], rel=1e-7, abs=1e-12), name


@pytest.mark.parametrize("bins", ["7", "50", "100"])
def test_bins_of_equal_mass(bins: str, cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    plain = values(cli, tmp_path, columns, "ace", "--bins", bins)
    weighted = {**columns, "w": np.ones(ROWS)}
    assert values(cli, tmp_path, weighted, "ace", "--bins", bins, "--weight-col", "w") == pytest.approx(plain)


def test_rows_of_no_weight_are_not_looked_at(cli: Cli, tmp_path: Path) -> None:
    truth, guess, weight = np.array([0.0, 2, 3, np.nan]), np.array([1.0, 2.5, 2, np.inf]), [0, 1, 2, 0]
    columns = {"y_true": truth, "y_pred": guess, "w": weight}
    found = values(
        cli,
        tmp_path,
        columns,
        "mape,max_error,mean_gamma_deviance",
        "--weight-col",
        "w",
        "--task",
        "regression",
    )
    assert found["mape"] == pytest.approx((0.25 + 2 / 3) / 3)
    assert found["max_error"] == 1.0
    assert found["mean_gamma_deviance"] is not None


def test_weights_that_are_far_apart(cli: Cli, tmp_path: Path) -> None:
    from fractions import Fraction

    y, said = RNG.integers(0, 2, ROWS), RNG.integers(0, 2, ROWS)
    weight = np.where(y == 1, 1e-13, 1.0)
    found = values(cli, tmp_path, {"label": y, "pred": said, "w": weight}, "mcc", "--weight-col", "w")
    cells = {(a, b): Fraction(0) for a in (0, 1) for b in (0, 1)}
    for a, b, w in zip(y.tolist(), said.tolist(), weight.tolist(), strict=True):
        cells[a, b] += Fraction(w)
    tn, fp, fn, tp = (cells[key] for key in ((0, 0), (0, 1), (1, 0), (1, 1)))
    square = float((tp * tn - fp * fn) ** 2 / ((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)))
    assert abs(found["mcc"]) == pytest.approx(square**0.5, rel=1e-9)
