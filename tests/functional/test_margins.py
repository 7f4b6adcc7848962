from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

import evalcli.functional as own
from evalcli.errors import EvalcliError


def assert_same(*arguments: Any, rtol: float = 1e-9, **options: Any) -> None:
    np.testing.assert_allclose(
        own.hinge_loss(*arguments, **options), sk.hinge_loss(*arguments, **options), rtol=rtol, atol=1e-12
    )


@settings(max_examples=60, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(2, 5),
    st.booleans(),
    st.booleans(),
    st.sampled_from([np.float32, np.float64]),
)
def test_margins(seed: int, k: int, weighted: bool, text: bool, dtype: Any) -> None:
    rng = np.random.default_rng(seed)
    codes = np.concatenate([np.arange(k), rng.integers(0, k, 20)])
    truth = np.array(["a", "b", "c", "d", "e"])[codes] if text else codes
    decisions = rng.normal(size=(len(codes), k)).astype(dtype)
    if dtype is np.float64:  # some of them within [0, 1]
        decisions = np.abs(decisions) / decisions.max()
    options: dict[str, Any] = {"sample_weight": rng.integers(1, 5, len(codes)) / 3} if weighted else {}
    assert_same(
        truth, decisions[:, 0] if k == 2 else decisions, rtol=1e-9 if dtype is np.float64 else 1e-5, **options
    )


def test_classes_that_do_not_occur_are_named_by_labels() -> None:
    decisions = np.array([[1.0, 0.2, 0.1], [0.1, 0.8, 2.0]])
    assert_same([0, 1], decisions, labels=[0, 1, 2])
    assert own.hinge_loss([1, 1], [0.5, 2.0], labels=[0, 1]) == 0.25


def test_one_class_only() -> None:
    assert_same([0, 0], [0.5, -2.0])
    assert_same([-1, 1], [[0.5], [-2.0]])
    assert own.hinge_loss([1, 1], [0.5, -2.0]) == 1.75  # theirs takes any single class for the negative one


WRONG: dict[str, Callable[[], Any]] = {
    "two columns": lambda: own.hinge_loss([0, 1], np.eye(2)),
    "one class": lambda: own.hinge_loss(["a", "a"], [0.1, 0.2]),
    "columns": lambda: own.hinge_loss([0, 1, 2], [0.1, 0.2, 0.3]),
    "label sets": lambda: own.hinge_loss([[0, 1], [1, 0]], [[0.1, 0.2], [0.3, 0.4]]),
    "text": lambda: own.hinge_loss([0, 1], ["a", "b"]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_the_next_step(name: str) -> None:
    with pytest.raises(EvalcliError) as caught:
        WRONG[name]()
    assert caught.value.hint is not None
