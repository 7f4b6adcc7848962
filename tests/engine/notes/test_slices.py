"""Slices are what scoring their rows alone would be; rules on each, and on what is sure."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from evalcli.engine.notes.slices import value_key
from support.command_line import Cli
from support.slices import write_rows


def test_values_are_in_their_natural_order() -> None:
    values = ["b10", "10", None, "9", "b9", "-1.5", "", "1e2", "nan"]
    expected = ["-1.5", "9", "10", "1e2", "", "b9", "b10", "nan", None]
    assert sorted(values, key=value_key) == expected


def test_slices_go_by_the_columns_as_typed(cli: Cli, tmp_path: Path) -> None:
    columns = {
        "label": np.arange(48) % 2,
        "pred": np.zeros(48, int),
        "epoch": np.arange(48) % 12,
        "split": np.array(["val", "train"])[np.arange(48) // 24],
    }
    path = write_rows(tmp_path, columns)
    found = cli("score", path, "--by", "split,epoch", "--by", "epoch", "-f", "json").json["slices"]
    numbers = [str(j) for j in range(12)]
    expected = [("split,epoch", f"{split},{j}") for split in ("train", "val") for j in numbers]
    expected += [("epoch", j) for j in numbers]
    assert [(",".join(part["by"]), ",".join(part["by"].values())) for part in found] == expected


def test_the_worst_slice_is_named(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    y = rng.integers(0, 2, 4000)
    part = rng.integers(0, 20, 4000)
    wrong = rng.random(4000) < np.where(part == 7, 0.45, 0.1)
    path = write_rows(tmp_path, {"label": y, "pred": np.where(wrong, 1 - y, y), "part": part})
    result = cli("score", path, "-m", "accuracy", "--by", "part", "-f", "json")
    assert [part["by"]["part"] for part in result.json["slices"]] == [str(j) for j in range(20)]
    out = cli("score", path, "-m", "accuracy", "--by", "part", "--sort", "value").out
    assert "20 slices by part, worst accuracy first" in out
    assert out.split("vs overall")[1].splitlines()[2].split()[0] == "7"
    notes = {note["code"]: note for note in result.json["notes"]}
    assert notes["worst-slices"]["message"].startswith("1 of 20 slices is worse than all rows by accuracy")
    assert "part=7" in notes["worst-slices"]["message"]
    assert cli("score", path, "-m", "accuracy", "--by", "part", "--fail-on", "worst-slices").code == 1


def test_chance_names_no_slice(cli: Cli, tmp_path: Path) -> None:
    """In 40 files with 20 equal slices each, about one in twenty may raise the note."""
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
    """60 equal slices of 30 rows with three positives each: f1 of some is 0 by chance."""
    named = 0
    for seed in range(12):
        rng = np.random.default_rng(seed)
        y = rng.random(1800) < 0.1
        p = np.round(1 / (1 + np.exp(-(rng.normal(size=1800) + 4.5 * y - 2.2))), 4)
        path = write_rows(tmp_path, {"label": y, "p": p, "g": np.arange(1800) % 60})
        notes = cli("score", path, "--by", "g", "-m", "f1", "-f", "json").json["notes"]
        named += any(note["code"] == "worst-slices" for note in notes)
    assert named <= 3
