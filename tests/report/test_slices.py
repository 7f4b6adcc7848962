"""Slices are what scoring their rows alone would be; rules on each, and on what is sure."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from support.command_line import Cli
from support.slices import rules, write_rows


def test_slices_are_told_apart_whatever_their_values(cli: Cli, tmp_path: Path) -> None:
    """Values that look like a class, like no value, or like another combination."""
    values = ["x:0", "(no value)", None, "a,s=b", "@each", "a"]
    y = np.arange(600) % 2
    s = [values[j // 2 % 6] for j in range(600)]
    wrong = np.array([value is None for value in s])
    path = write_rows(tmp_path, {"label": y, "pred": np.where(wrong, 1 - y, y), "s": s})
    arguments = ("score", path, "--by", "s", "--fail-under", "accuracy@each=0.5", "-f", "json")
    result = cli(*arguments, "-o", tmp_path / "r.json")
    found = {rule["slice"]["s"]: rule["verdict"] for rule in result.json["gate"]["rules"]}
    assert found == {value: "fail" if value is None else "pass" for value in values}
    assert len({rule["metric"] for rule in result.json["gate"]["rules"]}) == 6
    assert cli("show", tmp_path / "r.json").code == 1
    drop = ("--baseline", tmp_path / "r.json", "--max-drop", "accuracy@each=0.01")
    assert {verdict for _, verdict in rules(cli(*arguments[:4], *drop, "-f", "json"))} == {"pass"}
