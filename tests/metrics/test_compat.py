from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn import metrics as sk

import evalcli
from evalcli.errors import UsageError
from support.command_line import Cli

RNG = np.random.default_rng(8)
N = 60
SOME = RNG.integers(0, 2, N)
NONE = np.zeros(N, int)


def rows_of(report: evalcli.Report) -> dict[str, Any]:
    assert report.compat is not None
    return {row.metric: row for row in report.compat.rows}


def silently(call: Callable[..., Any], *args: Any, **more: Any) -> float:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return float(call(*args, **more))


@pytest.mark.parametrize(
    ("name", "theirs"),
    [
        ("precision", sk.precision_score),
        ("recall", sk.recall_score),
        ("f1", sk.f1_score),
        ("fbeta@2", lambda y, p: sk.fbeta_score(y, p, beta=2)),
        ("jaccard", sk.jaccard_score),
        ("mcc", sk.matthews_corrcoef),
    ],
)
def test_sklearn_gives_0_where_a_value_is_undefined(name: str, theirs: Callable[..., float]) -> None:
    truth = NONE if name in ("recall", "f1", "fbeta@2", "jaccard") else SOME
    report = evalcli.evaluate(
        truth, y_pred=NONE, metrics=name, classes=[0, 1], task="binary", compat="sklearn"
    )
    row = rows_of(report)[name]
    assert (row.value, row.theirs) == (None, silently(theirs, truth, NONE))
    assert "0 where it is undefined" in row.reason


@given(st.integers(0, 2**31))
def test_absent_labels_count_as_0_there(seed: int) -> None:
    rng = np.random.default_rng(seed)
    truth, scores = (rng.random((20, 4)) < 0.3).astype(int), rng.random((20, 4))
    truth[:, 3] = 0
    scores[:, 3] = 0.1
    report = evalcli.evaluate(
        truth,
        scores,
        metrics="precision_macro,recall_macro,f1_macro,average_precision_macro",
        compat="sklearn",
    )
    found, predicted = rows_of(report), scores > 0.5
    calls: dict[str, float] = {
        "precision_macro": silently(sk.precision_score, truth, predicted, average="macro"),
        "recall_macro": silently(sk.recall_score, truth, predicted, average="macro"),
        "f1_macro": silently(sk.f1_score, truth, predicted, average="macro"),
        "average_precision_macro": silently(sk.average_precision_score, truth, scores),
    }
    for name, theirs in calls.items():
        if name in found:
            assert found[name].theirs == pytest.approx(theirs), name
        else:
            assert float(report[name]) == pytest.approx(theirs), name


def test_the_order_of_classes_that_do_not_occur() -> None:
    y, p = np.array([0, 0, 3, 3, 1, 1, 0] * 5), np.array([0, 1, 3, 0, 1, 3, 0] * 5)
    report = evalcli.evaluate(
        y,
        y_pred=p,
        classes=[0, 1, 2, 3],
        metrics="cohen_kappa_linear,cohen_kappa_quadratic",
        compat="sklearn",
    )
    for kind in ("linear", "quadratic"):
        row = rows_of(report)[f"cohen_kappa_{kind}"]
        assert row.theirs == pytest.approx(sk.cohen_kappa_score(y, p, weights=kind))


@pytest.mark.parametrize("guess", [1.0, 2.0])
@pytest.mark.parametrize("name", ["r2", "explained_variance", "d2_absolute_error"])
def test_constant_true_values(name: str, guess: float) -> None:
    y, p = np.ones(10), np.full(10, guess)
    p[0] += 0.5 * (guess != 1)
    report = evalcli.evaluate(y, y_pred=p, metrics=f"{name},mse", task="regression", compat="sklearn")
    theirs: Any = {
        "r2": sk.r2_score,
        "explained_variance": sk.explained_variance_score,
        "d2_absolute_error": sk.d2_absolute_error_score,
    }[name]
    assert rows_of(report)[name].theirs == silently(theirs, y, p)


def test_what_is_an_error_or_a_huge_number_there_has_no_value() -> None:
    y, p = np.array([0, 1, 1, 0, 1] * 4), RNG.dirichlet([1, 1, 1], 20)
    report = evalcli.evaluate(y, p, classes=[0, 1, 2], metrics="roc_auc_ovr_macro", compat="sklearn")
    assert rows_of(report)["roc_auc_ovr_macro"].theirs is None
    with pytest.raises(ValueError, match="Number of classes"):
        sk.roc_auc_score(y, p, multi_class="ovr")
    real = evalcli.evaluate(
        [0.0, 1, 2], y_pred=[1.0, 1, 2], task="regression", metrics="mape", compat="sklearn"
    )
    assert rows_of(real)["mape"].theirs is None


Y = np.array([0, 1, 2, 2, 1, 0, 2, 1, 0, 0] * 3)
GUESS = np.array([0, 1, 2, 1, 1, 3, 2, 0, 0, 0] * 3)
"""Class 3 is predicted and never true."""


