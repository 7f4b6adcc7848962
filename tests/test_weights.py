"""Rows that count more than once: every metric as if they were repeated, or a reason why not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import Result
from evalcli.metrics import METRICS

Cli = Callable[..., Result]
N = 150
RNG = np.random.default_rng(4)
WEIGHT = RNG.integers(0, 4, N)
Y = RNG.integers(0, 3, N)
P = np.round(RNG.dirichlet([1, 1, 1], N), 3)
P[:, 0] += 1 - P.sum(axis=1)
SETS = RNG.random((N, 3)) < 0.4
REAL = np.round(RNG.gamma(2.0, size=N) + 0.1, 2)
GUESS = np.round(REAL * RNG.gamma(9.0, 1 / 9, N) + 0.01, 2)

TASKS: dict[str, tuple[dict[str, Any], list[str]]] = {
    "binary": ({"label": Y > 0, "p_True": P[:, 1] + P[:, 2]}, []),
    "multiclass": ({"label": Y, **{f"p_{j}": P[:, j] for j in range(3)}}, []),
    "multilabel": (
        {**{f"y_{j}": SETS[:, j] for j in range(3)}, **{f"p_{j}": P[:, j] for j in range(3)}},
        ["--label-cols", "y_*", "--task", "multilabel"],
    ),
    "regression": ({"y_true": REAL, "y_pred": GUESS, "q_0.1": GUESS / 2, "q_0.9": GUESS * 2}, []),
}


def write(folder: Path, columns: dict[str, Any], stem: str) -> Path:
    path = folder / f"{stem}.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=40)
    return path


@pytest.mark.parametrize("task", TASKS)
def test_a_whole_weight_is_a_row_repeated(task: str, cli: Cli, tmp_path: Path) -> None:
    columns, arguments = TASKS[task]
    weighted = write(tmp_path, {**columns, "w": WEIGHT}, "weighted")
    repeated = write(tmp_path, {name: np.repeat(v, WEIGHT) for name, v in columns.items()}, "repeated")
    one = cli("score", weighted, "--weight-col", "w", *arguments, "-m", "all", "-f", "json").json
    other = cli("score", repeated, *arguments, "-m", "all", "-f", "json").json
    assert one["task"] == other["task"] == task
    for name, score in one["metrics"].items():
        if score["value"] is None:
            metric = METRICS[name.split("@")[0]]
            assert score["reason"] == "it has no agreed meaning for weighted rows"
            assert not metric.weights
            continue
        exact = 1e-7 if name.startswith("calibration_") else 1e-9
        assert score["value"] == pytest.approx(other["metrics"][name]["value"], rel=exact, abs=1e-12), name
        # of few effective rows, of an extreme, or of samples of the rows, which repeated ones are not
        assert score.get("interval_method") != "wilson"
    for name, row in one["per_class"].items():
        assert row["support"] == other["per_class"][name]["support"]


def test_the_effective_number_of_rows(cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    path = write(tmp_path, {**columns, "w": WEIGHT}, "p")
    result = cli("score", path, "--weight-col", "w", "-f", "json")
    kish = WEIGHT.sum() ** 2 / (WEIGHT**2).sum()
    assert result.json["input"]["rows"]["effective"] == pytest.approx(kish, rel=1e-12)
    assert result.json["input"]["roles"]["weight"] == "w"
    assert result.json["metrics"]["accuracy"]["interval_method"] == "row-bootstrap"
    assert f"weighted by w (effective {kish:,.1f})" in cli("score", path, "--weight-col", "w").out


def test_weights_beside_the_labels(cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    p = write(tmp_path, {"p_True": columns["p_True"]}, "p")
    y = write(tmp_path, {"label": columns["label"], "w": WEIGHT}, "y")
    both = write(tmp_path, {**columns, "w": WEIGHT}, "both")
    apart = cli("score", p, "-l", y, "--weight-col", "w", "--only", "log_loss")
    assert apart.out == cli("score", both, "--weight-col", "w", "--only", "log_loss").out


def test_a_column_of_weights_is_found_and_said(cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    path = write(tmp_path, {**columns, "sample_weight": WEIGHT}, "p")
    found = cli("score", path)
    assert "weighted by sample_weight" in found.out
    assert found.out == cli("score", path, "--weight-col", "sample_weight").out
    assert "weighted" not in cli("score", path, "--unweighted").out
    both = cli("score", path, "--unweighted", "--weight-col", "sample_weight")
    assert (both.code, "contradict" in both.err) == (2, True)


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (np.where(np.arange(N) == 7, -1.0, 1.0), ["a weight is negative or infinite", "row 8", "-1"]),
        (np.where(np.arange(N) == 7, np.inf, 1.0), ["a weight is negative or infinite", "inf"]),
        (np.where(np.arange(N) == 7, np.nan, 1.0), ["1 with no weight", "--missing drop"]),
        (np.zeros(N), ["all weights are 0"]),
        (["heavy"] * N, ["the column of weights does not hold numbers"]),
    ],
)
def test_weights_that_are_none(weight: Any, words: list[str], cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    result = cli("score", write(tmp_path, {**columns, "w": weight}, "p"), "--weight-col", "w")
    assert result.code == 2
    for word in words:
        assert word in result.err


def test_a_misspelled_column_of_weights(cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    path = write(tmp_path, {**columns, "weight": WEIGHT}, "p")
    assert "did you mean --weight-col weight?" in cli("score", path, "--weight-col", "wieght").err
    refused = cli("score", path, "--weight-col", "weight", "--explain-batches", 10)
    assert "no meaning for weighted rows" in refused.err


def values(cli: Cli, folder: Path, columns: dict[str, Any], metrics: str, *arguments: str) -> dict[str, Any]:
    path = write(folder, columns, "v")
    result = cli("score", path, "-m", metrics, *arguments, "-f", "json")
    assert result.code == 0, result.err
    return {name: score["value"] for name, score in result.json["metrics"].items()}


@pytest.mark.parametrize("weight", [0.1, 1 / 3, 0.7, 1e-90, 1e90])
@pytest.mark.parametrize("task", TASKS)
def test_equal_weights_are_none(task: str, weight: float, cli: Cli, tmp_path: Path) -> None:
    """Sums of 0.1 are not exact, and shares that have to be reached must still be reached."""
    columns, arguments = TASKS[task]
    plain = values(cli, tmp_path, columns, "all", *arguments)
    weighted = {**columns, "w": np.full(N, weight)}
    found = values(cli, tmp_path, weighted, "all", *arguments, "--weight-col", "w")
    for name, value in found.items():
        if value is not None:
            assert value == pytest.approx(plain[name], rel=1e-7, abs=1e-12), name


@pytest.mark.parametrize("bins", ["7", "50", "100"])
def test_bins_of_equal_mass(bins: str, cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    plain = values(cli, tmp_path, columns, "ace", "--bins", bins)
    weighted = {**columns, "w": np.ones(N)}
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

    y, said = RNG.integers(0, 2, N), RNG.integers(0, 2, N)
    weight = np.where(y == 1, 1e-13, 1.0)
    found = values(cli, tmp_path, {"label": y, "pred": said, "w": weight}, "mcc", "--weight-col", "w")
    cells = {(a, b): Fraction(0) for a in (0, 1) for b in (0, 1)}
    for a, b, w in zip(y.tolist(), said.tolist(), weight.tolist(), strict=True):
        cells[a, b] += Fraction(w)
    tn, fp, fn, tp = (cells[key] for key in ((0, 0), (0, 1), (1, 0), (1, 1)))
    square = float((tp * tn - fp * fn) ** 2 / ((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn)))
    assert abs(found["mcc"]) == pytest.approx(square**0.5, rel=1e-9)


def test_weights_that_cannot_be_squared(cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    for weight in (1e-170, 1e160):
        path = write(tmp_path, {**columns, "w": np.full(N, weight)}, "p")
        result = cli("score", path, "--weight-col", "w")
        assert result.code == 2
        assert "multiply all of them by one number" in result.err
        assert "p.parquet, column w, row 1" in result.err
