from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import sklearn.metrics as sk

from support.command_line import Cli
from support.paths import FIXTURES
from support.task_files import SETS, P, named, write_columns
from support.threshold_files import PROBABILITIES, write_scores


def test_thresholds_of_labels(cli: Cli, tmp_path: Path) -> None:
    path = write_columns(tmp_path, {**named(P), **named(SETS, after="_outcome")})
    one = cli("score", path, "--threshold", "0.3", "--only", "f1_micro")
    assert float(one.out) == pytest.approx(sk.f1_score(SETS, P >= 0.3, average="micro"), rel=1e-12)
    each = cli("score", path, "--threshold", "cat=0.3,owl=0.8", "-f", "json", "-m", "f1_micro")
    said = np.where(np.arange(3) == 1, P > 0.5, np.array([0.3, 0.5, 0.8]) <= P)
    value = each.json["metrics"]["f1_micro"]["value"]
    assert value == pytest.approx(sk.f1_score(SETS, said, average="micro"), rel=1e-12)
    assert each.json["input"]["roles"]["threshold"] == {"cat": 0.3, "owl": 0.8}
    shown = cli("score", path, "--threshold", "cat=0.3,owl=0.8")
    assert "thresholds cat 0.3, owl 0.8" in shown.out
    for wrong, word in (("cow=0.3", "no label 'cow'"), ("cat=x", "not a finite number")):
        refused = cli("score", path, "--threshold", wrong)
        assert refused.code == 2
        assert word in refused.err


def test_thresholds_of_other_data(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    cli("threshold", write_scores(tmp_path, PROBABILITIES), "-o", file)
    result = cli("score", write_scores(tmp_path, PROBABILITIES), "--positive", "0", "--threshold", f"@{file}")
    assert result.code == 2
    assert "was chosen on different data" in result.err
    result = cli("score", FIXTURES / "world_cup" / "advancement.csv", "--threshold", f"@{file}")
    assert "was chosen on different data" in result.err
