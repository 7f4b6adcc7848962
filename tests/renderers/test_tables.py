from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from support.command_line import Cli


def test_many_classes_show_the_worst_first(cli: Cli, tmp_path: Path) -> None:
    k = 25
    y = np.repeat(np.arange(k), 20)
    wrong = np.tile(np.arange(20), k) < y % 7
    np.save(tmp_path / "h.npy", np.where(wrong, (y + 1) % k, y))
    np.save(tmp_path / "y.npy", y)
    out = cli("score", tmp_path / "h.npy", "-l", tmp_path / "y.npy").out
    assert "the 20 worst of 25 classes by f1" in out
    assert "confusion matrix" not in out
    rows = [line.split() for line in out.split("class ")[1].splitlines()[2:]]
    f1 = [float(row[8]) for row in rows]  # after support, precision and recall, with their intervals
    assert len(f1) == 20
    assert f1 == sorted(f1)


def test_an_undefined_metric_says_why(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,p\n1,0.25\n1,0.5\n")
    out = cli("score", tmp_path / "p.csv").out
    assert re.search(r"^roc_auc +— +undefined: the labels hold no row of '1', or no other$", out, re.M)


def test_a_narrow_terminal_shows_fewer_columns(
    cli: Cli, sliced: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    for width, columns in ((60, 0), (200, 4)):
        monkeypatch.setenv("COLUMNS", str(width))
        out = cli("score", sliced, "--by", "s", "-m", "accuracy,recall,f1,mcc,precision").out
        line = next(line for line in out.splitlines() if "from all" in line)
        found = [name for name in ("recall", "accuracy", "mcc", "precision") if name in line]
        assert len(found) == columns


def test_excluded_and_absent_classes_are_told_apart(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(
        "label,prob_a,prob_b,prob_O,prob_x\n" + "a,1,0,0,0\nb,0,1,0,0\nO,0,0,1,0\n"
    )
    common = ("score", tmp_path / "p.csv", "-m", "f1_macro")
    assert re.search(r"^f1_macro .* without 1 absent class$", cli(*common).out, re.M)
    excluded = cli(*common, "--exclude-class", "O").out
    assert re.search(r"^f1_macro .* without O and 1 absent class$", excluded, re.M)
