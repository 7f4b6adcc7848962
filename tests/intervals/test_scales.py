from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalcli.intervals.scales import delta_interval, quantile, quantiles, student_quantile, wilson


@pytest.mark.parametrize(("hits", "total"), [(0, 40), (40, 40), (1, 7), (450, 1000)])
@pytest.mark.parametrize("confidence", [0.5, 0.95, 0.999])
def test_wilson(hits: int, total: int, confidence: float) -> None:
    expected = stats.binomtest(hits, total).proportion_ci(confidence, method="wilson")
    assert wilson(hits, total, confidence) == pytest.approx(tuple(expected), abs=1e-12)


def test_student_between_one_and_two_is_the_wider_one() -> None:
    assert student_quantile(0.95, 1.5) >= stats.t.ppf(0.975, 1.5)


@pytest.mark.parametrize("freedom", [1, 2, 3, 4, 7, 29.5, 1e4, math.inf])
@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95, 0.999])
def test_student(freedom: float, confidence: float) -> None:
    expected = stats.t.ppf(0.5 + confidence / 2, freedom)
    assert student_quantile(confidence, freedom) == pytest.approx(expected, rel=1e-4)


@given(
    st.floats(0.001, 0.999),
    st.floats(1e-6, 2.0),
    st.sampled_from([(0.0, 1.0), (0.0, math.inf), (-math.inf, 1.0), (-math.inf, math.inf)]),
)
def test_a_scale_keeps_within_its_limits(value: float, error: float, limits: tuple[float, float]) -> None:
    ends = delta_interval(value, error, limits, 20, 0.95)
    assert ends is not None
    assert limits[0] <= ends[0] <= value <= ends[1] <= limits[1]


@pytest.mark.parametrize("values", [[3.0], [1.0, 2.0], [0.1, 0.7, 0.3, 0.3, 1e9], [1.0, np.nan, 2.0]])
@pytest.mark.parametrize("confidence", [0.0, 0.5, 0.95, 0.999, 1.0])
def test_quantiles_are_those_of_numpy(values: list[float], confidence: float) -> None:
    expected = np.quantile(values, [0.5 - confidence / 2, 0.5 + confidence / 2])
    assert np.array_equal(quantiles(np.array(values), confidence), expected, equal_nan=True)


@given(st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=40), st.floats(0.01, 0.99))
def test_quantiles_of_any_values(values: list[float], confidence: float) -> None:
    expected = np.quantile(values, [0.5 - confidence / 2, 0.5 + confidence / 2])
    assert quantiles(np.array(values), confidence) == tuple(expected)


@pytest.mark.parametrize("n", [1, 2, 3, 10, 501])
def test_a_quantile_is_that_of_numpy(n: int) -> None:
    values = np.random.default_rng(n).normal(size=n)
    for level in (0.0, 0.025, 0.3, 0.5, 0.975, 1.0):
        assert quantile(values, level) == np.quantile(values, level)
    assert np.isnan(quantile(np.append(values, np.nan), 0.5))
