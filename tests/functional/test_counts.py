from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

import evalcli.functional as own
from evalcli.errors import EvalcliError, UsageError
from evalcli.functional.given import Undefined

AVERAGED = ("precision_score", "recall_score", "f1_score", "jaccard_score")
FROM_LABELS = (
    "accuracy_score", "zero_one_loss", "hamming_loss", "balanced_accuracy_score", "matthews_corrcoef",
    "cohen_kappa_score", "confusion_matrix", "multilabel_confusion_matrix",
)  # fmt: skip
KINDS: dict[str, Callable[[Any], Any]] = {
    "numbers": lambda y: y,
    "from one": lambda y: y + 1,
    "far apart": lambda y: y * 100_000 - 7,
    "text": lambda y: np.array(["ant", "bee", "cat", "dog"])[y],
    "bool": lambda y: y > 0,
    "floats": lambda y: y.astype(float),
    "lists": lambda y: y.tolist(),
}
rows = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3), st.integers(1, 5)), min_size=1, max_size=30)


def theirs(name: str, *arguments: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(sk, name)(*arguments, **options)


def ours(name: str, *arguments: Any, **options: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(own, name)(*arguments, **options)


def assert_same(name: str, *arguments: Any, **options: Any) -> None:
    expected, found = theirs(name, *arguments, **options), ours(name, *arguments, **options)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=f"{name} {options}")


@pytest.mark.parametrize("name", own.__all__)
def test_every_function_has_the_parameters_of_theirs(name: str) -> None:
    mine, other = (inspect.signature(getattr(module, name)).parameters for module in (own, sk))
    # of later versions, or said by ``undefined``
    missing = {key for key in other if key not in mine} - {"replace_undefined_by", "warn_for"}
    assert missing <= {"y_score", "y_proba", "y_pred"}, missing
    for key, parameter in mine.items():
        if key in other and key not in ("zero_division",):
            assert parameter.kind == other[key].kind or parameter.kind == parameter.KEYWORD_ONLY, key
            assert parameter.default == other[key].default or parameter.default is parameter.empty, key


@settings(max_examples=60, deadline=None)
@given(rows, st.sampled_from(sorted(KINDS)), st.booleans())
def test_labels(drawn: list[tuple[int, int, int]], kind: str, weighted: bool) -> None:
    truth, predicted, weight = (np.array(column) for column in zip(*drawn, strict=True))
    truth, predicted = KINDS[kind](truth), KINDS[kind](predicted)
    options = {"sample_weight": weight / 3} if weighted else {}
    for name in FROM_LABELS:
        expected = theirs(name, truth, predicted, **options)
        found = ours(name, truth, predicted, **options)
        if name == "matthews_corrcoef" and np.isnan(found):
            assert expected == 0.0  # where it is undefined
        else:
            np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=name)


@settings(max_examples=60, deadline=None)
@given(
    rows,
    st.booleans(),
    st.sampled_from(["macro", "micro", "weighted", None]),
    st.sampled_from([0.0, 1.0, np.nan]),
    st.sampled_from([None, [0, 1], [3, 1, 0], [2, 9]]),
)
def test_averages(
    drawn: list[tuple[int, int, int]], weighted: bool, average: Any, zero_division: float, labels: Any
) -> None:
    truth, predicted, weight = (np.array(column) for column in zip(*drawn, strict=True))
    options: dict[str, Any] = {"average": average, "zero_division": zero_division, "labels": labels}
    options |= {"sample_weight": weight / 3} if weighted else {}
    for name in AVERAGED:
        if name == "jaccard_score" and np.isnan(zero_division):
            continue  # theirs takes 0 and 1
        if labels is not None and not set(labels) & {*truth.tolist(), *predicted.tolist()}:
            continue
        assert_same(name, truth, predicted, **options)
    assert_same("fbeta_score", truth, predicted, beta=2.0, **options)


@settings(max_examples=40, deadline=None)
@given(rows, st.booleans(), st.sampled_from(["macro", "micro", "weighted", "samples", None]))
def test_label_sets(drawn: list[tuple[int, int, int]], weighted: bool, average: Any) -> None:
    codes = np.array(drawn)
    truth, predicted = ((codes[:, [column]] >> np.arange(2)) & 1 for column in (0, 1))
    options: dict[str, Any] = {"sample_weight": codes[:, 2] / 3} if weighted else {}
    for name in ("accuracy_score", "zero_one_loss", "hamming_loss", "multilabel_confusion_matrix"):
        assert_same(name, truth, predicted, **options)
    for name in AVERAGED:
        assert_same(name, truth, predicted, average=average, zero_division=0.0, **options)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=20), st.sampled_from([0, 1]))
