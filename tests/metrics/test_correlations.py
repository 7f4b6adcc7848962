from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from support.measuring import measure, real_block, value_of

BLOCK = real_block([1.0, 2.0, 4.0, 5.0], [2.0, 2.0, 2.0, 6.0])
"""Errors of 1, 0, -2 and 1."""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("pearson", 8 / math.sqrt(10 * 12)),
        ("spearman", 3 / math.sqrt(5 * 3)),
        ("kendall", 3 / math.sqrt(6 * 3)),
        ("concordance", 2 * 8 / (10 + 12)),
        ("d2_absolute_error", 1 - 4 / 6),
    ],
)
def test_four_rows_by_hand(name: str, value: float) -> None:
    assert value_of(name, BLOCK) == pytest.approx(value)


def test_concordance_falls_with_bias() -> None:
    """Always 1 too high: 2 · 1/4 over 1/4 + 1/4 + 1."""
    block = real_block([1.0, 2.0], [2.0, 3.0])
    assert value_of("concordance", block) == pytest.approx(1 / 3)
    assert value_of("pearson", block) == pytest.approx(1.0)


def test_correlations_as_scipy_has_them() -> None:
    rng = np.random.default_rng(8)
    truth = rng.integers(0, 6, 50)
    guess = truth + rng.integers(0, 6, 50)
    block = real_block(truth, guess)
    assert value_of("pearson", block) == pytest.approx(stats.pearsonr(truth, guess).statistic)
    assert value_of("spearman", block) == pytest.approx(stats.spearmanr(truth, guess).statistic)
    assert value_of("kendall", block) == pytest.approx(stats.kendalltau(truth, guess).statistic)


@pytest.mark.parametrize(
    ("name", "truth", "predicted"),
    [
        ("pearson", [1.0, 2.0, 3.0], [0.1, 0.1, 0.1]),
        ("spearman", [1.0, 2.0, 3.0], [0.1, 0.1, 0.1]),
        ("kendall", [0.1, 0.1, 0.1], [1.0, 2.0, 3.0]),
        ("concordance", [0.1, 0.1, 0.1], [0.1, 0.1, 0.1]),
        ("d2_absolute_error", [0.1, 0.1, 0.1], [1.0, 2.0, 3.0]),
    ],
)
def test_undefined(name: str, truth: list[float], predicted: list[float]) -> None:
    found = measure(name, real_block(truth, predicted))
    assert found.value is None
    assert found.reason


def test_one_row_has_no_correlation() -> None:
    for name in ("pearson", "spearman", "kendall"):
        assert measure(name, real_block([3.0], [5.0])).value is None


def test_far_from_zero() -> None:
    """The digits that raw sums of squares would lose."""
    far = real_block(np.array([1.0, 2.0, 4.0, 5.0]) + 1e8, np.array([2.0, 2.0, 2.0, 6.0]) + 1e8)
    for name in ("pearson", "concordance"):
        assert value_of(name, far) == pytest.approx(value_of(name, BLOCK), rel=1e-7), name
