from __future__ import annotations

from pathlib import Path

import pytest
import sklearn.metrics as sk

from support.command_line import Cli
from support.questions import INDICATORS, NAMES, S, put, refused
from support.task_files import SETS, P, named, write_columns


def test_names_that_do_not_pair(cli: Cli, tmp_path: Path) -> None:
    y = put(tmp_path, "y.parquet", {name: INDICATORS[:, j] for j, name in enumerate(NAMES)})
    other = put(tmp_path, "o.parquet", {f"s{j}": S[:, j] for j in range(3)})
    refused(cli("score", other, "-l", y), "do not pair by name", "--score-cols")
    told = cli("score", other, "-l", y, "--score-cols", "s0,s1,s2")
    assert told.code == 0
    assert "scores s0, s1, s2 are taken for labels cat, dog, ant, in this order" in told.err
    numbered = put(tmp_path, "n.parquet", {f"p_{j}": S[:, j] for j in range(3)})
    assert "order-assumed" in cli("score", numbered, "-l", y).err


def test_predicted_labels_have_no_areas(cli: Cli, tmp_path: Path) -> None:
    """Columns of whole numbers are predictions: a log loss of them would mean nothing."""
    said = (P > 0.5).astype(int)
    path = write_columns(tmp_path, {**named(said, "p_"), **named(SETS, "y_")})
    result = cli("score", path, "--label-cols", "y_*", "-f", "json", "-m", "default,log_loss,roc_auc")
    found = result.json["metrics"]
    assert result.json["input"]["roles"]["scores_as"] == "labels"
    assert found["f1_micro"]["value"] == pytest.approx(sk.f1_score(SETS, said, average="micro"), rel=1e-12)
    for name in ("log_loss", "roc_auc_macro"):
        assert found[name]["reason"] == "it needs scores, and the file holds predictions only"
    told = cli("score", path, "--label-cols", "y_*", "--scores", "probabilities", "--only", "roc_auc_macro")
    assert float(told.out) == pytest.approx(sk.roc_auc_score(SETS, said), rel=1e-12)
    odd = write_columns(tmp_path, {**named(said * 3, "p_"), **named(SETS, "y_")}, "odd")
    refused = cli("score", odd, "--label-cols", "y_*")
    assert refused.code == 2
    assert "whole numbers, but not only 0 and 1" in refused.err
