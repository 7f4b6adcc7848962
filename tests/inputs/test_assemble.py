from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.command_line import Cli
from support.matching import saved_pair
from support.task_files import GUESS, REAL, N, write_columns
from support.weighted_files import ROWS, TASKS, write_weighted


def test_a_row_of_no_weight_and_no_label_is_counted(cli: Cli, tmp_path: Path) -> None:
    files = saved_pair(tmp_path, "id,prob,weight\n1,0.9,1\n2,0.1,1\n9,0.5,0\n", "id,label\n2,0\n1,1\n")
    rows = cli("score", *files, "--on-extra", "drop", "-f", "json").json["input"]["rows"]
    assert (rows["read"], rows["scored"], rows["dropped"]) == (3, 2, {"extra_id": 1})


def test_missing_real_values_are_counted(cli: Cli, tmp_path: Path) -> None:
    holed, guess = REAL.copy(), GUESS.copy()
    holed[3], guess[5] = np.nan, np.inf
    path = write_columns(tmp_path, {"label": holed, "pred": guess})
    refused = cli("score", path)
    assert "row 4" in refused.err
    assert refused.code == 2
    dropped = cli("score", path, "--missing", "drop", "-f", "json").json["input"]["rows"]
    assert dropped["dropped"] == {"missing_label": 1, "missing_scores": 1}
    assert dropped["scored"] == N - 2


@pytest.mark.parametrize(
    ("weight", "words"),
    [
        (np.where(np.arange(ROWS) == 7, -1.0, 1.0), ["a weight is negative or infinite", "row 8", "-1"]),
        (np.where(np.arange(ROWS) == 7, np.inf, 1.0), ["a weight is negative or infinite", "inf"]),
        (np.where(np.arange(ROWS) == 7, np.nan, 1.0), ["1 with no weight", "--missing drop"]),
        (np.zeros(ROWS), ["all weights are 0"]),
        (["heavy"] * ROWS, ["the column of weights does not contain numbers"]),
    ],
)
def test_weights_that_are_none(weight: Any, words: list[str], cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    result = cli("score", write_weighted(tmp_path, {**columns, "w": weight}, "p"), "--weight-col", "w")
    assert result.code == 2
    for word in words:
        assert word in result.err


def test_weights_that_cannot_be_squared(cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    for weight in (1e-170, 1e160):
        path = write_weighted(tmp_path, {**columns, "w": np.full(ROWS, weight)}, "p")
        result = cli("score", path, "--weight-col", "w")
        assert result.code == 2
        assert "multiply all of them by one number" in result.err
        assert "p.parquet, column w, row 1" in result.err
