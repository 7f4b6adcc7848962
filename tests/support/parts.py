"""Tables of every kind of task, cut into parts, and the states that these leave."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli

N = 600
CLASSES = ("ash", "fir", "oak")


def softmax(z: Any) -> Any:
    e = np.exp(z - z.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def rows(kind: str, n: int = N) -> pd.DataFrame:
    rng = np.random.default_rng(len(kind))
    shared = {
        "importance": rng.integers(1, 5, n) / 2,
        "user": rng.integers(0, 60, n),
        "site": rng.choice(["n", "s", "e"], n),
    }
    if kind.startswith("binary"):
        y = rng.integers(0, 2, n)
        z = rng.normal(size=n) + 1.2 * y
        scores = {"binary": 1 / (1 + np.exp(-z)), "binary float32": np.float32(1 / (1 + np.exp(-z)))}
        return pd.DataFrame({"label": y, "score": scores.get(kind, z), **shared})
    if kind.startswith("multiclass"):
        y = rng.choice(3, n, p=[0.2, 0.3, 0.5])
        z = rng.normal(size=(n, 3))
        z[np.arange(n), y] += 1.2
        names = np.array(CLASSES)
        if kind.endswith("classes"):
            return pd.DataFrame({"label": names[y], "prediction": names[z.argmax(axis=1)], **shared})
        scores = z * 3 if kind.endswith("logits") else softmax(z)
        columns = {f"prob_{name}": scores[:, j].astype(np.float32) for j, name in enumerate(CLASSES)}
        if kind.endswith("logits"):
            columns = {name.replace("prob", "logit"): values for name, values in columns.items()}
        return pd.DataFrame({"label": names[y], **columns, **shared})
    if kind.startswith("multilabel"):
        y = (rng.random((n, 3)) < [0.2, 0.4, 0.5]).astype(float)
        p = 1 / (1 + np.exp(-(rng.normal(size=(n, 3)) + 1.5 * y - 0.8)))
        if kind.endswith("gaps"):
            y[rng.random((n, 3)) < 0.1] = np.nan
            y[:, 0] = np.nan_to_num(y[:, 0])
        table = pd.DataFrame({f"{name}_truth": y[:, j] for j, name in enumerate(CLASSES)})
        return table.assign(**{f"prob_{name}": p[:, j] for j, name in enumerate(CLASSES)}, **shared)
    y = rng.gamma(2.0, 3.0, n)
    predicted = y * np.exp(rng.normal(size=n) * 0.2)
    return pd.DataFrame({"y_true": y, "y_pred": predicted, "q_0.1": y - 2, "q_0.9": y + 2, **shared})


KINDS = {
    "binary": ("--task", "binary"),
    "binary float32": (),
    "binary logits": ("--scores", "logits"),
    "multiclass": (),
    "multiclass logits": (),
    "multiclass classes": ("--classes", "ash,fir,oak"),
    "multilabel": ("--label-cols", "*_truth"),
    "multilabel gaps": ("--label-cols", "*_truth", "--missing", "drop"),
    "regression": (),
}
LOOKS = {
    "plain": (),
    "everything": ("--metrics", "all"),
    "weights": ("--weight-col", "importance"),
    "slices": ("--by", "site"),
    "groups": ("--group", "user"),
}
EDGES = (0, 150, 151, 420, N)


def shards(
    cli: Cli, folder: Path, table: pd.DataFrame, options: tuple[str, ...], *, first_row: bool = True
) -> list[Path]:
    """The states of unequal parts."""
    states = []
    for number, (start, end) in enumerate(pairwise(EDGES)):
        path = folder / f"part-{number}.parquet"
        table.iloc[start:end].to_parquet(path)
        at = ("--first-row", str(start)) if first_row else ()
        state = path.with_suffix(".state")
        result = cli("score", path, *options, "--state", state, *at, "--format", "json")
        assert result.code == 0, result.err
        states.append(state)
    return states


def assert_same_figures(found: Any, expected: Any, place: str = "") -> None:
    """Counts and texts are equal, numbers agree to rounding."""
    if isinstance(expected, dict):
        assert set(found) == set(expected), place
        for key, value in expected.items():
            assert_same_figures(found[key], value, f"{place}/{key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), place
        for index, value in enumerate(expected):
            assert_same_figures(found[index], value, f"{place}/{index}")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-12), place
    else:
        assert found == expected, place


def compared(report: dict[str, Any]) -> dict[str, Any]:
    """What a merged report shares with that of one run."""
    names = ("task", "classes", "metrics", "per_class", "confusion_matrix", "slices", "definitions", "curves")
    notes = [(note["code"], note["message"]) for note in report["notes"]]
    return {
        **{name: report.get(name) for name in names},
        "notes": notes,
        "rows": report["input"]["rows"],
        "options": report["input"]["options"],
    }


def parts_of(cli: Cli, folder: Path, kind: str = "multiclass", *options: str) -> list[Path]:
    return shards(cli, folder, rows(kind), (*KINDS[kind], *options))
