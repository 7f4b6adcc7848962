"""Slices are what scoring their rows alone would be; rules on each, and on what is sure."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from support.command_line import Cli
from support.slices import write_rows


def test_the_worst_comes_first_and_is_named(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 4000)
    part = rng.integers(0, 20, 4000)
    wrong = rng.random(4000) < np.where(part == 7, 0.45, 0.1)
    path = write_rows(tmp_path, {"label": y, "pred": np.where(wrong, 1 - y, y), "part": part})
    result = cli("score", path, "-m", "accuracy", "--by", "part", "-f", "json")
    first = result.json["slices"][0]
    assert first["by"] == {"part": "7"}
    values = [part["metrics"]["accuracy"]["value"] for part in result.json["slices"]]
    assert values == sorted(values)
    notes = {note["code"]: note for note in result.json["notes"]}
    assert notes["worst-slices"]["message"].startswith("1 of 20 slices is worse than all rows by accuracy")
    assert "part=7" in notes["worst-slices"]["message"]
    assert cli("score", path, "-m", "accuracy", "--by", "part", "--fail-on", "worst-slices").code == 1


def test_chance_names_no_slice(cli: Cli, tmp_path: Path) -> None:
    """Over 40 files whose 20 slices are alike, about one in twenty may name one."""
    named = 0
    for seed in range(40):
        rng = np.random.default_rng(seed)
        y = rng.integers(0, 2, 2000)
        wrong = rng.random(2000) < 0.2
        path = write_rows(
            tmp_path, {"label": y, "pred": np.where(wrong, 1 - y, y), "part": rng.integers(0, 20, 2000)}
        )
        notes = cli("score", path, "-m", "accuracy", "--by", "part", "-f", "json").json["notes"]
        named += any(note["code"] == "worst-slices" for note in notes)
    assert named <= 6


def test_few_hits_in_a_slice_are_not_called_worse(cli: Cli, tmp_path: Path) -> None:
    """60 slices of 30 rows, alike, with three positives each: f1 of some is 0 by chance."""
    named = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        y = rng.random(1800) < 0.1
        p = np.round(1 / (1 + np.exp(-(rng.normal(size=1800) + 4.5 * y - 2.2))), 4)
        path = write_rows(tmp_path, {"label": y, "p": p, "g": np.arange(1800) % 60})
        notes = cli("score", path, "--by", "g", "-m", "f1", "-f", "json").json["notes"]
        named += any(note["code"] == "worst-slices" for note in notes)
    assert named <= 3
