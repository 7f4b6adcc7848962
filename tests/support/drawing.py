"""Reports to draw, and what a picture shows."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

import evalcli
from evalcli.plots.kinds import KINDS, Look, draw, rows_of
from evalcli.report.report import Report

RNG = np.random.default_rng(0)


@cache
def report(task: str = "binary", k: int = 3, **more: Any) -> Report:
    """A report with curves."""
    rng, n = np.random.default_rng(k), 600
    given: dict[str, Any] = {"curves": "default", "task": task, **more}
    if task == "regression":
        y = rng.normal(size=n)
        return evalcli.evaluate(y, y + rng.normal(0, 0.5, n), **given)
    if task == "multilabel":
        truth = rng.random((n, 2)) < 0.4
        return evalcli.evaluate(
            truth.astype(int), np.clip(truth * 0.4 + rng.random((n, 2)) * 0.6, 0, 1), **given
        )
    if task == "binary":
        y = (rng.random(n) < 0.35).astype(int)
        p = np.round(1 / (1 + np.exp(-(rng.normal(size=n) + 1.8 * y - 1))), 3)
        return evalcli.evaluate(y, p, by={"region": np.array(["eu", "us"])[np.arange(n) % 2]}, **given)
    c = rng.integers(0, k, n)
    z = rng.normal(size=(n, k)) + 1.5 * np.eye(k)[c]
    return evalcli.evaluate(c, np.exp(z) / np.exp(z).sum(axis=1, keepdims=True), **given)


def drawn(kind: str, source: Any, **look: Any) -> Any:
    """The axes of a picture."""
    return draw(KINDS[kind], source, Look(**look)).axes[0]


def data(kind: str, source: Any, **look: Any) -> list[dict[str, Any]]:
    """The rows of a picture."""
    return rows_of(KINDS[kind], source, Look(**look))


def lines(axes: Any) -> list[tuple[Any, Any]]:
    """The points of each line."""
    return [(np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in axes.lines]


def texts(axes: Any) -> list[str]:
    """What is written within axes."""
    return [text.get_text() for text in axes.texts]


def ticks(axes: Any) -> list[str]:
    """The names at the vertical axis."""
    return [label.get_text() for label in axes.get_yticklabels()]


def area_under(across: Any, up: Any) -> float:
    """Area under straight lines between points."""
    x, y = np.asarray(across, float), np.asarray(up, float)
    return float(np.diff(x) @ (y[1:] + y[:-1])) / 2
