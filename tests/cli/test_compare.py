from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli, Process, assert_refused
from support.comparing import two_models, written

Y, OLD, NEW = two_models(600)


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, ...]:
    order = np.random.default_rng(1).permutation(len(Y))
    labels, *models = written(tmp_path, Y, OLD, NEW, order=order)
    return (*map(str, models), "--labels", str(labels))


def test_two_models_on_the_same_rows(cli: Cli, files: tuple[str, ...], tmp_path: Path) -> None:
    given = ("-o", tmp_path / "c.json", "-o", tmp_path / "c.md", "--broken", tmp_path / "b.csv")
    result = cli("compare", *files, *given, "--fixed", tmp_path / "f.parquet")
    assert result.code == 0, result
    assert "m0.csv → m1.csv" in result.out
    data = json.loads((tmp_path / "c.json").read_text())
    flips = data["against"][0]["flips"]
    assert len(pd.read_csv(tmp_path / "b.csv")) == flips["broken"]
    assert len(pd.read_parquet(tmp_path / "f.parquet")) == flips["fixed"]
    assert (tmp_path / "c.md").read_text().startswith("**Comparison**")


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (("--not-worse", "accuracy=0.2"), 0),
        (("--max-broken", "0%"), 1),
        (("--not-worse", "accuracy=0.2", "--not-worse", "recall:*=0.3", "--better", "log_loss"), 0),
        (("--better", "ece"), 3),
    ],
)
def test_exit_codes_are_those_of_the_rules(
    rules: tuple[str, ...], code: int, process: Process, files: tuple[str, ...]
) -> None:
    result = process("compare", *files, "-m", "accuracy", *rules)
    assert result.code == code, result
    assert "Traceback" not in result.err


def test_models_in_one_file(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "both.csv"
    table = {"y": Y}
    for name, scores in (("old", OLD), ("new", NEW)):
        table |= {f"{name}_{c}": scores[:, c] for c in range(3)}
    pd.DataFrame(table).to_csv(path, index=False)
    given = ("--label-col", "y", "--model", "old=old_*", "--model", "new=new_*")
    result = cli("compare", path, *given, "--format", "json")
    assert result.code == 0, result
    assert [model["name"] for model in result.json["models"]] == ["old", "new"]
    alone = cli("score", path, "--label-col", "y", "--score-cols", "new_*", "--format", "json").json
    assert result.json["models"][1]["values"]["accuracy"] == alone["metrics"]["accuracy"]["value"]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("{old}",), "needs two files"),
        (("{old}", "{old}"), "named twice"),
        (("{old}", "{new}", "--model", "a=b_*"), "--model is for models in one file"),
        (("{old}", "--model", "a=b_*"), "two or more models"),
        (("{old}", "--model", "a"), "is not NAME=COLUMNS"),
        (("{old}", "{new}", "-o", "c.xyz"), "which format"),
        (("{old}", "{new}", "--broken", "c.xyz"), "unknown suffix"),
        (("{old}", "{new}", "--not-worse", "accuracy=-1"), "not negative"),
        (("{old}", "{new}", "--not-worse", "accuracy=2"), "can never fail"),
        (("{old}", "{new}", "--max-broken", "3"), "not a share"),
        (("{old}", "{new}", "--better", "nothing"), "unknown metric"),
        (("{old}", "{new}", "--detect", "accuracy"), "is not NAME=VALUE"),
        (("{old}", "none.csv"), "no such file"),
    ],
)
def test_what_does_not_fit_is_refused(
    given: tuple[str, ...], words: str, cli: Cli, files: tuple[str, ...], tmp_path: Path
) -> None:
    typed = [text.format(old=files[0], new=files[1]) for text in given]
    assert_refused(cli("compare", *typed, *files[2:]), words)
    assert not (tmp_path / "c.xyz").exists()


def test_weights_and_groups_are_those_of_both(cli: Cli, tmp_path: Path) -> None:
    frame = {"y": Y, "user": np.arange(len(Y)) // 3, "w": 1 + np.arange(len(Y)) % 2}
    for name, scores in (("old", OLD), ("new", NEW)):
        frame |= {f"{name}_{c}": scores[:, c] for c in range(3)}
    path = tmp_path / "both.csv"
    pd.DataFrame(frame).to_csv(path, index=False)
    given = ("--label-col", "y", "--model", "old=old_*", "--model", "new=new_*", "--format", "json")
    plain = cli("compare", path, *given, "-m", "accuracy").json["against"][0]["changes"]["accuracy"]
    weighted = cli("compare", path, *given, "-m", "accuracy", "--weight-col", "w").json["against"][0][
        "changes"
    ]
    grouped = cli("compare", path, *given, "-m", "accuracy", "--group", "user").json["against"][0]["changes"]
    assert plain["method"] == "newcombe"
    right = [(scores.argmax(axis=1) == Y).astype(float) for scores in (OLD, NEW)]
    expected = np.average(right[1] - right[0], weights=frame["w"])
    assert weighted["accuracy"]["change"] == pytest.approx(expected)
    assert weighted["accuracy"]["method"] == grouped["accuracy"]["method"] == "paired-bootstrap"
    assert grouped["accuracy"]["change"] == pytest.approx(plain["change"])
