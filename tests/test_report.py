"""The report: JSON by its schema, there and back again, and as a data frame."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from conftest import FIXTURES, Result
from evalcli.engine.score import score
from evalcli.inputs.options import Options
from evalcli.report.report import Report

SCHEMA = json.loads((files("evalcli") / "schema" / "report-1.json").read_text())
Cli = Callable[..., Result]

CASES: dict[str, list[str]] = {
    "default": [],
    "all metrics": ["--metrics", "all"],
    "undefined": ["--metrics", "roc_auc:0,default"],
    "gate": ["--fail-under", "f1=0.9", "--fail-over", "ece=0.5", "--fail-under", "roc_auc:0=0.1"],
    "no intervals": ["--no-intervals"],
    "threshold": ["--threshold", "0.7", "--positive", "1"],
    "only": ["--metrics", "accuracy"],
    "raw": ["--scores", "raw", "-m", "all,log_loss"],
}


OTHER_TASKS: dict[str, list[object]] = {
    "regression": [
        FIXTURES / "governors" / "final_forecasts.csv",
        *("--label-col", "actual_voteshare", "--pred-col", "projected_voteshare"),
        *("--fail-over", "mae=3", "--weight-col", "year"),
    ],
    "multilabel": [
        FIXTURES / "world_cup" / "advancement.csv",
        *("--threshold", "cup=0.2,win=0.3", "--fail-under", "f1:win=0.1"),
    ],
    "multiclass": [
        FIXTURES / "cifar10" / "probabilities.npy",
        *("--labels", FIXTURES / "cifar10" / "labels.npy", "--explain-batches", "64"),
    ],
}


def finite(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(finite, value.values()))
    if isinstance(value, list):
        return all(map(finite, value))
    return not isinstance(value, float) or math.isfinite(value)


@pytest.mark.parametrize("name", CASES)
def test_every_report_follows_the_schema(name: str, cli: Cli, wnba: tuple[object, ...]) -> None:
    data = cli("score", *wnba, "--format", "json", *CASES[name]).json
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert finite(data)
    assert Report.from_json(data).to_json() == data


@pytest.mark.parametrize("name", OTHER_TASKS)
def test_reports_of_every_task_follow_the_schema(name: str, cli: Cli) -> None:
    result = cli("score", *OTHER_TASKS[name], "--format", "json", "-m", "all")
    assert result.code == 0, result.err
    data = result.json
    assert data["task"] == name
    jsonschema.validate(data, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert finite(data)
    assert Report.from_json(data).to_json() == data


@pytest.mark.parametrize(
    "rows",
    [
        "label,pred\na,b\nb,b\nc,a\n",
        "label,prob_a,prob_b,prob_c\na,1,0,0\na,0,1,0\n",
        "label_a,label_b,prob_a,prob_b\n1,0,0.5,0.5\n0,1,1,0\n",
        "label,p\n,0.3\n1,nan\n0,0.2\n1,0.5\n",
    ],
)
def test_reports_of_other_inputs_follow_it_too(rows: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(rows)
    arguments = ["--label-col", "label"] if rows.startswith("label,") else ["--labels", tmp_path / "y.csv"]
    if rows.startswith("label_a"):
        (tmp_path / "y.csv").write_text("a,b\n1,0\n0,1\n")
        arguments += ["--score-cols", "prob_*"]
    result = cli("score", tmp_path / "p.csv", *arguments, "-f", "json", "-m", "all", "--missing", "drop")
    jsonschema.validate(result.json, SCHEMA, cls=jsonschema.Draft202012Validator)
    assert Report.from_json(result.json).to_json() == result.json


def test_the_report_is_what_the_design_says(cli: Cli, cifar10: tuple[object, ...]) -> None:
    data = cli("score", *cifar10, "--format", "json", "--fail-under", "f1=0.9").json
    assert list(data) == [
        "schema_version",
        "evalcli",
        "task",
        "input",
        "classes",
        "metrics",
        "per_class",
        "confusion_matrix",
        "slices",
        "batches",
        "notes",
        "gate",
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


def test_the_digest_is_of_the_bytes(cli: Cli, cifar10: tuple[object, ...]) -> None:
    import hashlib

    data = cli("score", *cifar10, "--format", "json").json
    expected = hashlib.sha256((FIXTURES / "cifar10" / "labels.npy").read_bytes()).hexdigest()
    assert data["input"]["labels"]["sha256"] == expected


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
