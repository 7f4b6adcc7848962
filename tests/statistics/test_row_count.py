from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import Cli
from support.weighted_files import TASKS, WEIGHT, write_weighted


def test_the_effective_number_of_rows(cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    path = write_weighted(tmp_path, {**columns, "w": WEIGHT}, "p")
    result = cli("score", path, "--weight-col", "w", "-f", "json")
    kish = WEIGHT.sum() ** 2 / (WEIGHT**2).sum()
    assert result.json["input"]["rows"]["effective"] == pytest.approx(kish, rel=1e-12)
    assert result.json["input"]["roles"]["weight"] == "w"
    assert result.json["metrics"]["accuracy"]["interval_method"] == "row-bootstrap"
    assert f"weighted by w (effective {kish:,.1f})" in cli("score", path, "--weight-col", "w").out
