from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

import evalcli.functional as own
from evalcli.errors import EvalcliError
from evalcli.functional.given import Undefined

scores = st.one_of(st.integers(0, 4).map(lambda v: v / 4), st.floats(-3, 3, width=32))
binary = st.lists(st.tuples(st.booleans(), scores, st.integers(1, 4)), min_size=2, max_size=40).filter(
    lambda drawn: len({y for y, *_ in drawn}) == 2
)


def theirs(name: str, *arguments: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(sk, name)(*arguments, **options)


def assert_same(name: str, *arguments: Any, **options: Any) -> None:
    expected, found = theirs(name, *arguments, **options), getattr(own, name)(*arguments, **options)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=f"{name} {options}")


@settings(max_examples=60, deadline=None)
@given(binary, st.booleans(), st.sampled_from([np.float32, np.float64]), st.sampled_from([0, 1]))
def test_one_score(drawn: list[tuple[bool, float, int]], weighted: bool, dtype: Any, positive: int) -> None:
    truth, score, weight = (np.array(column) for column in zip(*drawn, strict=True))
    score = score.astype(dtype)
    options: dict[str, Any] = {"sample_weight": weight / 3} if weighted else {}
    assert_same("roc_auc_score", truth, score, **options)
    assert_same("average_precision_score", truth.astype(int), score, pos_label=positive, **options)
    if not weighted:
        assert_same("roc_auc_score", truth, score, max_fpr=0.4)


@settings(max_examples=40, deadline=None)
@given(binary, st.booleans(), st.sampled_from([np.float32, np.float64]))
def test_one_probability(drawn: list[tuple[bool, float, int]], weighted: bool, dtype: Any) -> None:
    truth, score, weight = (np.array(column) for column in zip(*drawn, strict=True))
    p = (1 / (1 + np.exp(-3 * score))).astype(dtype)
    options: dict[str, Any] = {"sample_weight": weight / 3} if weighted else {}
    assert_same("log_loss", truth, p.astype(np.float64), **options)
    assert_same(
        "log_loss", truth, np.stack([1 - p, p], axis=1).astype(np.float64), normalize=False, **options
    )
    for scale in (True, False, "auto"):
        assert_same("brier_score_loss", truth, p.astype(np.float64), scale_by_half=scale, **options)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans(), st.booleans())
def test_several_classes(seed: int, weighted: bool, text: bool) -> None:
    rng = np.random.default_rng(seed)
    k = int(rng.integers(3, 6))
    codes = np.concatenate([np.arange(k), rng.integers(0, k, 30)])
    p = np.round(rng.random((len(codes), k)), 2) + 1e-3
    p /= p.sum(axis=1, keepdims=True)
    truth = np.array(["a", "b", "c", "d", "e"])[codes] if text else codes
    options: dict[str, Any] = {"sample_weight": rng.integers(1, 4, len(codes)) / 3} if weighted else {}
    for average in ("macro", "weighted", None):
        assert_same("roc_auc_score", truth, p, multi_class="ovr", average=average, **options)
        assert_same("average_precision_score", truth, p, average=average, **options)
    assert_same("roc_auc_score", truth, p, multi_class="ovr", average="micro", **options)
    for average in ("macro", "weighted"):
        if not weighted:
            assert_same("roc_auc_score", truth, p, multi_class="ovo", average=average)
    assert_same("log_loss", truth, p, **options)
    assert_same("brier_score_loss", truth, p, **options)
    distinct = p + np.arange(k) * 1e-9  # ties are broken the other way round
    for normalize in (True, False):
        assert_same("top_k_accuracy_score", truth, distinct, k=2, normalize=normalize, **options)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 2**32 - 1), st.booleans())
def test_label_sets(seed: int, weighted: bool) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 2, (30, 3))
    truth[0], truth[1] = 0, 1
    score = np.round(rng.normal(size=truth.shape), 1)
    options: dict[str, Any] = {"sample_weight": rng.integers(1, 4, len(truth)) / 3} if weighted else {}
    for average in ("macro", "weighted", "micro", None):
        assert_same("roc_auc_score", truth, score, average=average, **options)
        assert_same("average_precision_score", truth, score, average=average, **options)
    for name in ("coverage_error", "label_ranking_loss", "label_ranking_average_precision_score"):
        assert_same(name, truth, score, **options)


def test_classes_that_do_not_occur_are_named_by_labels() -> None:
    p = np.array([[0.7, 0.2, 0.1], [0.1, 0.8, 0.1]])
    assert_same("log_loss", [0, 1], p, labels=[0, 1, 2])
    assert_same("top_k_accuracy_score", [0, 1], p, k=1, labels=[0, 1, 2])


def test_averages_of_label_sets_by_row_and_without_support() -> None:
    truth = np.array([[1, 0], [1, 1], [0, 1]])
    score = np.array([[0.3, 0.2], [0.6, 0.1], [0.4, 0.5]])
    assert_same("roc_auc_score", truth[[0, 2]], score[[0, 2]], average="samples")
    assert np.isnan(own.roc_auc_score(np.zeros((3, 2), int), score, average="weighted"))


def test_undefined_values_are_nan_or_an_error() -> None:
    assert np.isnan(own.roc_auc_score([1, 1], [0.2, 0.4]))
    with pytest.raises(Undefined, match="one class only"):
        own.roc_auc_score([1, 1], [0.2, 0.4], undefined="raise")
    with pytest.raises(EvalcliError, match="'nan' or 'raise'"):
        own.roc_auc_score([1, 1], [0.2, 0.4], undefined="zero")


def test_scores_are_not_changed() -> None:
    p = np.random.default_rng(0).random((300_000, 3), dtype=np.float32)
    before, truth = p.copy(), np.arange(300_000) % 3
    own.roc_auc_score(truth, p, multi_class="ovr")
    own.roc_auc_score(truth > 0, p[:, 1])
    assert (p == before).all()


WRONG: dict[str, Callable[[], Any]] = {
    "no way for several classes": lambda: own.roc_auc_score([0, 1, 2], np.eye(3)),
    "columns": lambda: own.roc_auc_score([0, 1, 2], np.eye(3)[:, :2], multi_class="ovr"),
    "one column": lambda: own.roc_auc_score([0, 1, 2], [0.1, 0.2, 0.3]),
    "NaN": lambda: own.roc_auc_score([0, 1], [0.1, np.nan]),
    "text": lambda: own.roc_auc_score([0, 1], ["a", "b"]),
    "logits as probabilities": lambda: own.log_loss([0, 1], [-2.0, 3.0]),
    "unknown class": lambda: own.log_loss([0, 5], np.eye(3)[:2], labels=[0, 1, 2]),
    "no such class": lambda: own.average_precision_score([0, 2], [0.1, 0.2]),
    "unknown average": lambda: own.roc_auc_score([0, 1, 2], np.eye(3), multi_class="ovr", average="mean"),
    "average of pairs": lambda: own.roc_auc_score([0, 1, 2], np.eye(3), multi_class="ovo", average="micro"),
    "two classes": lambda: own.top_k_accuracy_score([0, 1], [0.1, 0.2]),
    "rate": lambda: own.roc_auc_score([0, 1], [0.1, 0.2], max_fpr=2.0),
    "sets of other shapes": lambda: own.roc_auc_score([[0, 1]], [[0.1, 0.2, 0.3]]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_the_next_step(name: str) -> None:
    with pytest.raises(EvalcliError) as caught:
        WRONG[name]()
    assert caught.value.hint is not None
