from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as sk

from support.command_line import Cli
from support.inspecting import K, check, frame, good, saved_table
from support.noting import classes, figures, honest, notes, rng


def test_logits_called_probabilities(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    check(cli, (saved_table(tmp_path, frame(np.log(p) + 3, y)),), "logits-under-prob-name", "warning")


@pytest.mark.parametrize("prefix", ["prob", "p_", "softmax_", "Prob-"])
def test_logits_under_any_such_name(prefix: str, cli: Cli, tmp_path: Path) -> None:
    y, p = good(2) if prefix == "prob" else good()
    z = np.log(p)
    table = pd.DataFrame({"label": y, "prob": z[:, 1] - z[:, 0]}) if prefix == "prob" else frame(z, y, prefix)
    check(cli, (saved_table(tmp_path, table),), "logits-under-prob-name", "warning")


def test_rounding_errors(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    p[[3, 4]] = [[1.00002, -0.00002, 0, 0]] * 2
    check(cli, (saved_table(tmp_path, frame(p, y)),), "rounded-scores", "note", count=4)


def test_scores_of_the_wrong_class(cli: Cli, tmp_path: Path) -> None:
    y, p = honest(2)
    found = notes(cli, tmp_path, {"label": y, "score": np.ascontiguousarray(p[:, 0])})
    auc = sk.roc_auc_score(y, p[:, 0])
    assert figures(found["auc-below-chance"])[0] == pytest.approx(auc, abs=5e-5)
    assert "scores seem to be of another class" in found["auc-below-chance"]


def test_chance_is_no_wrong_class(cli: Cli, tmp_path: Path) -> None:
    """Below 0.5, but by no more than chance may be."""
    draw = rng()
    for seed in range(20):
        y = np.random.default_rng(seed).integers(0, 2, 60)
        p = draw.random(60)
        assert "auc-below-chance" not in notes(cli, tmp_path, {"label": y, "score": p})


def test_many_ties(cli: Cli, tmp_path: Path) -> None:
    y, p = honest(2)
    p = np.round(p * 4) / 4
    found = notes(cli, tmp_path, classes(y, p))
    tied = (p[y == 1, 1][:, None] == p[y == 0, 1]).mean()
    assert figures(found["many-ties"])[0] == pytest.approx(100 * tied, abs=0.05)
    assert "many-ties" not in notes(cli, tmp_path, classes(*honest(2)))


def test_stored_classes_that_are_not_the_argmax(cli: Cli, tmp_path: Path) -> None:
    y, p = honest(3)
    said = p.argmax(axis=1)
    said[:17] = (said[:17] + 1) % 3
    found = notes(cli, tmp_path, {**classes(y, p), "pred": said})
    assert found["prediction-differs-from-scores"].startswith(
        "17 of 4,000 predicted classes are not the argmax"
    )


def test_constant_scores(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    p[:, 2] = 0.25
    p[:, [0, 1, 3]] *= 0.75 / p[:, [0, 1, 3]].sum(axis=1, keepdims=True)
    found = check(cli, (saved_table(tmp_path, frame(p, y)),), "constant-scores", "warning", count=1)
    assert "prob_2" in found["message"]


def test_saturated_scores(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    path = saved_table(tmp_path, frame(np.eye(K)[p.argmax(axis=1)], y))
    check(cli, (path,), "saturated-scores", "warning", count=300)
