from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as sk

from evalcli.blocks import RealBlock
from support.measuring import real_block

RNG = np.random.default_rng(2)
TRUTH = RNG.normal(size=20)
LEVELS = (0.1, 0.5, 0.8)
QUANTILES = np.sort(RNG.normal(size=(3, 20)), axis=0)


def test_errors() -> None:
    block = real_block([1.0, 2.0, -3.0], [1.5, 0.0, -3.0])
    assert block.error.tolist() == [0.5, -2.0, 0.0]
    assert block.absolute_error.tolist() == [0.5, 2.0, 0.0]
    assert block.n == 3


def test_logarithms_of_ratios() -> None:
    block = real_block([4.0, 0.0, 1.0, -1.0], [2.0, 1.0, 0.0, 1.0])
    np.testing.assert_array_equal(block.log_ratio, [np.log(2), -np.inf, np.inf, np.nan])


def test_pinball_loss_as_scikit_learn_has_it() -> None:
    block = RealBlock(TRUTH, None, QUANTILES, LEVELS)
    expected = np.mean(
        [sk.mean_pinball_loss(TRUTH, q, alpha=level) for q, level in zip(QUANTILES, LEVELS, strict=True)]
    )
    assert block.pinball.mean() == pytest.approx(expected, rel=1e-12)


def test_a_quantile_by_its_level() -> None:
    block = RealBlock(TRUTH, TRUTH + 1, QUANTILES, LEVELS)
    for row, level in zip(QUANTILES, LEVELS, strict=True):
        np.testing.assert_array_equal(block.quantile(level), row)
    assert real_block([1.0], [2.0]).quantile(0.9).tolist() == [2.0]


def test_quantiles_alone_have_no_predicted_value() -> None:
    block = RealBlock(TRUTH, None, QUANTILES, LEVELS)
    with pytest.raises(ValueError, match="only quantiles"):
        _ = block.error


def test_errors_that_are_too_large_are_infinite() -> None:
    assert real_block([-1.7e308], [1.7e308]).absolute_error.tolist() == [np.inf]
