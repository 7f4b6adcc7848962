from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalcli.engine.score import score
from evalcli.inputs.fingerprint import fingerprint as digest_of
from evalcli.inputs.open import open_inputs
from evalcli.inputs.options import Options
from evalcli.inputs.targets.target import find_target
from support.matching import index as index_of


def truth(task: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    rng = np.random.default_rng(0)
    n = 60
    ids = rng.permutation(n) * 10_007 + 5
    if task == "regression":
        y = rng.normal(size=n)
        return pd.DataFrame({"id": ids, "label": y}), pd.DataFrame({"id": ids, "prediction": y + 0.1})
    if task == "multilabel":
        y = rng.integers(0, 2, (n, 3))
        labels = pd.DataFrame({"id": ids, **{f"y_{j}": y[:, j] for j in range(3)}})
        return labels, pd.DataFrame({"id": ids, **{f"prob_{j}": rng.random(n) for j in range(3)}})
    y = rng.integers(0, 3, n)
    p = rng.dirichlet([1, 1, 1], n)
    return (
        pd.DataFrame({"id": ids, "label": np.array(["a", "b", "c"])[y]}),
        pd.DataFrame({"id": ids, **{f"prob_{c}": p[:, j] for j, c in enumerate("abc")}}),
    )


def fingerprint(
    labels: pd.DataFrame, predictions: pd.DataFrame, folder: Path, suffix: str, **more: Any
) -> str:
    paths = folder / f"y.{suffix}", folder / f"p.{suffix}"
    for table, path in zip((labels, predictions), paths, strict=True):
        table.to_csv(path, index=False) if suffix == "csv" else table.to_parquet(path)
    found = score(Options(str(paths[1]), labels=str(paths[0]), hashes=True, **more)).input.fingerprint
    assert found is not None
    return found


@pytest.mark.parametrize("task", ["multiclass", "multilabel", "regression"])
@pytest.mark.parametrize("named", [True, False])
def test_the_fingerprint_is_of_the_labels_alone(task: str, named: bool, tmp_path: Path) -> None:
    labels, predictions = truth(task)
    if named:
        labels["id"] = predictions["id"] = "r" + labels["id"].astype(str)
    first = fingerprint(labels, predictions, tmp_path, "csv")
    assert fingerprint(labels, predictions, tmp_path, "parquet") == first
    # by id in any order
    assert fingerprint(labels.sample(frac=1, random_state=1), predictions, tmp_path, "csv") == first
    # other predictions
    moved = predictions.assign(**{c: predictions[c].to_numpy()[::-1] for c in predictions.columns[1:]})
    assert fingerprint(labels, moved, tmp_path, "csv") == first
    # by order, it is that of the rows in order
    bare = labels.drop(columns="id"), predictions.drop(columns="id")
    by_order = fingerprint(*bare, tmp_path, "csv")
    assert by_order != first
    assert fingerprint(bare[0].iloc[::-1], bare[1], tmp_path, "csv") != by_order
    # one label or one id more or less
    other = labels.copy()
    column = other.columns[-1]
    other.loc[3, column] = {"multiclass": "a" if other.loc[3, column] != "a" else "b"}.get(
        task, 1 - other.loc[3, column] if task != "multiclass" else None
    )
    assert fingerprint(other, predictions, tmp_path, "csv") != first
    short = labels.iloc[1:], predictions.iloc[1:]
    assert fingerprint(*short, tmp_path, "csv") != first


def test_the_order_of_classes_is_another_matter(tmp_path: Path) -> None:
    labels, predictions = truth("multiclass")
    turned = predictions[["id", "prob_c", "prob_a", "prob_b"]]
    assert fingerprint(labels, turned, tmp_path, "csv") == fingerprint(labels, predictions, tmp_path, "csv")


def test_ids_whose_hashes_tie(tmp_path: Path) -> None:
    """Whatever the hash does, the order of the rows does not matter."""
    labels, predictions = truth("multiclass")
    labels["id"] = predictions["id"] = "r" + labels["id"].astype(str)
    predictions.to_parquet(tmp_path / "p.parquet")

    def digest(table: pd.DataFrame) -> str:
        table.to_parquet(tmp_path / "y.parquet")
        options = Options(str(tmp_path / "p.parquet"), labels=str(tmp_path / "y.parquet"))
        target = find_target(open_inputs(options), options)
        index = index_of(list(table["id"]), hashes=lambda keys: np.zeros(len(keys), np.uint64))
        return digest_of(target, index)

    assert digest(labels) == digest(labels.sample(frac=1, random_state=2))
