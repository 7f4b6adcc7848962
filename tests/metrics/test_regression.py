from __future__ import annotations

import math

import numpy as np
import pytest
import sklearn.metrics as sk

from evalcli.blocks import RealBlock
from support.measuring import measure, real_block, value_of

BLOCK = real_block([1.0, 2.0, 4.0, 5.0], [2.0, 2.0, 2.0, 6.0])
"""Errors of 1, 0, -2 and 1."""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mae", 1.0),
        ("mse", 6 / 4),
        ("rmse", math.sqrt(1.5)),
        ("bias", 0.0),
        ("median_absolute_error", 1.0),
        ("max_error", 2.0),
        ("mape", (1 + 0 + 0.5 + 0.2) / 4),
        ("smape", (2 / 3 + 0 + 2 / 3 + 2 / 11) / 4),
        ("wape", 4 / 12),
        ("r2", 1 - 6 / 10),
        ("explained_variance", 1 - 6 / 10),
    ],
)
def test_four_rows_by_hand(name: str, value: float) -> None:
    assert value_of(name, BLOCK) == pytest.approx(value)


def test_logarithms_by_hand() -> None:
    block = real_block([0.0, math.e - 1], [math.e - 1, math.e**3 - 1])
    assert value_of("msle", block) == pytest.approx((1 + 4) / 2)
    assert value_of("rmsle", block) == pytest.approx(math.sqrt(2.5))


def test_weights_as_scikit_learn_has_them() -> None:
    rng = np.random.default_rng(7)
    truth = rng.gamma(2.0, size=40)
    guess, weight = truth + rng.normal(size=40), rng.random(40)
    block = real_block(truth, guess, weight=weight)
    more = {"sample_weight": weight}
    expected = {
        "mae": sk.mean_absolute_error(truth, guess, **more),
        "rmse": sk.root_mean_squared_error(truth, guess, **more),
        "mape": sk.mean_absolute_percentage_error(truth, guess, **more),
        "r2": sk.r2_score(truth, guess, **more),
        "explained_variance": sk.explained_variance_score(truth, guess, **more),
    }
    for name, value in expected.items():
        assert value_of(name, block) == pytest.approx(value), name


@pytest.mark.parametrize(
    ("name", "truth", "predicted"),
    [
        ("mape", [0.0, 1.0], [1.0, 1.0]),
        ("wape", [0.0, 0.0], [1.0, 1.0]),
        ("msle", [1.0, -2.0], [1.0, 1.0]),
        ("rmsle", [1.0, 1.0], [1.0, -2.0]),
        ("r2", [0.1, 0.1, 0.1], [1.0, 2.0, 3.0]),
        ("explained_variance", [0.1, 0.1, 0.1], [1.0, 2.0, 3.0]),
    ],
)
def test_undefined(name: str, truth: list[float], predicted: list[float]) -> None:
    found = measure(name, real_block(truth, predicted))
    assert found.value is None
    assert found.reason


def test_one_row() -> None:
    block = real_block([3.0], [5.0])
    assert (value_of("mae", block), value_of("bias", block)) == (2.0, 2.0)
    for name in ("r2", "explained_variance"):
        assert measure(name, block).value is None


def test_quantiles_alone_have_no_errors() -> None:
    block = RealBlock(np.ones(2), None, np.ones((1, 2)), (0.5,))
    assert "quantiles" in str(measure("mae", block, available=frozenset({"quantiles"})).reason)


def test_far_from_zero() -> None:
    """The digits that raw sums of squares would lose."""
    far = real_block(np.array([1.0, 2.0, 4.0, 5.0]) + 1e8, np.array([2.0, 2.0, 2.0, 6.0]) + 1e8)
    for name in ("r2", "explained_variance"):
        assert value_of(name, far) == pytest.approx(value_of(name, BLOCK), rel=1e-7), name
