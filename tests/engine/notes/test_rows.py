from __future__ import annotations

from pathlib import Path

import numpy as np

from support.command_line import Cli
from support.inspecting import saved_table
from support.noting import N, classes, honest, notes


def test_few_rows_behind_the_weights(cli: Cli, tmp_path: Path) -> None:
    y, p = honest(2)
    weight = np.where(np.arange(N) < 5, 1e6, 1.0)
    found = notes(cli, tmp_path, {**classes(y, p), "w": weight}, "--weight-col", "w")
    kish = weight.sum() ** 2 / (weight**2).sum()
    assert f"effective sample size is {kish:,.1f} for 4,000 weighted rows" in found["few-effective-rows"]


def test_ids_are_looked_at_where_there_are_some(cli: Cli, tmp_path: Path) -> None:
    rows = "".join(f"{j % 30},{j % 2},{0.1 + 0.8 * (j % 2)}\n" for j in range(40))
    path = saved_table(tmp_path, "id,label,prob\n" + rows)
    found = cli("score", path, "--fail-on", "duplicate-ids")
    assert found.code == 1
    assert "10 rows repeat the id of an earlier row (id): they count again in every metric" in found.err
    without = saved_table(tmp_path, "label,prob\n" + "1,0.9\n0,0.2\n" * 20, "q.csv")
    result = cli("score", without, "--fail-on", "duplicate-ids")
    assert (result.code, "there is no id column" in result.err) == (3, True)


def test_scores_that_no_metric_reads_are_not_called_complete(cli: Cli, tmp_path: Path) -> None:
    path = saved_table(tmp_path, "label,pred,prob\n" + "1,1,\n0,0,0.2\n" * 20)
    result = cli("score", path, "-m", "accuracy", "--fail-on", "missing-scores")
    assert (result.code, "so they were not read" in result.err) == (3, True)
