from __future__ import annotations

import json
import math

import pytest

from evalcli.intervals.methods import METHODS
from evalcli.metrics import METRICS
from support.command_line import Cli
from support.paths import FIXTURES

TASKS = {
    "binary": ("wnba/games.csv", "--label-col", "prob1_outcome", "--score-cols", "prob1"),
    "multilabel": ("world_cup/advancement.csv",),
    "regression": (
        *("governors/final_forecasts.csv", "--label-col", "actual_voteshare"),
        *("--pred-col", "projected_voteshare"),
    ),
}


@pytest.mark.parametrize("task", TASKS)
@pytest.mark.parametrize("more", [(), ("--confidence", "0.5")])
def test_every_metric_has_an_interval_that_holds_it_or_says_why_not(
    task: str, more: tuple[str, ...], cli: Cli
) -> None:
    path, *rest = TASKS[task]
    data = cli("score", FIXTURES / path, *rest, "-m", "all", "-f", "json", *more).json
    rows = [*data["metrics"].items()]
    rows += [item for row in data["per_class"].values() for item in row.items() if item[0] != "support"]
    for name, score in rows:
        if score["value"] is None:
            continue
        if "interval" not in score:
            assert score["interval_reason"], name
            continue
        low, high = score["interval"]
        known = METRICS.named(name.partition("@")[0])
        limits = known[0].range if known else (-math.inf, math.inf)
        assert limits[0] <= low <= score["value"] <= high <= limits[1], name
        assert score["interval_method"] in {method.name for method in METHODS}


def test_the_methods_are_in_the_report(cli: Cli) -> None:
    path, *rest = TASKS["binary"]
    found = cli("score", FIXTURES / path, *rest, "-f", "json").json["metrics"]
    methods = {name: score["interval_method"] for name, score in found.items()}
    assert methods == {
        "accuracy": "wilson", "balanced_accuracy": "table-bootstrap", "precision": "wilson",
        "recall": "wilson", "specificity": "wilson", "f1": "wilson", "mcc": "table-bootstrap",
        "roc_auc": "delong", "average_precision": "infinitesimal-jackknife", "log_loss": "normal",
        "brier": "normal", "ece": "bin-bounds",
    }  # fmt: skip
    assert json.dumps(found)
