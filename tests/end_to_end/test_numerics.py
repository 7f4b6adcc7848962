"""Where floating point gives way: far logits, tiny probabilities, half floats, near values, big counts."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sklearn.metrics as sk

from evalcli.engine.score import score
from evalcli.inputs.options import Options
from support.command_line import Cli, Save
from support.inspecting import saved_table
from support.scoring import scored, values

pytestmark = pytest.mark.long


def test_values_near_the_end_of_numbers(cli: Cli, tmp_path: Path) -> None:
    path = saved_table(tmp_path, "y_true,y_pred\n1e300,1.1e300\n2.5e300,2e300\n1e300,1e300\n")
    assert cli("score", path, "--task", "regression").code == 0


FLOAT32_EPS = 2.0**-23


@pytest.fixture(autouse=True)
def digits() -> Any:
    with mp.workdps(60):
        yield


def softmax(row: Any) -> list[Any]:
    powers = [mp.exp(mp.mpf(float(z))) for z in row]
    return [power / mp.fsum(powers) for power in powers]


@pytest.mark.parametrize("far", [30.0, 800.0, 1e4])
@pytest.mark.parametrize("k", [2, 3, 6])
def test_far_float32_logits(k: int, far: float, saved: Save) -> None:
    rng = np.random.default_rng(int(far) + k)
    logits = (rng.choice([-1.0, -0.5, 0.0, 0.25, 1.0], (40, k)) * far + rng.normal(size=(40, k))).astype("f4")
    truth = rng.integers(0, k, 40)
    found = scored(saved, logits, truth, scores="logits")
    p = [softmax(row) for row in logits]
    losses = [-mp.log(row[y]) for row, y in zip(p, truth, strict=True)]
    assert found["log_loss"] == pytest.approx(float(mp.fsum(losses) / 40), rel=1e-12)
    squares = [
        mp.fsum((row[j] - (j == y)) ** 2 for j in range(k)) / (2 if k == 2 else 1)
        for row, y in zip(p, truth, strict=True)
    ]
    assert found["brier"] == pytest.approx(float(mp.fsum(squares) / 40), rel=1e-9)
    cls = 1
    odds = [mp.log(row[cls]) - mp.log(mp.fsum(row[:cls] + row[cls + 1 :])) for row in p]
    mine = [o for o, y in zip(odds, truth, strict=True) if y == cls]
    others = [o for o, y in zip(odds, truth, strict=True) if y != cls]
    wins = sum((a > b) + (a == b) / 2 for a in mine for b in others)
    asked = scored(saved, logits, truth, "roc_auc:1", scores="logits")["roc_auc:1"]
    assert asked == pytest.approx(wins / (len(mine) * len(others)), abs=1e-12)
    assert all(value is None or math.isfinite(value) for value in found.values())


@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_probabilities_of_nothing_and_all(dtype: str, saved: Save) -> None:
    p = np.array([0.0, 1.0, 1e-30, 1.0, 0.0, 1.0, 0.5], dtype)
    truth = np.array([0, 1, 1, 0, 1, 1, 1])
    found = scored(saved, p, truth)
    eps = np.finfo(dtype).eps
    clipped = np.clip(p.astype("f8"), eps, 1 - eps)
    losses = np.where(truth == 1, -np.log(clipped), -np.log1p(-clipped))
    assert found["log_loss"] == pytest.approx(losses.mean(), rel=1e-9 if dtype == "f8" else 1e-6)
    assert found["log_loss"] == pytest.approx(sk.log_loss(truth, p), rel=1e-9 if dtype == "f8" else 1e-6)
    assert found["roc_auc"] == pytest.approx(sk.roc_auc_score(truth, p), rel=1e-12)
    assert found["brier"] == pytest.approx(np.mean((p.astype("f8") - truth) ** 2), rel=1e-12)


def test_the_smallest_numbers_still_order(saved: Save) -> None:
    """1e-300, a denormal and 0 are three scores."""
    p = np.array([1e-300, 5e-324, 0.0, 2e-300, 1e-310])
    assert scored(saved, p, np.array([1, 1, 0, 1, 0]), "roc_auc")["roc_auc"] == pytest.approx(5 / 6)
    assert scored(saved, p, np.array([1, 0, 0, 1, 1]), "average_precision")["average_precision"] == 1.0


@pytest.mark.parametrize("form", ["npy", "parquet"])
def test_half_floats_are_widened_exactly(form: str, saved: Save, tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    z = rng.normal(size=(500, 4))
    half = (np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)).astype("f2")
    truth = rng.integers(0, 4, 500)
    wide = scored(saved, half.astype("f8"), truth)
    if form == "npy":
        found = scored(saved, half, truth)
    else:
        columns = {f"p_{j}": pa.array(np.ascontiguousarray(half[:, j])) for j in range(4)}
        pq.write_table(pa.table({"label": truth, **columns}), tmp_path / "h.parquet")
        found = values(Options(str(tmp_path / "h.parquet"), metrics=("all",)))
    assert found == pytest.approx(wide, rel=1e-6)
    assert found["accuracy"] == np.mean(half.argmax(axis=1) == truth)


def test_half_floats_are_clipped_at_their_own_resolution(saved: Save) -> None:
    found = scored(saved, np.array([[0.0, 1.0], [1.0, 0.0]], "f2"), np.array([0, 0]), "log_loss")
    assert found["log_loss"] == pytest.approx(-np.log(2.0**-10) / 2 - np.log1p(-(2.0**-10)) / 2, rel=1e-6)


def exactly(truth: Any, predicted: Any) -> dict[str, float]:
    """The moments of two columns, in sixty digits."""
    n = len(truth)
    y, p = ([mp.mpf(float(value)) for value in column] for column in (truth, predicted))
    my, mean = mp.fsum(y) / n, mp.fsum(p) / n
    errors = [b - a for a, b in zip(y, p, strict=True)]
    yy, pp = mp.fsum((a - my) ** 2 for a in y), mp.fsum((b - mean) ** 2 for b in p)
    both = mp.fsum((a - my) * (b - mean) for a, b in zip(y, p, strict=True))
    bias = mp.fsum(errors) / n
    squared = mp.fsum(e * e for e in errors)
    return {
        "mse": float(squared / n),
        "bias": float(bias),
        "r2": float(1 - squared / yy),
        "explained_variance": float(1 - mp.fsum((e - bias) ** 2 for e in errors) / yy),
        "pearson": float(both / mp.sqrt(yy * pp)),
        "concordance": float(2 * both / (yy + pp + n * (my - mean) ** 2)),
    }


@pytest.mark.unmeasured
@pytest.mark.parametrize(("centre", "spread"), [(0.0, 1.0), (1e8, 1.0), (1e8, 1e-3), (-1e8, 1e-3)])
def test_real_values_far_from_zero(centre: float, spread: float, saved: Save) -> None:
    """More than one block, so that states are merged; R² from raw sums would be noise."""
    rng = np.random.default_rng(8)
    y = centre + rng.normal(size=140_000) * spread
    p = y + rng.normal(size=140_000) * spread / 2
    names = ("mse", "bias", "r2", "explained_variance", "pearson", "concordance")
    found = scored(saved, p, y, ",".join(names), task="regression")
    expected = exactly(y, p)
    for name in names:
        assert found[name] == pytest.approx(expected[name], rel=1e-9, abs=1e-14), name


def test_huge_and_tiny_real_values(saved: Save) -> None:
    y = np.array([1e300, -1e300, 1e-300, 3.0])
    p = np.array([1e300, -1e300, 2e-300, 3.0])
    found = scored(saved, p, y, task="regression")
    assert found["mae"] == pytest.approx(2.5e-301)
    assert found["spearman"] == found["kendall"] == 1.0
    assert all(value is None or math.isfinite(value) for value in found.values())


def test_ties_of_logits_whatever_the_order_of_the_classes(saved: Save) -> None:
    """Rows that swap two other classes have the same probability of the first."""
    logits = np.array([[0.0, -2.0, 1.0], [0.0, 1.0, -2.0]])
    assert scored(saved, logits, np.array([0, 1]), "roc_auc:0", scores="logits")["roc_auc:0"] == 0.5
    rng = np.random.default_rng(1)
    z, y = np.round(rng.normal(size=(300, 4)) * 4) / 2, rng.integers(0, 4, 300)
    found = scored(saved, z, y, "roc_auc_ovr_macro", scores="logits")["roc_auc_ovr_macro"]
    odds = [[p[j] / mp.fsum(p[:j] + p[j + 1 :]) for j in range(4)] for p in map(softmax, z)]
    near = mp.mpf(10) ** -40
    areas = []
    for j in range(4):
        mine, others = (
            [row[j] for row, c in zip(odds, y, strict=True) if bool(c == j) is own] for own in (True, False)
        )
        wins = sum(0.5 if abs(a - b) < near * a else float(a > b) for a in mine for b in others)
        areas.append(wins / (len(mine) * len(others)))
    assert found == pytest.approx(np.mean(areas), rel=1e-12)


def test_log_odds_where_exponentials_are_denormal(saved: Save) -> None:
    margins = np.array([700.0, 710.0, 740.01, 744.5, 744.6, 744.7, 800.0])
    logits = np.stack([margins, np.zeros(7), np.zeros(7)], axis=1)
    for cut in range(1, 7):
        y = np.where(np.arange(7) >= cut, 0, 1)
        assert scored(saved, logits, y, "roc_auc:0", scores="logits")["roc_auc:0"] == 1.0


@pytest.mark.parametrize("far", [1e-3, 1e-5, 1e-7, 1e-9])
def test_brier_of_nearly_perfect_probabilities(far: float, saved: Save) -> None:
    p = np.array([[1 - far, far / 2, far / 2], [far / 4, 1 - far, 3 * far / 4]])
    found = scored(saved, p, np.array([0, 1]), "brier")["brier"]
    exact = [[mp.mpf(float(v)) - (i == j) for j, v in enumerate(row)] for i, row in enumerate(p)]
    assert found == pytest.approx(float(mp.fsum(v * v for row in exact for v in row) / 2), rel=1e-12)


def test_one_column_of_log_probabilities(saved: Save) -> None:
    rng = np.random.default_rng(2)
    p, y = rng.random(200), rng.integers(0, 2, 200)
    plain = scored(saved, p, y, "recall,accuracy,roc_auc,log_loss,brier")
    logs = scored(saved, np.log(p), y, "recall,accuracy,roc_auc,log_loss,brier", scores="log-probabilities")
    assert logs == pytest.approx(plain, rel=1e-12)


def test_log_probabilities_of_nothing_and_a_little_above_all(saved: Save) -> None:
    p = np.array([[0.25, 0.75, 0.0], [0.0, 0.5, 0.5], [1.0, 0.0, 0.0]])
    y = np.array([1, 2, 0])
    with np.errstate(divide="ignore"):
        logs = np.log(p)
    assert scored(saved, logs, y) == pytest.approx(scored(saved, p, y), rel=1e-12)  # seen to be logarithms
    above = np.array([[5e-7, -20.0, -20.0], [-20.0, 5e-7, -20.0]], "f4")
    found = scored(saved, above, np.array([0, 1]), scores="log-probabilities")
    assert found["classwise_ece"] == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("k", [255, 256, 257])
@pytest.mark.parametrize("dtype", ["f4", "f8"])
def test_one_against_one_of_many_classes(k: int, dtype: str, saved: Save) -> None:
    rng = np.random.default_rng(k)
    y = rng.permutation(np.arange(2 * k) % k)
    p = rng.random((2 * k, k))
    p = (p / p.sum(axis=1, keepdims=True)).astype(dtype)
    found = scored(saved, p, y, "roc_auc_ovo_macro", intervals=False)["roc_auc_ovo_macro"]
    wins = np.zeros((k, k))
    for a in range(k):
        mine = p[y == a, a]
        for b in range(k):
            wins[a, b] = np.mean(mine[:, None] > p[y == b, a])
    np.fill_diagonal(wins, np.nan)
    assert found == pytest.approx(np.nanmean(wins), rel=1e-12)


@pytest.mark.parametrize("dtype", ["f4", "f8"])
@pytest.mark.parametrize("columns", [1, 2])
def test_a_threshold_means_what_it_says(dtype: str, columns: int, saved: Save) -> None:
    """0.7 of a float32 file is 0.7; the threshold of best_f1 gives that F1, for logits too."""
    p = np.array([0.7, 0.6, 0.7, 0.2, 0.9], dtype)
    both = np.stack([1 - p, p], axis=1) if columns == 2 else p
    y = np.array([1, 1, 1, 0, 1])
    assert scored(saved, both, y, "recall", threshold="0.7")["recall"] == 0.75
    raw = scored(saved, both, y, "recall", threshold="0.7", scores="raw")
    assert raw["recall"] == 0.75
    rng = np.random.default_rng(7)
    z = rng.normal(size=(300, columns)).astype(dtype)
    y = (z[:, -1] + rng.normal(size=300) > 0.5).astype(int)
    options = Options(
        str(saved("z.npy", z)), labels=str(saved("z_y.npy", y)), metrics=("best_f1",), scores="logits"
    )
    best = score(options).metrics["best_f1"]
    again = scored(saved, z, y, "f1", scores="logits", threshold=repr(best.threshold))
    assert again["f1"] == best.value


def test_real_values_whose_squares_are_no_numbers(saved: Save) -> None:
    y = np.array([1e160, 2e160, 4e160])
    big = scored(saved, y * [1.1, 1, 0.9], y, task="regression")
    assert big["pearson"] is big["r2"] is big["mse"] is None
    assert big["mae"] == pytest.approx(5e159 / 3)
    report = score(
        Options(
            str(saved("p.npy", y * 1.1)), labels=str(saved("y.npy", y)), task="regression", metrics=("r2",)
        )
    )
    assert report.metrics["r2"].reason == "overflow"
    tiny = scored(saved, y * [1.1, 1, 0.9] * 1e-330, y * 1e-330, task="regression")
    assert tiny["concordance"] is None
