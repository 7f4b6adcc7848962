"""A real run: every epoch against scikit-learn."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import accuracy_score, f1_score, log_loss

from support.command_line import Cli
from support.effort import untraced
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


@pytest.mark.long
@pytest.mark.parametrize("ended", ["epoch", "interrupted"])
def test_a_running_training_is_followed(tmp_path: Path, ended: str) -> None:
    run = tmp_path / "run" / "val"
    run.mkdir(parents=True)
    words = [sys.executable, "-m", "evalcli", "track", f"{tmp_path}/run/{{split}}/epoch-{{epoch}}.parquet"]
    words += ["--labels", f"{RUN}/{{split}}/labels.parquet", "--watch", "--every", "0.1"]
    words += ["--until-epoch", "3"] if ended == "epoch" else []
    with subprocess.Popen(
        words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=untraced()
    ) as child:
        assert child.stderr is not None and child.stdout is not None
        for epoch in (1, 2, 3):
            shutil.copyfile(RUN / "val" / f"epoch-{epoch:02d}.parquet", run / f"epoch-{epoch:02d}.parquet")
            told = child.stderr.readline()
            assert told.startswith(f"epoch {epoch} val: accuracy 0."), told
        if ended == "interrupted":
            child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=60)
        assert child.returncode == (0 if ended == "epoch" else 130), err
    assert ("epoch 3 is there" in err and "best: epoch 3" in err) == (ended == "epoch")
    lines = (tmp_path / "run" / "history.jsonl").read_text().splitlines()
    assert len(lines) == 4 and '"kind":"history"' in lines[-1]
    words = [*words[:3], "show", tmp_path / "run" / "history.jsonl"]
    shown = subprocess.run(words, check=True, capture_output=True, text=True)
    assert shown.stdout == out or ended == "interrupted"
