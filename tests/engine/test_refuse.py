from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused
from support.inspecting import check, frame, good, saved_table
from support.task_files import GUESS, REAL, N, write_columns


@pytest.mark.parametrize("bad", ["nan", "", "inf", "-inf"])
def test_scores_that_are_no_finite_numbers(bad: str, cli: Cli, saved: Save) -> None:
    path = saved("p.csv", GOOD + f"a,{bad},0.5\nb,{bad},0.5\n")
    assert_refused(
        cli("score", path), "2 with a score that is NaN, infinite or empty", "row 3", "--missing drop"
    )
    dropped = cli("score", path, "--missing", "drop", "--format", "json")
    assert dropped.code == 0
    assert dropped.json["input"]["rows"] == {
        "read": 4,
        "scored": 2,
        "dropped": {"missing_scores": 2},
        "labels_without_prediction": 0,
        "groups": None,
        "effective": None,
    }
    assert "2 of 4 rows dropped" in dropped.err


def test_missing_labels(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", GOOD + ",0.5,0.5\n")
    assert_refused(cli("score", path), "1 with no label", "row 3")
    assert cli("score", path, "--missing", "drop").code == 0
    assert_refused(cli("score", saved("n.csv", "label,prob_a,prob_b\n,1,0\n")), "every label is missing")


def test_nothing_left_to_score(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_a,prob_b\na,nan,1\nb,nan,1\n")
    assert_refused(cli("score", path, "--missing", "drop"), "no row is left")


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_scores_that_are_no_numbers(bad: float, cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    p[[4, 9, 30, 31, 32, 33, 34], 1] = bad
    path = saved_table(tmp_path, frame(p, y))
    check(cli, (path,), "missing-scores", "error", ("--missing", "drop"), count=7, rows=[5, 10, 31, 32, 33])
    column = next(c for c in cli("inspect", path, "-f", "json").json["columns"] if c["name"] == "prob_1")
    assert (column["missing"], column["infinite"]) == ((7, 0) if np.isnan(bad) else (0, 7))


def test_nulls_among_the_labels(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    table = frame(p, y).astype({"label": "Int64"})
    table.loc[[1, 8], "label"] = None
    path = saved_table(tmp_path, table, "p.parquet")
    check(cli, (path,), "missing-label", "error", ("--missing", "drop"), count=2, rows=[2, 9])


@pytest.mark.parametrize(
    ("columns", "reason"),
    [
        ({"label": np.full(N, np.nan), "pred": GUESS}, "no row is left"),
        ({"label": REAL[:0], "pred": GUESS[:0]}, "no rows"),
    ],
)
def test_nothing_to_score(columns: dict[str, Any], reason: str, cli: Cli, tmp_path: Path) -> None:
    result = cli("score", write_columns(tmp_path, columns), "--task", "regression", "--missing", "drop")
    assert result.code == 2
    assert reason in result.err
