from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from evalcli.engine import room, run
from evalcli.statistics import ranked_rows
from evalcli.statistics.spill import Spill

K = 4


def table(task: str, seed: int = 0) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    n = 300
    if task == "binary":
        return pd.DataFrame({"label": rng.integers(0, 2, n), "score": rng.random(n).round(2)})
    scores = rng.dirichlet(np.ones(K), n).astype(np.float32)
    if task == "multilabel":
        return pd.DataFrame(
            {f"label_{j}": rng.integers(0, 2, n) for j in range(K)}
            | {f"score_{j}": rng.random(n) for j in range(K)}
        )
    if task == "logits":
        scores = np.log(scores) + 3
    return pd.DataFrame({"label": rng.integers(0, K, n)} | {f"score_{j}": scores[:, j] for j in range(K)})


@pytest.mark.parametrize("more", [(), ("-m", "all"), ("--by", "part")])
@pytest.mark.parametrize("task", ["binary", "multiclass", "logits", "multilabel"])
def test_reports_are_the_same_with_a_temporary_file(
    task: str, more: tuple[str, ...], cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = table(task)
    rows["part"] = ["a", "b", "c"] * 100
    rows.to_parquet(tmp_path / "p.parquet", row_group_size=70)
    columns = ["--label-cols", "label_*"] if task == "multilabel" else []
    command = ("score", tmp_path / "p.parquet", *columns, "--score-cols", "score*", *more, "--format", "json")
    monkeypatch.setattr(ranked_rows, "FEW", 0)  # so few rows would stay in memory
    found = []
    for spill in (None, Spill(room=400), Spill(room=400, kept=3000)):
        if spill is not None:
            monkeypatch.setattr(run, "kept", lambda *_, spill=spill: room.Kept(spill=spill))
        report = json.loads(cli(*command).out)
        found.append({name: part for name, part in report.items() if name != "evalcli"})
    assert found[0] == found[1] == found[2]


def test_a_limit_that_is_too_small_tells_what_is_needed(cli: Callable[..., Any], tmp_path: Path) -> None:
    table("binary").to_parquet(tmp_path / "p.parquet")
    refused = cli("score", tmp_path / "p.parquet", "--memory", "1M")
    assert (refused.code, "--memory 1 MiB is too small" in refused.err, "are needed" in refused.err) == (
        2,
        True,
        True,
    )


def test_metrics_that_keep_every_row_are_named(
    cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table("binary").to_parquet(tmp_path / "p.parquet")
    monkeypatch.setattr(room, "resident", lambda: 0)
    monkeypatch.setattr("evalcli.inputs.open.Inputs.rows_known", 10_000_000)
    refused = cli("score", tmp_path / "p.parquet", "-m", "default,calibration_slope", "--memory", "100M")
    assert (refused.code, "calibration_slope keep every row" in refused.err) == (2, True)
    assert "-calibration_slope" in refused.err


@pytest.mark.parametrize("free", [None, 1 << 20])
def test_without_a_limit_nothing_is_refused(
    free: int | None, cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table("multiclass").to_parquet(tmp_path / "p.parquet")
    monkeypatch.setattr(room, "available", lambda: free)
    assert cli("score", tmp_path / "p.parquet").code == 0


def test_a_folder_without_room_is_told(
    cli: Callable[..., Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    table("multiclass").to_parquet(tmp_path / "p.parquet")
    monkeypatch.setattr(run, "kept", lambda *_: room.Kept(spill=Spill(room=400)))
    monkeypatch.setattr(os, "pwrite", full)
    refused = cli("score", tmp_path / "p.parquet")
    assert (refused.code, "has no room for the scores" in refused.err, "TMPDIR" in refused.err) == (
        2,
        True,
        True,
    )
