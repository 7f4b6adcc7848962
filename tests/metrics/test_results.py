from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.metrics.results import Mean, Proportion, ratio
from evalcli.statistics import Moments


def test_quotients_one_by_one() -> None:
    found = ratio(np.array([1, 0, 3, 0]), np.array([2, 5, 0, 0]))
    np.testing.assert_array_equal(found, [0.5, 0.0, np.nan, np.nan])


def test_quotients_of_shapes_that_fit() -> None:
    found = ratio(np.array([[1.0], [2.0]]), np.array([1.0, 0.0, 4.0]))
    np.testing.assert_array_equal(found, [[1.0, np.nan, 0.25], [2.0, np.nan, 0.5]])
    assert ratio(3, 4).shape == ()


@given(st.integers(0, 2**53), st.integers(1, 2**53))
def test_a_quotient_of_whole_numbers_is_rounded_once(numerator: int, denominator: int) -> None:
    assert float(ratio(numerator, denominator)) == numerator / denominator


def test_a_share_of_no_rows_is_undefined() -> None:
    assert math.isnan(Proportion(0, 0).value)
    assert Proportion(3, 4).value == 0.75
    np.testing.assert_array_equal(Proportion(np.array([1, 0]), np.array([4, 0])).value, [0.25, np.nan])


def test_a_mean_and_its_root() -> None:
    moments = Moments.of(np.array([1.0, 3.0, 8.0]))
    assert Mean(moments).value == pytest.approx(4.0)
    assert Mean(moments, root=True).value == pytest.approx(2.0)


def test_a_mean_of_no_rows_is_undefined() -> None:
    for root in (False, True):
        assert math.isnan(Mean(Moments(), root).value)
