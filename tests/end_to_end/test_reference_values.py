"""The real files in fixtures/ against the reference values that stand in their README."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evalcli.inputs.options import Options
from support.paths import FIXTURES
from support.scoring import values

pytestmark = pytest.mark.long

CIFAR10 = {
    "accuracy": 0.9294,
    "f1_macro": 0.9294905407457268,
    "precision_macro": 0.92977859461491,
    "mcc": 0.9215771104722705,
    "cohen_kappa": 0.9215555555555556,
    "top_k_accuracy@2": 0.9776,
    "top_k_accuracy@3": 0.9899,
    "top_k_accuracy@5": 0.9974,
}
CIFAR10_NORMALISED = {
    "roc_auc_ovr_macro": 0.9964491444444444,
    "roc_auc_ovr_micro": 0.9969083744444442,
    "average_precision_macro": 0.9776666464310549,
}
CIFAR10_EIGHT_DIGITS = {"log_loss": 0.24917124, "brier": 0.10995174, "ece": 0.03258846}
IMDB = {
    "accuracy": 0.89576,
    "f1": 0.8961007894107328,
    "precision": 0.8931807343824512,
    "recall": 0.89904,
    "mcc": 0.7915370315272339,
    "roc_auc": 0.9580490751999999,
    "roc_auc@0.1": 0.85482848,
    "average_precision": 0.9549013124767887,
}
GOVERNORS = {"mae": 2.454880708053593, "rmse": 3.3284956846837845, "r2": 0.973622003903837}
WORLD_CUP = {
    "subset_accuracy": 0.7047101449275363,
    "hamming_loss": 0.07880434782608696,
    "f1_micro": 0.8354143019296254,
    "f1_macro": 0.5873047658522603,
    "f1_samples": 0.5610349091327352,
    "roc_auc_macro": 0.9697201440698388,
}
WNBA = {
    "accuracy": 0.6577777777777778,
    "f1": 0.7326388888888888,
    "roc_auc": 0.7084593347127168,
    "brier": 0.2179314089584541,
    "log_loss": 0.6242906157363766,
}


def cifar10_options(probabilities: Path, *metrics: str) -> Options:
    folder = FIXTURES / "cifar10"
    return Options(
        str(probabilities),
        labels=str(folder / "labels.npy"),
        classes=tuple((folder / "classes.txt").read_text().split()),
        metrics=metrics,
    )


def test_cifar10() -> None:
    options = cifar10_options(FIXTURES / "cifar10" / "probabilities.npy", *CIFAR10, *CIFAR10_EIGHT_DIGITS)
    found = values(options)
    assert {name: found[name] for name in CIFAR10} == pytest.approx(CIFAR10, rel=1e-12)
    eight = {name: round(found[name] or 0, 8) for name in CIFAR10_EIGHT_DIGITS}
    assert eight == CIFAR10_EIGHT_DIGITS


def test_cifar10_normalised(tmp_path: Path) -> None:
    """The rows sum to 1 within 3e-7; dividing by their sums moves a few pairs in the ranking."""
    p = np.load(FIXTURES / "cifar10" / "probabilities.npy")
    np.save(tmp_path / "normalised.npy", p / p.sum(axis=1, keepdims=True))
    found = values(cifar10_options(tmp_path / "normalised.npy", *CIFAR10_NORMALISED))
    assert found == pytest.approx(CIFAR10_NORMALISED, rel=1e-12)


def test_imdb() -> None:
    folder = FIXTURES / "imdb"
    found = values(
        Options(str(folder / "probabilities.npy"), labels=str(folder / "labels.npy"), metrics=tuple(IMDB))
    )
    assert found == pytest.approx(IMDB, rel=1e-12)


def test_wnba() -> None:
    found = values(
        Options(
            str(FIXTURES / "wnba" / "games.csv"),
            label_col="prob1_outcome",
            score_cols=("prob1",),
            metrics=tuple(WNBA),
        )
    )
    assert found == pytest.approx(WNBA, rel=1e-12)


def test_governors() -> None:
    found = values(
        Options(
            str(FIXTURES / "governors" / "final_forecasts.csv"),
            label_col="actual_voteshare",
            pred_col="projected_voteshare",
            metrics=tuple(GOVERNORS),
        )
    )
    assert found == pytest.approx(GOVERNORS, rel=1e-12)


def test_world_cup() -> None:
    found = values(
        Options(
            str(FIXTURES / "world_cup" / "advancement.csv"),
            score_cols=("sixteen", "quarter", "semi", "cup", "win"),
            metrics=tuple(WORLD_CUP),
        )
    )
    assert found == pytest.approx(WORLD_CUP, rel=1e-12)
