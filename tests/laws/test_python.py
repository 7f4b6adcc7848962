"""What arrays must not do: change roles, lose names, or count for something else without a word."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import sklearn.metrics as sk

import evalcli
from evalcli import functional as ev

RNG = np.random.default_rng(0)
Y = RNG.integers(0, 3, 60)
S = RNG.random((60, 3)) + np.eye(3)[Y] * 0.6
S /= S.sum(1, keepdims=True)
P = S.argmax(1)
NAMES = np.array(["b", "a", "c"])
ID = pd.Index(RNG.permutation(60), name="id")
FRAME = pd.DataFrame({"label": Y, "pred": P, "bin": (Y > 0) * 1, "score": 1 - S[:, 0]}, index=ID)


def accuracy(*args: object, **kwargs: object) -> float:
    return float(evalcli.evaluate(*args, metrics="accuracy", no_intervals=True, **kwargs)["accuracy"])


def collected(names: str = "accuracy", **batch: object) -> dict[str, float]:
    evaluator = evalcli.Evaluator(metrics=names, no_intervals=True)
    evaluator.update(**batch)
    return evaluator.compute()


def test_an_index_is_no_column() -> None:
    score = FRAME[["score"]]
    assert accuracy(FRAME.bin, score) == sk.accuracy_score(FRAME.bin, FRAME.score > 0.5)
    assert ev.roc_auc_score(FRAME.bin, score) == pytest.approx(sk.roc_auc_score(FRAME.bin, score))


def test_an_index_is_no_output() -> None:
    one, two = FRAME[["label"]], FRAME[["pred"]]
    assert ev.mean_squared_error(one, two) == pytest.approx(sk.mean_squared_error(one, two))


@pytest.mark.parametrize("name", ["y_true", "y_pred", "weight"])
def test_slices_do_not_replace_arguments(name: str) -> None:
    given = {"y_pred": P, "weight": np.ones(60)}
    with pytest.raises(evalcli.EvalcliError, match="cannot be named"):
        accuracy(Y, **given, by={name: np.arange(60) % 2 + 1})
    with pytest.raises(evalcli.EvalcliError, match="cannot be named"):
        collected(y_true=Y, **given, slices={name: np.arange(60) % 2 + 1})


def test_evaluator_keeps_the_names_of_columns() -> None:
    frame = pd.DataFrame(S, columns=NAMES)
    assert collected(y_true=NAMES[Y], y_score=frame)["accuracy"] == accuracy(NAMES[Y], frame)


def test_a_missing_text_is_no_class() -> None:
    labels = pd.Series([None, *NAMES[Y][1:]])
    with pytest.raises(evalcli.EvalcliError):
        collected(y_true=labels, y_pred=NAMES[P])
    with pytest.raises(evalcli.EvalcliError):
        ev.accuracy_score(labels, NAMES[P])


def test_columns_given_in_another_order_than_classes() -> None:
    frame = pd.DataFrame(S[:, [2, 0, 1]], columns=NAMES[[2, 0, 1]])
    assert accuracy(NAMES[Y], frame, classes=list(NAMES)) == sk.accuracy_score(Y, P)


def test_labels_in_another_order() -> None:
    with pytest.raises(evalcli.EvalcliError, match="ascending order"):
        ev.roc_auc_score(NAMES[Y], S, labels=["b", "a", "c"], multi_class="ovr")


def test_options_of_columns_are_not_of_arrays() -> None:
    with pytest.raises(TypeError):
        evalcli.evaluate(Y, S, pred_col="y_true", no_intervals=True)


def test_indicators_of_one_label_each() -> None:
    assert ev.log_loss(np.eye(3, dtype=int)[Y], S) == pytest.approx(sk.log_loss(np.eye(3)[Y], S))


def test_options_take_effect_or_are_refused() -> None:
    y, score = np.eye(3, dtype=int)[Y], S
    for average in ("micro", "samples"):
        with pytest.raises(evalcli.EvalcliError, match="max_fpr"):
            ev.roc_auc_score(y, score, average=average, max_fpr=0.3)
    for options in ({"sample_weight": np.ones(60)}, {"labels": [2, 0]}):
        with pytest.raises(evalcli.EvalcliError, match="samplewise"):
            ev.multilabel_confusion_matrix(y, y, samplewise=True, **options)
    with pytest.raises(evalcli.EvalcliError, match="columns"):
        ev.f1_score(y, y, labels=[0, 7], average="samples")


def test_labels_of_another_kind_are_refused() -> None:
    with pytest.raises(evalcli.EvalcliError, match="kind"):
        ev.f1_score(Y, P, labels=["0", "1"], average="macro")
    found = ev.f1_score(Y, P, labels=np.array([0, 1]), average="macro")
    assert found == pytest.approx(sk.f1_score(Y, P, labels=[0, 1], average="macro"))


def test_masked_rows_are_missing() -> None:
    masked = np.ma.array([0, 1, 1], mask=[0, 0, 1])
    with pytest.raises(evalcli.EvalcliError, match="missing"):
        accuracy(masked, y_pred=np.array([0, 1, 1]))


@pytest.mark.parametrize("truth", [[0.1, 0.9], [np.nan, 1.0], [np.inf, 1.0]])
def test_truth_that_is_no_label(truth: list[float]) -> None:
    for name in ("roc_auc_score", "log_loss"):
        with pytest.raises(evalcli.EvalcliError, match="labels"):
            getattr(ev, name)(truth, [0.3, 0.7])


def test_arrays_as_options() -> None:
    whole = evalcli.evaluate(Y, S, bins=np.int64(5), classes=np.array([0, 1, 2]), confidence=np.float64(0.9))
    assert whole == evalcli.evaluate(Y, S, bins=5, classes=[0, 1, 2], confidence=0.9)
    with pytest.raises(evalcli.EvalcliError, match="no_intervals"):
        evalcli.evaluate(Y, S, no_intervals="no")  # type: ignore[arg-type]


def test_batches_of_other_columns_are_refused() -> None:
    frame = pd.DataFrame(S, columns=NAMES)
    evaluator = evalcli.Evaluator()
    evaluator.update(y_true=NAMES[Y], y_score=frame)
    with pytest.raises(evalcli.EvalcliError, match="at first"):
        evaluator.update(y_true=NAMES[Y], y_score=frame[["c", "b", "a"]])


def test_hints_speak_of_arguments() -> None:
    with pytest.raises(evalcli.EvalcliError) as caught:
        evalcli.evaluate(Y, S, weight=-np.ones(60))
    assert "weight_col" not in str(caught.value)
    assert "unweighted" not in str(caught.value)


def test_huge_integers() -> None:
    a, b = np.array([2**53, 2**53 + 1], object), np.array([2**53 + 1, 2**53], object)
    assert ev.accuracy_score(a, b) == 0
    evaluator = evalcli.Evaluator(metrics="accuracy", no_intervals=True)
    evaluator.update(y_true=2**60 + Y, y_pred=2**60 + P)
    evaluator.update(y_true=(2**60 + Y).astype(np.uint64), y_pred=2**60 + P)
    assert evaluator.compute()["accuracy"] == sk.accuracy_score(Y, P)


def test_brier_of_two_columns() -> None:
    s = np.array([[0.9, 0.1], [0.2, 0.8], [0.1, 0.9]])
    assert ev.brier_score_loss([0, 1, 1], s, pos_label=0) == pytest.approx(
        sk.brier_score_loss([0, 1, 1], s, pos_label=0)
    )
    assert ev.brier_score_loss([-1, -1], [0.1, 0.2]) == pytest.approx(
        sk.brier_score_loss([-1, -1], [0.1, 0.2])
    )


def test_rows_without_weight_are_no_points() -> None:
    args, weight = ([0, 1, 0, 1], [0.1, 0.4, 0.35, 0.8]), [1, 1, 0, 1]
    want = sk.roc_curve(*args, sample_weight=weight, drop_intermediate=False)
    found = ev.roc_curve(*args, sample_weight=weight, drop_intermediate=False)
    assert len(found[2]) == len(want[2])


def test_nan_equals_nan_in_options() -> None:
    a, b = (evalcli.Evaluator(zero_division=float("nan")) for _ in range(2))
    assert (a + b).rows == 0


@pytest.mark.parametrize(
    "name", ["accuracy_score", "hamming_loss", "roc_auc_score", "log_loss", "classification_report"]
)
def test_no_rows(name: str) -> None:
    with pytest.raises(evalcli.EvalcliError, match="no rows"):
        getattr(ev, name)([], [])
