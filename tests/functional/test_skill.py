from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

import evalcli.functional as own
from evalcli.functional.given import Undefined

NAMES = ("d2_log_loss_score", "d2_brier_score")


def assert_same(name: str, *arguments: Any, **options: Any) -> None:
    expected, found = getattr(sk, name)(*arguments, **options), getattr(own, name)(*arguments, **options)
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-12, err_msg=f"{name} {options}")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 5), st.booleans(), st.booleans(), st.booleans())
def test_probabilities(seed: int, k: int, weighted: bool, text: bool, one: bool) -> None:
    rng = np.random.default_rng(seed)
    codes = np.concatenate([np.arange(k), rng.integers(0, k, 20)])
    truth = np.array(["a", "b", "c", "d", "e"])[codes] if text else codes
    p = rng.random((len(codes), k)) + 1e-3
    p /= p.sum(axis=1, keepdims=True)
    options: dict[str, Any] = {"sample_weight": rng.integers(1, 5, len(codes)) / 3} if weighted else {}
    of_two = one and k == 2
    if of_two and text:
        assert_same("d2_brier_score", truth, p[:, 1], pos_label="a", **options)
    for name in NAMES:
        pos = {"pos_label": "b"} if of_two and text and name == "d2_brier_score" else {}
        assert_same(name, truth, p[:, 1] if of_two else p, **options, **pos)
        if k > 2 and not weighted:
            kept = codes < k - 1
            assert_same(name, truth[kept], p[kept], labels=np.unique(truth).tolist())


@pytest.mark.parametrize("name", NAMES)
def test_one_class_only(name: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        assert np.isnan(getattr(sk, name)([1], [0.7]))
    assert np.isnan(getattr(own, name)([1], [0.7]))
    assert np.isnan(getattr(own, name)([1, 1], [0.7, 0.2]))
    with pytest.raises(Undefined, match="one class"):
        getattr(own, name)([1, 1], [0.7, 0.2], undefined="raise")
