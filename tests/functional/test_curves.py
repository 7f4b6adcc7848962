from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

import evalcli.functional as own
from evalcli.errors import EvalcliError

scores = st.one_of(st.integers(0, 4).map(lambda v: v / 4), st.floats(-3, 3, width=32))
binary = st.lists(st.tuples(st.booleans(), scores, st.integers(0, 4)), min_size=2, max_size=40).filter(
    lambda drawn: len({y for y, _, weight in drawn if weight}) == 2
)


@settings(max_examples=60, deadline=None)
@given(binary, st.booleans(), st.booleans())
def test_points_are_those_of_scikit_learn(
    drawn: list[tuple[bool, float, int]], weighted: bool, drop: bool
) -> None:
    truth, score, weight = (np.array(column) for column in zip(*drawn, strict=True))
    options: dict[str, Any] = {"sample_weight": weight / 3} if weighted else {}
    for name in ("roc_curve", "precision_recall_curve"):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = getattr(sk, name)(truth, score, drop_intermediate=drop, **options)
        found = getattr(own, name)(truth, score, drop_intermediate=drop, **options)
        for part, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(part, other, rtol=1e-9, atol=1e-12, err_msg=name)


@settings(max_examples=60, deadline=None)
@given(binary, st.booleans(), st.booleans())
def test_errors_and_counts_at_thresholds(
    drawn: list[tuple[bool, float, int]], weighted: bool, drop: bool
) -> None:
    truth, score, weight = (np.array(column) for column in zip(*drawn, strict=True))
    options: dict[str, Any] = {"sample_weight": weight / 3} if weighted else {}
    for name in ("det_curve", "confusion_matrix_at_thresholds"):
        more = options | ({"drop_intermediate": drop} if name == "det_curve" else {})
        for positive in (None, False):
            expected = getattr(sk, name)(truth, score, pos_label=positive, **more)
            found = getattr(own, name)(truth, score, pos_label=positive, **more)
            for part, other in zip(found, expected, strict=True):
                np.testing.assert_allclose(part, other, rtol=1e-9, atol=1e-12, err_msg=name)


def test_rates_of_a_class_without_rows() -> None:
    assert np.isnan(own.det_curve([1, 1], [0.1, 0.2])[0]).all()
    assert np.isnan(own.det_curve([0, 0], [0.1, 0.2])[1]).all()


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.floats(-3, 3), st.floats(-3, 3)), min_size=2, max_size=20), st.booleans())
def test_areas(drawn: list[tuple[float, float]], descending: bool) -> None:
    x, y = np.array(sorted(drawn, reverse=descending)).T
    assert own.auc(x, y) == pytest.approx(sk.auc(x, y), rel=1e-9, abs=1e-12)


@pytest.mark.parametrize(
    ("x", "y"),
    [([0, 1, 0.5], [0, 1, 2]), ([0], [1]), ([0, 1], [1]), ([0, np.nan], [0, 1]), (["a", "b"], [0, 1])],
)
def test_points_without_an_area(x: Any, y: Any) -> None:
    with pytest.raises(EvalcliError):
        own.auc(x, y)


def test_what_has_no_curve() -> None:
    with pytest.raises(EvalcliError, match="two classes"):
        own.roc_curve([0, 1, 2], np.eye(3))
    with pytest.raises(EvalcliError, match="positive one"):
        own.roc_curve([1, 2], [0.1, 0.2])
    assert own.roc_curve([1, 2], [0.1, 0.2], pos_label=2)[1][-1] == 1.0
