from __future__ import annotations

import json
import math
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from evalcli.report.report import Report
from support.command_line import Cli
from support.paths import FIXTURES

SCHEMA = json.loads((files("evalcli") / "schema" / "report-1.json").read_text())
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