def test_the_positive_class(drawn: list[tuple[bool, bool]], positive: int) -> None:
    truth, predicted = np.array(drawn).astype(int).T
    if len({*truth, *predicted}) == 2:
        for name in AVERAGED:
            assert_same(name, truth, predicted, pos_label=positive, zero_division=0.0)


@pytest.mark.parametrize("normalize", ["true", "pred", "all", None])
@pytest.mark.parametrize("labels", [None, [2, 0], [0, 1, 2, 7]])
def test_confusion_matrices(normalize: Any, labels: Any) -> None:
    rng = np.random.default_rng(3)
    truth, predicted = rng.integers(0, 4, (2, 50))
    assert_same("confusion_matrix", truth, predicted, labels=labels, normalize=normalize)
    assert_same("multilabel_confusion_matrix", truth, predicted, labels=labels)


@pytest.mark.parametrize("weights", [None, "linear", "quadratic"])
@pytest.mark.parametrize("labels", [None, [0, 1, 2, 3], [3, 1]])
def test_kappa(weights: Any, labels: Any) -> None:
    rng = np.random.default_rng(4)
    truth, predicted = rng.integers(0, 4, (2, 60))
    assert_same("cohen_kappa_score", truth, predicted, weights=weights, labels=labels)


def test_rows_of_label_sets() -> None:
    truth, predicted = np.random.default_rng(6).integers(0, 2, (2, 12, 4))
    assert_same("multilabel_confusion_matrix", truth, predicted, samplewise=True)
    assert_same("f1_score", truth, predicted, average="samples", labels=[0, 2], zero_division=0.0)


def test_others() -> None:
    rng = np.random.default_rng(5)
    truth, predicted = rng.integers(0, 3, (2, 40))
    assert_same("balanced_accuracy_score", truth, predicted, adjusted=True)
    assert_same("accuracy_score", truth, predicted, normalize=False)
    assert_same("zero_one_loss", truth, predicted, normalize=False)
    found = ours("precision_recall_fscore_support", truth, predicted, beta=0.5)
    for part, expected in zip(
        found, theirs("precision_recall_fscore_support", truth, predicted, beta=0.5), strict=True
    ):
        np.testing.assert_allclose(part, expected)


WRONG: dict[str, Callable[[], Any]] = {
    "other shapes": lambda: own.f1_score([0, 1], [[0, 1], [1, 0]]),
    "other rows": lambda: own.f1_score([0, 1], [0, 1, 1]),
    "scores": lambda: own.f1_score([0, 1], [0.2, 0.9]),
    "other kinds": lambda: own.f1_score(["a", "b"], [0, 1]),
    "several classes": lambda: own.f1_score([0, 1, 2], [0, 1, 2]),
    "no such class": lambda: own.f1_score([0, 2], [0, 2]),
    "unknown average": lambda: own.f1_score([0, 1], [0, 1], average="mean"),
    "samples of classes": lambda: own.f1_score([0, 1], [0, 1], average="samples"),
    "no class": lambda: own.confusion_matrix([0, 1], [0, 1], labels=[7]),
    "sets where classes are needed": lambda: own.matthews_corrcoef([[0, 1]], [[0, 1]]),
    "weights of kappa": lambda: own.cohen_kappa_score([0, 1], [0, 1], weights="cubic"),  # type: ignore[arg-type]
    "shares of what": lambda: own.confusion_matrix([0, 1], [0, 1], normalize="rows"),  # type: ignore[arg-type]
    "rows of classes": lambda: own.multilabel_confusion_matrix([0, 1], [0, 1], samplewise=True),
    "weights": lambda: own.accuracy_score([0, 1], [0, 1], sample_weight=[1, -1]),
    "beta": lambda: own.fbeta_score([0, 1], [0, 1], beta=-1),
    "sets of other numbers": lambda: own.f1_score([[0, 2]], [[0, 1]], average="macro"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said(name: str) -> None:
    with pytest.raises(EvalcliError) as caught:
        WRONG[name]()
    assert caught.value.hint is not None or isinstance(caught.value, UsageError)


def test_undefined_values_are_nan_or_an_error() -> None:
    assert np.isnan(own.matthews_corrcoef([1, 1], [1, 1]))
    with pytest.raises(Undefined, match="one class only"):
        own.matthews_corrcoef([1, 1], [1, 1], undefined="raise")
    with pytest.warns(UserWarning, match="undefined"):
        assert own.precision_score([0, 1], [0, 0]) == 0.0
