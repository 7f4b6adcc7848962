"""Infinite logits and log-probabilities that have a meaning: scored as very large ones are, or left out."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.command_line import Cli

RNG = np.random.default_rng(3)
N = 200
LARGE = 1e6
"""A finite logit whose exponential is 0 or infinite."""


def logits(k: int, y: np.ndarray) -> np.ndarray:
    """Logits of which some are infinite on the right side, so that every loss is finite."""
    scores = RNG.normal(size=(N, k)) + np.eye(k)[y]
    for row in range(0, N, 7):
        wrong = (y[row] + 1) % k
        scores[row, wrong] = -np.inf
        if row % 3 == 0:
            scores[row, y[row]] = np.inf
    return scores


def values(cli: Cli, path: Path, *arguments: object) -> dict[str, Any]:
    report = cli("score", path, "-m", "all", "--no-intervals", *arguments, "-f", "json")
    assert report.code == 0, report
    return {name: score["value"] for name, score in report.json["metrics"].items()}


def assert_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert one.keys() == other.keys()
    for name, value in one.items():
        if value is None or other[name] is None:
            assert value is other[name] is None, name
        else:
            assert math.isclose(value, other[name], rel_tol=1e-9, abs_tol=1e-9), name


@pytest.mark.parametrize("k", [1, 2, 4])
def test_infinite_logits_are_certain(k: int, cli: Cli, tmp_path: Path) -> None:
    classes = max(k, 2)
    y = RNG.integers(0, classes, N)
    scores = logits(classes, y)
    if k == 1:
        with np.errstate(invalid="ignore"):
            scores = scores[:, 1] - scores[:, 0]
    finite = np.clip(scores, -LARGE, LARGE)
    if k > 1:  # certain of one class, whatever the others
        certain = np.isposinf(scores).any(axis=1)
        finite[certain] = np.where(np.isposinf(scores[certain]), 0.0, -LARGE)
    np.savez(tmp_path / "a.npz", label=y, logits=scores)
    np.savez(tmp_path / "b.npz", label=y, logits=finite)
    one, other = values(cli, tmp_path / "a.npz"), values(cli, tmp_path / "b.npz")
    for unbounded in ("calibration_slope", "calibration_intercept"):
        one.pop(unbounded, None), other.pop(unbounded, None)
    assert_alike(one, other)


def test_infinite_logits_of_labels(cli: Cli, tmp_path: Path) -> None:
    y = (RNG.random((N, 3)) < 0.4).astype(int)
    scores = RNG.normal(size=(N, 3)) + 2 * y - 1
    scores[::5] = np.where(y[::5], np.inf, -np.inf)
    np.savez(tmp_path / "a.npz", labels=y, logits=scores)
    np.savez(tmp_path / "b.npz", labels=y, logits=np.clip(scores, -LARGE, LARGE))
    told = ("--task", "multilabel")
    assert_alike(values(cli, tmp_path / "a.npz", *told), values(cli, tmp_path / "b.npz", *told))


@pytest.mark.parametrize(
    ("row", "usable"),
    [
        ([-np.inf, 0.0, 1.0], True),
        ([-np.inf, -np.inf, 1.0], True),
        ([np.inf, 0.0, -np.inf], True),
        ([-np.inf, -np.inf, -np.inf], False),
        ([np.inf, np.inf, 0.0], False),
        ([np.nan, 0.0, 1.0], False),
    ],
)
def test_rows_without_a_meaning_are_refused(row: list[float], usable: bool, cli: Cli, tmp_path: Path) -> None:
    y = np.arange(20) % 3
    scores = RNG.normal(size=(20, 3)) * 3
    scores[4] = row
    np.savez(tmp_path / "p.npz", label=y, logits=scores)
    assert cli("score", tmp_path / "p.npz").code == (0 if usable else 2)
    dropped = cli("score", tmp_path / "p.npz", "--missing", "drop", "-f", "json").json["input"]["rows"]
    assert dropped["scored"] == (20 if usable else 19)
