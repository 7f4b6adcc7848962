"""Thresholds are the best ones by exhaustive search, and score reads them back to the same counts."""

from __future__ import annotations

from pathlib import Path

from support.command_line import Cli
from support.threshold_files import RNG, N, write_scores


def test_what_no_threshold_keeps(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    path = write_scores(tmp_path, RNG.random(N))
    result = cli("threshold", path, "--min-precision", "0.99", "--min-recall", "0.9", "-o", file)
    assert result.code == 1
    assert not file.exists()
    assert "error: no threshold" in result.err
    assert "selected" not in result.out


def test_a_file_that_is_not_written_is_told(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    file.write_text("before")
    result = cli("threshold", write_scores(tmp_path, RNG.random(N)), "--min-precision", "0.999", "-o", file)
    assert result.code == 1
    assert f"{file} was not written" in result.err
    assert file.read_text() == "before"
