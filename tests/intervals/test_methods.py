from __future__ import annotations

import json
import math

import pytest
from msgspec.structs import replace

from evalcli.intervals.method import kind_of
from evalcli.intervals.methods import METHODS, choose, choose_each, redraws_rows
from evalcli.metrics import METRICS, Context, Request, everything
from evalcli.metrics.sources import NoInterval
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION
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


TWO, THREE = Context(BINARY, ("a", "b"), 1), Context(MULTICLASS, ("a", "b", "c"))
SETS, REAL = Context(MULTILABEL, ("a", "b")), Context(REGRESSION)
BINS_OF_GROUPS = "the bins of rows in groups have no interval"


@pytest.mark.parametrize(
    ("name", "average", "parameter", "context", "plain", "weighted", "grouped"),
    [
        ("recall", None, None, TWO, "wilson", "row-bootstrap", "group-bootstrap"),
        ("accuracy", None, None, THREE, "wilson", "row-bootstrap", "group-bootstrap"),
        ("f1", "macro", None, THREE, "table-bootstrap", "row-bootstrap", "group-bootstrap"),
        ("f1", "micro", None, SETS, "row-bootstrap", "row-bootstrap", "group-bootstrap"),
        ("f1", "samples", None, SETS, "normal", "row-bootstrap", "group-bootstrap"),
        ("fbeta", None, 2.0, TWO, "table-bootstrap", "row-bootstrap", "group-bootstrap"),
        ("mcc", None, None, THREE, "table-bootstrap", "row-bootstrap", "group-bootstrap"),
        ("brier", None, None, TWO, "normal", "row-bootstrap", "group-bootstrap"),
        ("spearman", None, None, REAL, "row-bootstrap", "row-bootstrap", "group-bootstrap"),
        ("roc_auc", None, None, TWO, "delong", "delong", "delong-by-group"),
        ("gini", None, None, TWO, "delong", "delong", "delong-by-group"),
        ("roc_auc", None, 0.1, TWO, "row-bootstrap", "row-bootstrap", "group-bootstrap"),
        ("roc_auc", "ovo_macro", None, THREE, "delong-of-pairs", "row-bootstrap", "group-bootstrap"),
        ("roc_auc", "ovr_micro", None, THREE, "delong", "delong", "delong-by-group"),
        ("roc_auc", "samples", None, SETS, "normal", "row-bootstrap", "group-bootstrap"),
        (
            *("average_precision", "macro", None, THREE),
            *("infinitesimal-jackknife", "infinitesimal-jackknife", "infinitesimal-jackknife-by-group"),
        ),
        ("ece", None, None, TWO, "bin-bounds", "bin-bounds", BINS_OF_GROUPS),
        ("max_error", None, None, REAL, *["a maximum over rows does not estimate that of other rows"] * 3),
    ],
)
def test_the_method_follows_from_the_metric_and_the_rows(
    name: str, average: str, parameter: float, context: Context, plain: str, weighted: str, grouped: str
) -> None:
    request = Request(METRICS[name, context.task], average, parameter)
    assert named(request, context) == plain
    assert named(request, replace(context, weighted=True)) == weighted
    assert named(request, replace(context, groups=9)) == grouped


@pytest.mark.parametrize(
    ("request_", "plain", "weighted"),
    [
        (Request(METRICS["roc_auc", MULTILABEL], "macro"), "row-bootstrap", "row-bootstrap"),
        (Request(METRICS["roc_auc", MULTILABEL], cls="a"), "delong", "row-bootstrap"),
        (Request(METRICS["recall", MULTILABEL], cls="a"), "wilson", "row-bootstrap"),
        (Request(METRICS["log_loss", MULTILABEL]), "row-bootstrap", "row-bootstrap"),
        (Request(METRICS["ece_macro", MULTILABEL]), "bin-bounds", "bin-bounds"),
    ],
)
def test_missing_labels_leave_less_to_compute_from(request_: Request, plain: str, weighted: str) -> None:
    gaps = replace(SETS, gaps=True)
    assert named(request_, gaps) == plain
    assert named(request_, replace(gaps, weighted=True)) == weighted


def named(request: Request, context: Context) -> str:
    """The name of the method, or why there is none."""
    method = choose(request, context)
    resampled = getattr(method, "name", "") in ("row-bootstrap", "group-bootstrap")
    assert redraws_rows(choose(request, context)) == resampled
    return method.reason if isinstance(method, NoInterval) else method.name


def test_every_method_is_the_one_of_some_metric() -> None:
    contexts = [
        replace(context, weighted=weighted, groups=groups)
        for context in (TWO, THREE, SETS, REAL)
        for weighted in (False, True)
        for groups in (None, 9)
    ]
    found = {
        named(request, context)
        for context in contexts
        for request in everything(context, classes=True, on_request=True)
    }
    assert {method.name for method in METHODS} <= found


def test_requests_that_differ_in_their_class_only_have_one_method() -> None:
    averages = [request for request in everything(SETS) if request.metric.averages]
    requests = averages + [replace(request, average=None, cls=cls) for request in averages for cls in "ab"]
    chosen = choose_each(requests, SETS)
    assert len(chosen) < len(requests)
    assert all(chosen[kind_of(request)] == choose(request, SETS) for request in requests)
