"""Small files in every layout of input that options may meet, with columns that options can choose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

N = 90
RNG = np.random.default_rng(15)
Y = RNG.integers(0, 3, N)
B = (Y > 0).astype(int)
LOGITS = RNG.normal(size=(N, 3)) + 1.2 * np.eye(3)[Y]
SHARES = np.exp(LOGITS) / np.exp(LOGITS).sum(axis=1, keepdims=True)
P = 1 / (1 + np.exp(-(RNG.normal(size=N) + 1.5 * B - 0.7)))
REAL = RNG.normal(size=N) * 3
SETS = (RNG.random((N, 3)) < 0.4).astype(int)
WORDS = np.array(["ash", "fir", "oak"])
MORE = {
    "grade": WORDS[RNG.integers(0, 3, N)], "site": np.array(["n", "s"])[RNG.integers(0, 2, N)],
    "user": RNG.integers(0, 25, N), "importance": RNG.random(N) + 0.5,
}  # fmt: skip
"""Columns that an option may name."""


def binary_stored() -> dict[str, Any]:
    return {"label": B, "pred": (P > 0.5).astype(int), "vote": RNG.integers(0, 2, N), **MORE}


def binary_scores() -> dict[str, Any]:
    return {"label": B, "prob": P, "other": RNG.random(N), **MORE}


def binary_both() -> dict[str, Any]:
    return {"label": B, "pred": (P > 0.4).astype(int), "prob": P, "other": RNG.random(N), **MORE}


def binary_words() -> dict[str, Any]:
    return {"label": np.array(["no", "yes"])[B], "prob_no": 1 - P, "prob_yes": P, **MORE}


def multiclass_stored() -> dict[str, Any]:
    return {
        "label": WORDS[Y],
        "pred": WORDS[LOGITS.argmax(axis=1)],
        "vote": WORDS[RNG.integers(0, 3, N)],
        **MORE,
    }


def multiclass_scores() -> dict[str, Any]:
    return {"label": WORDS[Y], **{f"prob_{w}": SHARES[:, j] for j, w in enumerate(WORDS)}, **MORE}


def multiclass_lists() -> dict[str, Any]:
    return {"label": Y, "probs": list(SHARES), "vote": RNG.integers(0, 3, N), **MORE}


def multilabel() -> dict[str, Any]:
    shares = 1 / (1 + np.exp(-(RNG.normal(size=(N, 3)) + 2 * SETS - 1)))
    return {
        **{f"{w}_truth": SETS[:, j] for j, w in enumerate(WORDS)},
        **{w: shares[:, j] for j, w in enumerate(WORDS)},
    }


def regression() -> dict[str, Any]:
    return {"y": REAL, "pred": REAL + RNG.normal(size=N), "vote": RNG.normal(size=N), **MORE}


LAYOUTS: dict[str, tuple[Callable[[], dict[str, Any]], tuple[str, ...]]] = {
    "binary stored": (binary_stored, ("label",)),
    "binary scores": (binary_scores, ("label",)),
    "binary both": (binary_both, ("label",)),
    "binary words": (binary_words, ("label",)),
    "multiclass stored": (multiclass_stored, ("label",)),
    "multiclass scores": (multiclass_scores, ("label",)),
    "multiclass lists": (multiclass_lists, ("label",)),
    "multilabel": (multilabel, tuple(f"{w}_truth" for w in WORDS)),
    "regression": (regression, ("y",)),
}
PLACES = ("inside", "beside", "by id")


def written(layout: str, place: str, folder: Path) -> list[str]:
    """Arguments for files of a layout, the labels inside, or beside by order or by id."""
    make, truth = LAYOUTS[layout]
    table = pd.DataFrame(make())
    form = "parquet" if "lists" in layout else "csv"
    if place == "inside":
        return [str(_saved(table, folder / "p", form))]
    predictions, labels = table.drop(columns=list(truth)), table[list(truth)]
    if place == "by id":
        ids = [f"r{j}" for j in range(len(table))]
        predictions.insert(0, "id", ids)
        labels = labels.assign(id=ids).sample(frac=1, random_state=1)
        if len(truth) == 1:
            labels["region"] = MORE["site"]
    paths = _saved(predictions, folder / "p", form), _saved(labels, folder / "y", "csv")
    return [str(paths[0]), "--labels", str(paths[1])]


def _saved(table: pd.DataFrame, path: Path, form: str) -> Path:
    path = path.with_suffix(f".{form}")
    if form == "csv":
        table.to_csv(path, index=False)
    else:
        table.to_parquet(path, index=False)
    return path
