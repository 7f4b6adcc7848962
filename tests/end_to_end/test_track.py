"""A real run: every epoch against scikit-learn."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss

from support.command_line import Cli
from support.paths import FIXTURES

RUN = FIXTURES / "epochs"


def test_every_epoch_is_scikit_learns(cli: Cli, tmp_path: Path) -> None:
    words = (f"{RUN}/{{split}}/epoch-{{epoch}}.parquet", "--labels", f"{RUN}/{{split}}/labels.parquet")
    found = cli("track", *words, "--history", tmp_path / "h.jsonl", "--format", "json").json
    assert len(found["epochs"]) == 40
    for epoch in found["epochs"]:
        folder = RUN / epoch["split"]
        y = pq.read_table(folder / "labels.parquet")["label"].to_numpy()
        table = pq.read_table(folder / f"epoch-{epoch['epoch']:02d}.parquet")
        p = np.column_stack([column.to_numpy() for column in table.columns]).astype(np.float64)
        predicted, metrics = p.argmax(axis=1), epoch["metrics"]
        assert metrics["accuracy"]["value"] == pytest.approx(accuracy_score(y, predicted))
        assert metrics["f1_macro"]["value"] == pytest.approx(f1_score(y, predicted, average="macro"))
        p /= p.sum(axis=1, keepdims=True)
        assert metrics["log_loss"]["value"] == pytest.approx(log_loss(y, p, labels=range(10)), rel=1e-4)
    best = found["best"]
    assert best["epoch"] == 6 and best["take"] < 6 and 6 < found["overfits"] <= 20
    assert 0.005 < best["optimism"] < 0.03