def test_torchmetrics_defaults() -> None:
    """As torchmetrics 1.9 computes them from the same arrays."""
    report = evalcli.evaluate(
        Y, y_pred=GUESS, metrics="accuracy,balanced_accuracy,f1,precision,recall,mcc", compat="torchmetrics"
    )
    found = {name: (row.theirs, row.call) for name, row in rows_of(report).items()}
    recalls = [3 / 4, 2 / 3, 2 / 3, 0.0]
    assert found["accuracy"] == (pytest.approx(np.mean(recalls)), "MulticlassAccuracy()")
    assert found["balanced_accuracy"][0] == pytest.approx(np.mean(recalls))
    for name, call in (("f1_macro", "F1Score"), ("precision_macro", "Precision"), ("recall_macro", "Recall")):
        assert found[name] == (pytest.approx(0.7), f'{call}(task="multiclass")')
    assert "mcc" not in found


def test_torchmetrics_of_real_values() -> None:
    y, p = np.array([1.0, 2, 3, 4, 6]), np.array([1.5, 1.5, 3, 5, 7])
    report = evalcli.evaluate(
        y, y_pred=p, task="regression", metrics="concordance,mae", compat="torchmetrics"
    )
    (row,) = rows_of(report).values()
    cov = np.cov(y, p)  # over n - 1
    theirs = 2 * cov[0, 1] / (cov[0, 0] + cov[1, 1] + (y.mean() - p.mean()) ** 2)
    assert (row.metric, row.theirs) == ("concordance", pytest.approx(theirs))
    constant = evalcli.evaluate(y, y_pred=y * 0, task="regression", metrics="spearman", compat="torchmetrics")
    assert rows_of(constant)["spearman"].theirs == 0.0


def test_it_is_printed_stored_and_refused_where_it_has_no_effect(
    cli: Cli, cifar10: tuple[object, ...]
) -> None:
    shown = cli("score", *cifar10, "-m", "f1", "--brief", "--compat", "torchmetrics").out
    assert "where torchmetrics gives other values" in shown
    assert 'F1Score(task="multiclass")' in shown and "averages micro by default" in shown
    same = cli("score", *cifar10, "-m", "f1", "--brief", "--compat", "sklearn").out
    assert "the conventions of scikit-learn give the same values" in same
    stored = cli("score", *cifar10, "-m", "f1", "--compat", "torchmetrics", "--format", "json").json["compat"]
    assert stored["library"] == "torchmetrics"
    assert stored["differences"][0]["metric"] == "f1_macro"
    with pytest.raises(UsageError, match="torchmetrics has no weights"):
        evalcli.evaluate(SOME, y_pred=SOME, weight=np.ones(N), compat="torchmetrics")


def test_torchmetrics_of_labels_that_do_not_occur() -> None:
    """As torchmetrics 1.9 computes them: absent labels have an area of 0, and single labels are counted."""
    rng = np.random.default_rng(3)
    truth, scores = (rng.random((40, 4)) < 0.3).astype(int), rng.random((40, 4))
    truth[:, 3], scores[:, 3] = 0, 0.1
    names = "roc_auc_macro,average_precision_macro,f1_macro,subset_accuracy"
    found = rows_of(evalcli.evaluate(truth, scores, metrics=names, compat="torchmetrics"))
    areas = sum(sk.roc_auc_score(truth[:, j], scores[:, j]) for j in range(3)) / 4
    precisions = sum(sk.average_precision_score(truth[:, j], scores[:, j]) for j in range(3)) / 4
    assert found["roc_auc_macro"].theirs == pytest.approx(areas)
    assert found["average_precision_macro"].theirs == pytest.approx(precisions)
    assert found["f1_macro"].theirs == pytest.approx(sk.f1_score(truth, scores > 0.5, average="micro"))
    assert found["subset_accuracy"].theirs == pytest.approx(((scores > 0.5) == truth).mean())


@pytest.mark.parametrize(("truth", "guess", "theirs"), [(0, 0, 1.0), (0, 1, -1.0), (1, 1, 1.0)])
def test_torchmetrics_correlation_of_one_class(truth: int, guess: int, theirs: float) -> None:
    y, p = np.full(20, truth), np.full(20, guess)
    report = evalcli.evaluate(
        y, y_pred=p, classes=[0, 1], task="binary", metrics="mcc", compat="torchmetrics"
    )
    assert rows_of(report)["mcc"].theirs == theirs


def test_what_is_no_number_there_has_no_value(cli: Cli, tmp_path: Any) -> None:
    file = tmp_path / "c.csv"
    file.write_text("label,prediction\n" + "a,a\n" * 3)
    given = ("--classes", "a,b,c", "--compat", "sklearn", "-m", "cohen_kappa_linear", "--format", "json")
    (row,) = cli("score", file, *given).json["compat"]["differences"]
    assert (row["value"], row["theirs"]) == (None, None)


def test_what_depends_on_rows_is_told_and_not_computed() -> None:
    scores = RNG.dirichlet([1, 1, 1], N)
    report = evalcli.evaluate(RNG.integers(0, 3, N), scores, metrics="ece,accuracy", compat="torchmetrics")
    row = rows_of(report)["ece"]
    assert (row.theirs, row.reason) == (
        None,
        "may differ: its bins are [lo, hi), with one more for probabilities of 1",
    )
