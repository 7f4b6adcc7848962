from __future__ import annotations

from pathlib import Path

import pytest

import evalcli
from support.comparing import two_models, written

Y, OLD, NEW = two_models()


def test_a_comparison_in_python(tmp_path: Path) -> None:
    labels, *models = written(tmp_path, Y, OLD, NEW)
    found = evalcli.compare(
        *models, labels=labels, metrics=["accuracy", "log_loss"], not_worse={"accuracy": 0.2}, max_broken=0.5
    )
    assert found["accuracy"].change == found.find("accuracy").change
    assert found.verdict == "pass"
    assert set(found.broken()) == {"m1.csv"}
    flips = found.against[0].flips
    assert flips is not None and len(found.fixed()["m1.csv"].ids) == flips.fixed
    assert "m0.csv → m1.csv" in str(found)
    assert found.to_markdown().startswith("### evalcli: m0.csv and m1.csv")
    assert repr(found) == "<Comparison: m0.csv and m1.csv, 400 rows>"
    with pytest.raises(KeyError):
        _ = found["nothing"]


def test_wrong_arguments_are_refused(tmp_path: Path) -> None:
    labels, *models = written(tmp_path, Y, OLD, NEW)
    with pytest.raises(TypeError, match="two or more files"):
        evalcli.compare(models[0], labels=labels)
    with pytest.raises(TypeError, match="compat"):
        evalcli.compare(*models, labels=labels, compat="sklearn")
    with pytest.raises(evalcli.EvalcliError, match="unknown metric"):
        evalcli.compare(*models, labels=labels, better="nothing")
