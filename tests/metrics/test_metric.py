from __future__ import annotations

import pytest

from evalcli.metrics import METRICS, Context, Request
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION

F1, AREA = METRICS["f1", MULTICLASS], METRICS["roc_auc", MULTICLASS]


@pytest.mark.parametrize(
    ("request_", "key"),
    [
        (Request(F1), "f1"),
        (Request(F1, "macro"), "f1_macro"),
        (Request(METRICS["fbeta", MULTICLASS], "micro", 0.5), "fbeta_micro@0.5"),
        (Request(METRICS["top_k_accuracy", MULTICLASS], parameter=5.0), "top_k_accuracy@5"),
        (Request(F1, cls="a:b"), "f1:a:b"),
    ],
)
def test_keys_are_the_names_of_reports(request_: Request, key: str) -> None:
    assert request_.key == key


@pytest.mark.parametrize(
    ("average", "pools", "by_support", "one_vs_one", "of_rows"),
    [
        (None, False, False, False, False),
        ("macro", False, False, False, False),
        ("micro", True, False, False, False),
        ("ovr_micro", True, False, False, False),
        ("weighted", False, True, False, False),
        ("ovo_weighted", False, True, True, False),
        ("ovo_macro", False, False, True, False),
        ("samples", False, False, False, True),
    ],
)
def test_what_an_average_is(
    average: str | None, pools: bool, by_support: bool, one_vs_one: bool, of_rows: bool
) -> None:
    found = Request(AREA, average)
    assert (found.pools, found.by_support, found.one_vs_one, found.of_rows) == (
        pools, by_support, one_vs_one, of_rows,
    )  # fmt: skip


def test_binary_data_ranks_the_positive_class_alone() -> None:
    context = Context(BINARY, ("a", "b"), 1)
    assert METRICS["roc_auc", BINARY].classes_of(context) == ("b",)
    assert METRICS["f1", BINARY].classes_of(context) == ("a", "b")
    assert AREA.classes_of(Context(MULTICLASS, ("a", "b", "c"))) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("name", "task", "available", "reason"),
    [
        ("f1", MULTILABEL, (), None),
        ("roc_auc", BINARY, (), "requires scores; the file contains predicted classes only"),
        ("brier", BINARY, (), "requires scores; the file contains predicted classes only"),
        ("brier", BINARY, ("scores",), "requires probabilities; the scores are raw"),
        ("mae", REGRESSION, ("quantiles",), "requires predicted values; the file contains quantiles only"),
        ("mae", REGRESSION, ("point",), None),
    ],
)
def test_what_a_file_lacks(name: str, task: object, available: tuple[str, ...], reason: str | None) -> None:
    metric = METRICS.named(name)[0]
    assert metric.missing_from(Context(BINARY, available=frozenset(available))) == reason


def test_shares_are_told_by_what_a_formula_gives() -> None:
    assert F1.gives_share
    assert METRICS["accuracy", BINARY].gives_share
    assert not METRICS["mcc", BINARY].gives_share
