from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics as sk
from sklearn.preprocessing import MultiLabelBinarizer

import evalcli

RNG = np.random.default_rng(6)
NAMES = ["ash", "fir", "oak"]
TRUE, GUESS = ((RNG.random((60, 3)) < 0.4).astype(int) for _ in range(2))
TRUE[0], TRUE[1] = 0, 1


def sets(matrix: Any, kind: Any = set) -> list[Any]:
    return [kind(name for name, has in zip(NAMES, row, strict=True) if has) for row in matrix.tolist()]


def series(rows: Any) -> Any:
    return pd.Series(rows, dtype=object)


@pytest.mark.parametrize("kind", [set, frozenset, list, tuple])
@pytest.mark.parametrize("wrap", [list, series])
def test_sets_of_labels_are_indicators(kind: Any, wrap: Any) -> None:
    report = evalcli.evaluate(
        wrap(sets(TRUE, kind)), y_pred=wrap(sets(GUESS, kind)), metrics="default,f1_macro"
    )
    assert report.task == "multilabel"
    assert report.classes == ("ash", "fir", "oak")
    assert report.input.scores_as == "labels"
    theirs = sk.f1_score(TRUE, GUESS, average="macro")
    assert float(report["f1_macro"]) == pytest.approx(theirs)
    binarizer = MultiLabelBinarizer().fit(sets(TRUE))
    same = sk.f1_score(binarizer.transform(sets(TRUE)), binarizer.transform(sets(GUESS)), average="macro")
    assert theirs == pytest.approx(same)
    assert "roc_auc_macro" not in report.metrics, "there are no scores"


@pytest.mark.parametrize("dtype", [int, float, bool])
def test_predicted_indicators_are_labels(dtype: type) -> None:
    report = evalcli.evaluate(TRUE, y_pred=GUESS.astype(dtype))
    assert report.input.scores_as == "labels"
    assert float(report["subset_accuracy"]) == pytest.approx(sk.accuracy_score(TRUE, GUESS))


def test_sets_of_true_labels_with_scores_in_the_order_of_classes() -> None:
    scores = RNG.random((60, 3))
    report = evalcli.evaluate(sets(TRUE), scores, metrics="roc_auc_macro")
    assert float(report["roc_auc_macro"]) == pytest.approx(sk.roc_auc_score(TRUE, scores))
    turned = evalcli.evaluate(sets(TRUE), scores[:, ::-1], classes=NAMES[::-1], metrics="roc_auc_macro")
    assert float(turned["roc_auc_macro"]) == pytest.approx(sk.roc_auc_score(TRUE, scores))


def test_lists_of_numbers_are_sets_if_they_differ_in_length() -> None:
    report = evalcli.evaluate([[0], [0, 2], [], [2]] * 9, y_pred=[[0], [0, 2], [0], [2]] * 9)
    assert report.classes == ("0", "2")
    assert float(report["subset_accuracy"]) == 0.75
    matrix = evalcli.evaluate([[1, 1], [1, 0]] * 9, y_pred=[[1, 1], [0, 0]] * 9)
    assert float(matrix["subset_accuracy"]) == 0.5


def test_an_evaluator_takes_them_with_classes() -> None:
    evaluator = evalcli.Evaluator(classes=NAMES, metrics="f1_macro")
    for start in range(0, 60, 20):
        rows = slice(start, start + 20)
        evaluator.update(y_true=sets(TRUE[rows]), y_pred=sets(GUESS[rows]))
    assert evaluator.compute()["f1_macro"] == pytest.approx(sk.f1_score(TRUE, GUESS, average="macro"))


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (
            {"y_true": sets(TRUE), "y_pred": sets(GUESS), "classes": ["ash", "fir"]},
            "labels that classes does not",
        ),
        ({"y_true": [{"a"}, {None}], "y_pred": [{"a"}, {"a"}]}, "one of them is no label"),
        ({"y_true": TRUE, "y_pred": GUESS, "y_score": RNG.random((60, 3))}, "there are scores as well"),
        ({"y_true": TRUE[:, :2], "y_pred": GUESS}, "columns"),
    ],
)
def test_what_does_not_fit_is_refused(given: Any, words: str) -> None:
    with pytest.raises(evalcli.EvalcliError, match=words):
        evalcli.evaluate(**given)


def test_a_misspelt_metric_of_an_evaluator_shows_at_once() -> None:
    with pytest.raises(evalcli.EvalcliError, match=r"(?s)unknown metric 'f1_makro'.*f1_macro"):
        evalcli.Evaluator(metrics=["accuracy", "f1_makro"])
    evalcli.Evaluator(metrics=["default", "-mcc", "f1:a*", "recall:cat"])


def test_sets_of_one_label_each_are_sets() -> None:
    report = evalcli.evaluate([{"a"}, {"b"}] * 9, y_pred=[{"a"}, {"a", "b"}] * 9)
    assert report.task == "multilabel"
    assert float(report["subset_accuracy"]) == 0.5
