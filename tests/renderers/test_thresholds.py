from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.command_line import Cli
from support.threshold_files import PROBABILITIES, write_scores


def test_the_table(cli: Cli, tmp_path: Path) -> None:
    out = cli("threshold", write_scores(tmp_path, PROBABILITIES), "--cost", "fp=1,fn=5").out
    assert "lowest cost (fp=1, fn=5)" in out
    assert out.count("   selected") == 1
    assert (
        json.loads(cli("threshold", write_scores(tmp_path, PROBABILITIES), "-f", "json").out)["goal"][
            "maximize"
        ]
        == "f1"
    )


def test_a_narrow_terminal_leaves_intervals_out(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    for goal in ((), ("--cost", "fp=1,fn=5")):
        out = cli("threshold", write_scores(tmp_path, PROBABILITIES), *goal).out
        assert max(map(len, out.splitlines()[1:])) <= 80
