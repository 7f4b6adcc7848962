"""The report: JSON by its schema, there and back again, and as a data frame."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path

import pytest

from evalcli.engine.score import score
from evalcli.inputs.options import Options
from evalcli.report.report import Report
from support.command_line import Cli
from support.paths import FIXTURES


def test_the_schema_is_plain_json() -> None:
    assert json.loads((files("evalcli") / "schema" / "report-1.json").read_text())["properties"]


def test_the_report_is_what_the_design_says(cli: Cli, cifar10: tuple[object, ...]) -> None:
    data = cli("score", *cifar10, "--format", "json", "--fail-under", "f1=0.9").json
    assert list(data) == [
        "schema_version",
        "name",
        "evalcli",
        "task",
        "input",
        "classes",
        "metrics",
        "per_class",
        "confusion_matrix",
        "slices",
        "batches",
        "definitions",
        "compat",
        "notes",
        "not_looked_for",
        "gate",
        "curves",
    ]
    assert data["task"] == "multiclass"
    assert data["evalcli"]["command"][0] == "score"
    assert data["input"]["predictions"][0]["rows"] == 10000
    assert data["input"]["roles"]["scores_as"] == "probabilities"
    assert data["metrics"]["accuracy"]["interval_method"] == "wilson"
    assert data["metrics"]["accuracy"]["interval"] == pytest.approx([0.9242, 0.9343], abs=5e-5)
    assert data["metrics"]["mcc"]["interval_method"] == "table-bootstrap"
    assert data["per_class"]["cat"]["support"] == 1000
    assert data["confusion_matrix"]["counts"][3][5] == 78
    rule = data["gate"]["rules"][0]
    assert (rule["rule"], rule["metric"], rule["verdict"]) == ("f1>=0.9", "f1_macro", "pass")


def test_another_schema_version_is_refused() -> None:
    with pytest.raises(ValueError, match="schema version 2"):
        Report.from_json({"schema_version": 2})


def test_to_pandas() -> None:
    report = score(
        Options(str(FIXTURES / "wnba" / "games.csv"), label_col="prob1_outcome", score_cols=("prob1",))
    )
    frame = report.to_pandas()
    assert list(frame.columns) == [
        "metric",
        "class",
        "slice",
        "value",
        "low",
        "high",
        "method",
        "n",
        "reason",
    ]
    accuracy = frame[(frame["metric"] == "accuracy")].iloc[0]
    assert accuracy["low"] < accuracy["value"] == 296 / 450 < accuracy["high"]
    assert set(frame["class"].dropna()) == {"0", "1"}


def test_a_report_keeps_its_name(cli: Cli, cifar10: tuple[object, ...], here: Path) -> None:
    table = cli("score", *cifar10, "--name", "resnet50", "-o", "r.json").out
    assert table.startswith("resnet50 · ")
    assert json.loads((here / "r.json").read_text())["name"] == "resnet50"
    assert cli("show", "r.json").out == table
    assert cli("show", "r.json", "-f", "markdown").out.startswith("### evalcli: resnet50\n")
    assert cli("show", "r.json", "--name", "vit", "-f", "json").json["name"] == "vit"
    assert cli("score", *cifar10, "--baseline", "r.json", "--max-drop", "accuracy=0").code == 0
    for empty in ("", "  "):
        assert "--name is empty" in cli("score", *cifar10, "--name", empty).err
    data = json.loads((here / "r.json").read_text())
    del data["name"]
    (here / "old.json").write_text(json.dumps(data))
    assert cli("show", "old.json", "-f", "json").json["name"] is None
    assert Report.from_json(data).title == data["input"]["predictions"][0]["path"]
