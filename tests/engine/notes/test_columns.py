from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli, Save, assert_refused
from support.inspecting import RNG, K, check, frame, good, saved_table

N = 100


def binary(**more: object) -> pd.DataFrame:
    y, p = good(2, N)
    return pd.DataFrame({"label": y, "prob": p[:, 1], **more})


@pytest.mark.parametrize("name", ["weight", "Weights"])
def test_a_weight_is_used_only_when_asked_for(name: str, cli: Cli, tmp_path: Path) -> None:
    path = saved_table(tmp_path, binary(**{name: RNG.random(N) + 0.5}))
    plain = cli("score", path)
    assert "weight-not-used" in plain.err
    assert "weighted" not in plain.out
    assert f"weighted by {name}" in cli("score", path, "--weight-col", name).out
    assert cli("score", path, "--fail-on", "weight-not-used").code == 1
    assert "weight-not-used" not in cli("score", path, "--unweighted").err


@pytest.mark.parametrize("name", ["sample_weight", "sample_weights"])
def test_a_sample_weight_is_used_and_said(name: str, cli: Cli, tmp_path: Path) -> None:
    path = saved_table(tmp_path, binary(**{name: RNG.random(N) + 0.5}))
    found = cli("score", path)
    assert (f"weighted by {name}" in found.out, "weight-found" in found.err) == (True, True)
    assert "weight-found" not in cli("score", path, "--weight-col", name).err


def test_two_columns_of_weights_are_a_question(cli: Cli, tmp_path: Path) -> None:
    w = RNG.random(N)
    path = saved_table(tmp_path, binary(sample_weight=w, sample_weights=w + 1))
    assert_refused(cli("score", path), "several columns may be the sample weights", "--weight-col")


@pytest.mark.parametrize(
    ("names", "assumed"), [(("cat", "dog"), True), (("no", "yes"), False), (("0", "1"), False)]
)
def test_the_positive_class_that_is_assumed_is_said(
    names: tuple[str, str], assumed: bool, cli: Cli, tmp_path: Path
) -> None:
    table = binary()
    path = saved_table(tmp_path, table.assign(label=np.array(names)[table.label]))
    assert ("positive-assumed" in cli("score", path).err) == assumed
    assert "positive-assumed" not in cli("score", path, "--positive", names[0]).err


def test_a_class_that_is_not_looked_for_is_no_guess(cli: Cli, tmp_path: Path) -> None:
    table = binary()
    path = saved_table(tmp_path, table.assign(label=np.array(["attack", "normal"])[table.label]))
    assert_refused(cli("score", path), "which class the scores", "--positive attack")
    named = saved_table(tmp_path, table.rename(columns={"prob": "attack_prob"}).assign(
        label=np.array(["normal", "attack"])[table.label]), "named.csv")  # fmt: skip
    report = cli("score", named, "-f", "json").json
    assert report["input"]["roles"]["positive"] == "attack"
    assert report["metrics"]["roc_auc"]["value"] > 0.9


def test_a_score_that_never_falls_below_one_half(cli: Cli, saved: Save) -> None:
    rows = "".join(f"{j % 2},{0.5 + 0.005 * j}\n" for j in range(60))
    result = cli("score", saved("p.csv", f"label,score\n{rows}"))
    assert "score-above-half" in result.err


def test_labels_that_exclude_each_other(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    table = pd.concat(
        [frame(p, y).drop(columns="label"), pd.DataFrame(np.eye(K, dtype=int)[y]).add_prefix("is_")], axis=1
    )
    path = saved_table(tmp_path, table)
    arguments = (path, "--label-cols", "is_*", "--score-cols", "prob_*")
    check(cli, arguments, "exclusive-labels", "warning", ("--task", "multiclass"))


def test_a_prediction_that_is_only_what_is_left_is_a_note(cli: Cli, saved: Save) -> None:
    rows = "".join(f"{j % 2},{j % 3 % 2},0.{j % 9}\n" for j in range(40))
    path = saved("p.csv", f"label,sex,prob\n{rows}")
    assert "prediction-assumed" not in cli("score", path).err
    claimed = cli("score", path, "--group", "prob", "--fail-on", "prediction-assumed")
    assert (claimed.code, "column sex is used as the predicted class" in claimed.err) == (1, True)
    named = saved("q.csv", f"label,y_pred\n{''.join(f'{j % 2},{j % 3 % 2}' + chr(10) for j in range(40))}")
    assert cli("score", named, "--fail-on", "prediction-assumed").code == 0
