from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from support.command_line import Cli
from support.inspecting import N, finding, frame, good, saved_table


def test_many_columns_are_one_line(cli: Cli, tmp_path: Path) -> None:
    y, p = good(100, 3000)
    result = cli("inspect", saved_table(tmp_path, frame(p, y)), "-f", "json")
    (scores,) = [c for c in result.json["columns"] if c["role"] == "scores"]
    assert scores["name"] == "prob_0 … prob_99 (100 columns)"


def test_a_file_that_cannot_be_opened(cli: Cli, tmp_path: Path) -> None:
    result = cli("inspect", tmp_path / "none.csv", "-f", "json")
    assert (result.code, result.json["verdict"]) == (2, "not scorable")
    assert finding(result, "no-file")["level"] == "error"
    assert cli("inspect", tmp_path / "none.csv").out.startswith("error: no such file [no-file]\n")


def test_everything_at_once(cli: Cli, tmp_path: Path) -> None:
    """A question about the scale does not hide what else is wrong."""
    y, p = good()
    p = 100 * p
    p[4, 0] = np.nan
    path = saved_table(tmp_path, frame(p, y, id=np.r_[0, np.arange(N - 1)]))
    result = cli("inspect", path, "-f", "json")
    codes = {f["code"] for f in result.json["findings"]}
    assert {"percentages", "missing-scores", "duplicate-ids"} <= codes


@pytest.mark.parametrize(
    "text",
    [
        "label,prob\n0,\n1,\n",
        "label,prob,sample_weight\n0,0.5,0\n1,0.5,0\n",
        "label,prob_a,prob_b\na,nan,1\nb,nan,0\n",
    ],
)
def test_nothing_to_score(text: str, cli: Cli, tmp_path: Path) -> None:
    result = cli("inspect", saved_table(tmp_path, text))
    assert (result.code, result.err) == (2, "")
