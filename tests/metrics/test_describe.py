from __future__ import annotations

import json

import pytest

from evalcli.metrics import METRICS
from support.command_line import Cli


@pytest.mark.parametrize("name", [metric.name for metric in METRICS])
def test_every_metric_is_explained(name: str, cli: Cli) -> None:
    metric = METRICS.named(name)[0]
    result = cli("explain", name)
    assert result.code == 0
    text = " ".join(result.out.split())
    page = metric.page
    for part in (page.summary, page.formula, page.sklearn, page.torchmetrics, page.reference):
        assert " ".join(part.split()) in text
    assert "{" not in metric.undefined.reason.format(name="")
    assert max(map(len, result.out.splitlines())) <= 100
    facts = cli("explain", name, "--format", "json").json
    assert facts["name"] == name
    assert facts["range"] == [None if abs(end) == float("inf") else end for end in metric.range]
    json.dumps(facts, allow_nan=False)


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("f1_macro", "f1"),
        ("roc_auc_ovr_weighted", "roc_auc[@FPR]"),
        ("roc_auc@0.1", "roc_auc[@FPR]"),
        ("top_k_accuracy@5", "top_k_accuracy@K"),
        ("recall:a cat", "recall"),
        ("fbeta_samples@2", "fbeta@BETA"),
    ],
)
def test_full_names_are_explained(name: str, head: str, cli: Cli) -> None:
    assert cli("explain", name).out.splitlines()[0] == head


def test_explain_names_the_method(cli: Cli) -> None:
    assert "table-bootstrap" in cli("explain", "mcc").out
    assert "delong" in cli("explain", "roc_auc").out
    assert "none" in cli("explain", "max_error").out
