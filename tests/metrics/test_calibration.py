from __future__ import annotations

import math

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from support.measuring import binary_block, class_block, label_block, measure, value_of

P = np.array([0.125, 0.125, 0.375, 0.625, 0.625, 0.875])
Y = np.array([0, 1, 0, 1, 1, 1])
BLOCK = binary_block(Y, P)


def test_errors_of_four_bins_by_hand() -> None:
    """Gaps of 0.75, 0.375, 0.75 and 0.125 rows, in bins of 2, 1, 2 and 1."""
    assert value_of("ece", BLOCK, bins=4) == pytest.approx(2 / 6)
    assert value_of("mce", BLOCK, bins=4) == pytest.approx(0.375)


def test_bins_of_equal_mass_by_hand() -> None:
    """Two halves: 0.625 promised and 1 true, 2.125 promised and 3 true."""
    assert value_of("ace", BLOCK, bins=2) == pytest.approx((0.375 + 0.875) / 6)


def test_an_edge_belongs_to_the_bin_below() -> None:
    """0.5 is with 0.25, where the gaps cancel; alone it would be off by a half."""
    block = binary_block([0, 1], [0.25, 0.5])
    assert value_of("ece", block, bins=2) == pytest.approx((1 - 0.75) / 2)


def test_confidence_of_several_classes_by_hand() -> None:
    rows = [[0.75, 0.125, 0.125], [0.25, 0.625, 0.125], [0.75, 0.25, 0.0]]
    block = class_block([0, 2, 1], rows)
    assert value_of("ece", block, bins=1) == pytest.approx((0.75 + 0.625 + 0.75 - 1) / 3)
    assert value_of("classwise_ece", block, bins=1) == pytest.approx((0.75 + 0.0 + 0.75) / 3 / 3)


def test_labels_have_the_mean_of_their_errors() -> None:
    block = label_block([[1, 0], [0, 0]], [[0.75, 0.5], [0.75, 0.25]])
    assert value_of("ece_macro", block, bins=1) == pytest.approx((0.5 / 2 + 0.75 / 2) / 2)


def test_weights_are_repeated_rows() -> None:
    times = np.array([2, 1, 3, 1, 1, 2])
    repeated = binary_block(np.repeat(Y, times), np.repeat(P, times))
    weighted = binary_block(Y, P, weight=times.astype(float))
    for name in ("ece", "mce", "ace", "mean_ratio", "calibration_slope", "calibration_intercept"):
        assert value_of(name, weighted) == pytest.approx(value_of(name, repeated), rel=1e-6), name


def test_what_is_promised_over_what_comes_true() -> None:
    assert value_of("mean_ratio", BLOCK) == pytest.approx(2.75 / 4)


def test_the_slope_is_that_of_logistic_regression() -> None:
    rng = np.random.default_rng(2)
    p = rng.uniform(0.05, 0.95, 300)
    y = rng.random(300) < p**2
    odds = np.log(p / (1 - p))
    fit = LogisticRegression(C=np.inf, tol=1e-10, max_iter=1000).fit(odds[:, None], y)
    assert value_of("calibration_slope", binary_block(y, p)) == pytest.approx(fit.coef_[0, 0], rel=1e-4)
    shift = value_of("calibration_intercept", binary_block(y, p))
    assert (1 / (1 + np.exp(-(odds + shift)))).sum() == pytest.approx(y.sum(), rel=1e-9)


def test_spiegelhalter_by_hand() -> None:
    """Two rows as sure as each other, both right: (y - p)(1 - 2p) is -1/8 for each."""
    block = binary_block([1, 0], [0.75, 0.25])
    assert value_of("spiegelhalter_z", block) == pytest.approx(-0.25 / math.sqrt(2 * 0.25 * 3 / 16))


def test_undefined() -> None:
    assert measure("mean_ratio", binary_block([0, 0], [0.5, 0.25])).reason == "no row is positive"
    for name in ("calibration_slope", "calibration_intercept"):
        found = measure(name, binary_block([1, 1], [0.5, 0.25]))
        assert found.value is None
        assert "one class only" in str(found.reason)
    constant = measure("spiegelhalter_z", binary_block([1, 0, 1], [0.5, 0.0, 1.0]))
    assert (constant.value, constant.reason) == (None, "every probability is 0, 0.5 or 1")
    separated = measure("calibration_slope", binary_block([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9]))
    assert separated.value is None
    weighted = measure("spiegelhalter_z", binary_block([1, 0], [0.75, 0.5], weight=np.ones(2)))
    assert "weighted" in str(weighted.reason)
