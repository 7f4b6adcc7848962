from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli
from support.inspecting import good, saved_table


def test_the_table(cli: Cli, tmp_path: Path) -> None:
    y, p = good(3, 100)
    labels = pd.DataFrame({"id": np.arange(100), "label": np.array(["cat", "dog", "hen"])[y]})
    table = pd.DataFrame(p, columns=["prob_cat", "prob_dog", "prob_hen"]).assign(
        id=np.arange(100), split="test"
    )
    table.loc[3, "prob_cat"] = np.nan
    result = cli("inspect", saved_table(tmp_path, table), "-l", saved_table(tmp_path, labels, "y.csv"))
    assert result.code == 2
    lines = [" ".join(line.split()) for line in result.out.splitlines()]
    for line in (
        f"predictions {tmp_path}/p.csv CSV with commas 100",
        f"labels {tmp_path}/y.csv CSV with commas 100",
        "predictions split text test",
        "predictions id int64 0, 1, 2, 3, 4 and 95 more id",
        "labels label text hen, dog, cat truth",
        "task multiclass, 3 classes: cat, dog, hen",
        "scores probabilities: values in [0, 1], rows sum to 1",
        "rows matched by id: id",
        "rows: 4",
        "try: --missing drop to drop and count such rows",
        "not scorable as it is",
    ):
        assert line in lines, result.out
    assert any(
        line.startswith("predictions prob_cat float64 ") and line.endswith(" 1 scores") for line in lines
    )


def test_lines_end_where_a_terminal_does(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = [f"a name of a class that is long, {j}" for j in range(6)]
    table = pd.DataFrame({"label": names * 5, "pred": names * 5})
    path = saved_table(tmp_path, table)
    assert max(map(len, cli("inspect", path).out.splitlines())) > 180
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "110")
    lines = cli("inspect", path).out.split("\n\n", 1)[1].splitlines()
    assert max(map(len, lines)) <= 110
    assert any("…" in line for line in lines)
