"""``--per-row`` and ``--errors``: each column against a computation of its own; whole files or none."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow.parquet as pq

from support.command_line import Cli
from support.paths import GAMES

RNG = np.random.default_rng(7)


def test_several_blocks_and_the_worst_first(cli: Cli, tmp_path: Path) -> None:
    n = 300_000
    truth = RNG.integers(0, 2, n)
    p = RNG.random(n, np.float32)
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", truth)
    per_row, errors = tmp_path / "rows.parquet", tmp_path / "errors.parquet"
    common = ("score", tmp_path / "p.npy", "-l", tmp_path / "y.npy")
    assert cli(*common, "--per-row", per_row, "--errors", errors, "-q").code == 0
    whole, wrong = pd.read_parquet(per_row), pd.read_parquet(errors)
    np.testing.assert_array_equal(whole["row"], np.arange(n) + 1)
    assert pq.ParquetFile(per_row).num_row_groups > 1  # written as the rows went by
    expected = whole[~whole["correct"]].sort_values(["loss", "row"], ascending=[False, True])
    pd.testing.assert_frame_equal(wrong, expected.reset_index(drop=True))


def test_rows_on_standard_output(tmp_path: Path) -> None:
    games = (GAMES, "--label-col", "prob1_outcome", "--score-cols", "prob1")
    code = f"import sys; sys.argv[1:] = {[str(x) for x in ('score', *games, '--per-row', '-', '-q')]!r}"
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nfrom evalcli.cli import main\nmain()"],
        capture_output=True,
        check=True,
    )
    lines = done.stdout.decode().splitlines()
    assert lines[0] == "row,truth,predicted,confidence,loss,rank,correct"
    assert len(lines) == 451
    command = [sys.executable, "-m", "evalcli", "score", *games, "--per-row", tmp_path / "rows.csv"]
    assert subprocess.run(command, capture_output=True, check=True).stdout.startswith(bytes(GAMES))
    assert (tmp_path / "rows.csv").read_text() == done.stdout.decode()


def test_no_rows_after_an_error(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,p\n" + "1,0.5\n0,0.1\n" * 100_000 + "1,\n")
    result = cli(
        "score", tmp_path / "p.csv", "--per-row", tmp_path / "r.csv", "--errors", tmp_path / "e.parquet"
    )
    assert result.code == 2
    assert [path.name for path in tmp_path.iterdir()] == ["p.csv"]


def test_a_perfect_model_has_an_empty_table(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,p\n1,0.9\n0,0.1\n")
    for name in ("e.csv", "e.parquet"):
        assert cli("score", tmp_path / "p.csv", "--errors", tmp_path / name).code == 0
    assert (tmp_path / "e.csv").read_text() == "row,truth,predicted,confidence,loss,rank,correct\n"
    assert len(pd.read_parquet(tmp_path / "e.parquet")) == 0
