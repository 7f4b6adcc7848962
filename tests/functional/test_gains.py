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
from evalcli.functional import gains
from evalcli.functional.given import Undefined


def assert_same(name: str, *arguments: Any, **options: Any) -> None:
    expected, found = getattr(sk, name)(*arguments, **options), getattr(own, name)(*arguments, **options)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=f"{name} {options}")


@settings(max_examples=80, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 12),
    st.integers(2, 9),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, 1, 3, 20]),
    st.sampled_from([np.float32, np.float64, np.int64]),
)
def test_gains_of_rankings(
    seed: int, n: int, documents: int, weighted: bool, tied: bool, k: int | None, dtype: Any
) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, (n, documents))
    truth[:, 0] += 1  # no row without gains
    if documents == 2 or (truth == truth.astype(bool)).all():
        truth[0, 0] = 5  # what theirs takes for classes
    scores = (rng.integers(0, 3, truth.shape) if tied else rng.permuted(np.arange(truth.size))).reshape(
        truth.shape
    )
    options: dict[str, Any] = {"sample_weight": rng.integers(1, 5, n) / 3} if weighted else {}
    scores = scores.astype(dtype)
    assert_same("dcg_score", truth, scores, k=k, **options)
    assert_same("dcg_score", truth - 1.5, scores, k=k, log_base=10, **options)
    assert_same("ndcg_score", truth, scores, k=k, **options)
    if not tied:
        assert_same("dcg_score", truth, scores, k=k, ignore_ties=True, **options)
        assert_same("ndcg_score", truth, scores, k=k, ignore_ties=True, **options)


def test_rows_without_gains_are_left_out() -> None:
    truth, scores = np.array([[0, 0, 0], [0, 1, 2]]), np.array([[1.0, 2, 3], [3, 2, 1]])
    assert sk.ndcg_score(truth, scores) == pytest.approx(own.ndcg_score(truth[1:], scores[1:]) / 2)
    assert own.ndcg_score(truth, scores) == own.ndcg_score(truth[1:], scores[1:])
    assert own.ndcg_score(truth, scores, sample_weight=[3, 1]) == own.ndcg_score(truth[1:], scores[1:])
    assert np.isnan(own.ndcg_score(truth[:1], scores[:1]))
    with pytest.raises(Undefined, match="gains of 0 only"):
        own.ndcg_score(truth[:1], scores[:1], undefined="raise")


def test_pieces_of_rows_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(0)
    truth, scores = rng.random((50, 5)), rng.integers(0, 3, (50, 5))
    whole = own.ndcg_score(truth, scores)
    monkeypatch.setattr(gains, "PIECE", 16)
    assert own.ndcg_score(truth, scores) == whole


WRONG: dict[str, Callable[[], Any]] = {
    "one row without a second axis": lambda: own.ndcg_score([1, 0], [0.2, 0.1]),
    "one document": lambda: own.dcg_score([[1], [0]], [[0.2], [0.1]]),
    "negative gains": lambda: own.ndcg_score([[1, -1]], [[0.2, 0.1]]),
    "k": lambda: own.ndcg_score([[1, 2]], [[0.2, 0.1]], k=0),
    "log_base": lambda: own.dcg_score([[1, 2]], [[0.2, 0.1]], log_base=1),
    "NaN": lambda: own.dcg_score([[1, 2]], [[np.nan, 0.1]]),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_the_next_step(name: str) -> None:
    with pytest.raises(EvalcliError) as caught:
        WRONG[name]()
    assert caught.value.hint is not None
