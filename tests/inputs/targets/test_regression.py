from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import Cli
from support.questions import RNG, N, put
from support.task_files import GUESS, REAL, write_columns


def test_quantiles_of_whole_numbers(cli: Cli, tmp_path: Path) -> None:
    counts = RNG.poisson(9, N)
    path = put(tmp_path, "p.parquet", {"y": counts, "q_0.1": counts - 3.0, "q_0.9": counts + 3.0})
    result = cli("score", path, "-f", "json")
    assert result.json["task"] == "regression"
    assert result.json["metrics"]["interval_coverage@0.8"]["value"] == 1.0
    assert (
        "1.0000 of the rows fall between q_0.1 and q_0.9; expected 0.8: the intervals are too wide"
        in result.err
    )
    crossed = put(tmp_path, "c.parquet", {"y": counts, "q_0.1": counts + 3.0, "q_0.9": counts - 3.0})
    assert "q_0.1 and q_0.9 are crossed: their mean distance is -6" in cli("score", crossed).err


def test_quantiles_alone_have_no_point(cli: Cli, tmp_path: Path) -> None:
    path = write_columns(tmp_path, {"y_true": REAL, "q_0.1": GUESS - 1, "q_0.9": GUESS + 1})
    asked = cli("score", path, "--only", "mae", "--only", "interval_width@0.8")
    assert asked.out.splitlines()[0] == "null"
    assert float(asked.out.splitlines()[1]) == pytest.approx(2.0)
    assert "the file contains quantiles only" in asked.err
