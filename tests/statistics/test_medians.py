from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from evalcli.statistics import medians
from evalcli.statistics.base import Floats
from evalcli.statistics.medians import FEW, SAMPLED, median_of

RNG = np.random.default_rng(3)
N = FEW + 101


def found(values: Floats) -> float:
    return median_of(lambda rows: values[rows].copy(), len(values), map)


@pytest.mark.parametrize("n", [N, N + 1])
@pytest.mark.parametrize(
    "values",
    [
        RNG.normal(size=N + 1),
        RNG.normal(size=N + 1).astype(np.float32),
        RNG.gamma(0.1, size=N + 1) ** 9,
        RNG.integers(0, 3, N + 1).astype(float),
        RNG.integers(0, 2, N + 1).astype(float),
        np.full(N + 1, -2.5),
        np.arange(N + 1.0),
        -(np.arange(N + 1.0) ** 3),
        1e8 + RNG.normal(size=N + 1),
        np.where(RNG.random(N + 1) < 0.3, np.inf, RNG.normal(size=N + 1)),
        np.where(RNG.random(N + 1) < 0.6, -np.inf, 1.0),
    ],
)
def test_the_median_of_many_values_is_exact(values: Floats, n: int) -> None:
    assert found(values[:n]) == np.median(values[:n])


def test_a_sample_that_misleads() -> None:
    """Every value of the sample is high, and most values are low."""
    values = RNG.random(N)
    values[:: N // SAMPLED] += 10
    assert found(values) == np.median(values)
    assert found(-values) == np.median(-values)


def test_only_values_near_the_median_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> float:
        raise AssertionError

    monkeypatch.setattr(medians, "_of_all", refused)
    values = RNG.normal(size=N)
    assert found(values) == np.median(values)


@given(arrays(np.float64, st.integers(1, 30), elements=st.floats(-5, 5)))
def test_the_median_of_few_values(values: Floats) -> None:
    assert found(values) == np.median(values)


def test_the_median_of_none() -> None:
    assert math.isnan(found(np.empty(0)))


def test_a_value_that_is_not_a_number() -> None:
    assert math.isnan(found(np.array([1.0, math.nan, 2.0])))
