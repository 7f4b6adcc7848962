from __future__ import annotations

from functools import partial
from typing import Any

import mpmath
import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from msgspec.structs import replace
from scipy import special

from evalcli.blocks import RealBlock, take_rows
from evalcli.statistics import RowLoss
from evalcli.statistics.base import reduce
from evalcli.statistics.moments import Moments
from evalcli.statistics.row_losses import LOSSES, PIECE
from support.measuring import positive_rows, real_block

RNG = np.random.default_rng(7)
N = 60
TRUTH, GUESS, WEIGHT = positive_rows(RNG, N)
BLOCK = real_block(TRUTH, GUESS, weight=WEIGHT)
POINT = [*(RowLoss(name) for name in LOSSES if name not in ("tweedie", "pinball")),
         *(RowLoss("tweedie", power) for power in (-1.0, 0.0, 1.0, 1.5, 1.7, 2.0, 3.0))]  # fmt: skip


@pytest.mark.parametrize(
    ("loss", "expected"),
    [
        (RowLoss("absolute"), sk.mean_absolute_error),
        (RowLoss("squared"), sk.mean_squared_error),
        (RowLoss("relative"), sk.mean_absolute_percentage_error),
        (RowLoss("squared log"), sk.mean_squared_log_error),
        *(
            (RowLoss("tweedie", power), partial(sk.mean_tweedie_deviance, power=power))
            for power in (-1.0, 0.0, 1.0, 1.5, 2.0, 3.0)
        ),
    ],
)
def test_losses_as_scikit_learn_has_them(loss: RowLoss, expected: Any) -> None:
    found = loss.of(BLOCK)
    assert found.loss.mean == pytest.approx(expected(TRUTH, GUESS, sample_weight=WEIGHT), rel=1e-10)
    assert found.loss.n == WEIGHT.sum()
    assert found.outside == 0


def test_losses_worked_out_by_hand() -> None:
    block = real_block([1.0, -2.0, 0.0], [2.0, -6.0, 0.0])
    assert RowLoss("error").of(block).loss.mean == -1.0
    assert RowLoss("size of truth").of(block).loss.mean == 1.0
    assert RowLoss("symmetric").of(block).loss.mean == pytest.approx((2 / 3 + 1 + 0) / 3)


@pytest.mark.parametrize(
    ("loss", "outside"), [(RowLoss("relative"), 1), (RowLoss("squared log"), 2), (RowLoss("tweedie", 2.0), 3)]
)
def test_rows_outside_the_domain_are_counted(loss: RowLoss, outside: int) -> None:
    found = loss.of(real_block([0.0, 1.0, 2.0, -1.0], [1.0, -1.0, 2.0, 2.0]))
    assert (found.loss.n, found.outside) == (4 - outside, outside)


@pytest.mark.parametrize("power", [1.0, 1.5, 2.0, 2.5])
def test_deviances_of_near_values_keep_their_digits(power: float) -> None:
    """Near the mean the deviance is that of a normal distribution: (y - m)² / m^power."""
    found = RowLoss("tweedie", power).of(real_block([3.0 * (1 + 1e-9)], [3.0])).loss.mean
    assert found == pytest.approx((3e-9) ** 2 / 3.0**power, rel=1e-6, abs=0)


def test_pinball_loss_as_scikit_learn_has_it() -> None:
    block = RealBlock(TRUTH, None, GUESS[None, :], (0.2,))
    expected = sk.mean_pinball_loss(TRUTH, GUESS, alpha=0.2)
    assert RowLoss("pinball", 0.2).of(block).loss.mean == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("loss", POINT, ids=str)
def test_losses_in_pieces_are_those_of_all_rows(loss: RowLoss) -> None:
    n = 2 * PIECE + 77
    truth = RNG.gamma(2.0, size=n) * (RNG.random(n) < 0.9)
    guess = RNG.gamma(2.0, size=n)
    guess[PIECE + 5] = -1.0
    block = real_block(truth, guess, weight=RNG.integers(1, 4, n).astype(float))
    values, inside = LOSSES[loss.name](block, loss.parameter)
    rows = slice(None) if inside is None else inside
    expected = Moments.of(values[rows], block.weight[rows])
    found = loss.of(block)
    assert found.outside == (0 if inside is None else np.count_nonzero(~inside))
    assert (found.loss.n, found.loss.mean) == pytest.approx((expected.n, expected.mean), rel=1e-13)
    assert found.loss.m2 == pytest.approx(expected.m2, rel=1e-12)


def test_losses_together_are_the_same_bit_for_bit() -> None:
    block = real_block(RNG.gamma(2.0, size=PIECE + 9), RNG.gamma(2.0, size=PIECE + 9))
    together = reduce(block, POINT)
    assert list(together) == POINT
    for loss in POINT:
        assert together[loss] == loss.of(take_rows(block, slice(None)))


@pytest.mark.parametrize("power", [1.0, 1.5, 2.0])
@given(ratio=arrays(np.float64, 5, elements=st.floats(1e-6, 1e6)), scale=st.floats(1e-3, 1e3))
def test_deviances_keep_their_digits_everywhere(power: float, ratio: Any, scale: float) -> None:
    """Against forms without cancellation: Kullback-Leibler terms, and the square of a difference of roots."""
    truth, near = ratio * scale, np.array([1 - 1e-5, 1 + 3e-3, 1 + 2.0**-8, 1 - 0.01, 1.05]) * scale
    for y in (truth, near):
        mu = np.full(5, scale)
        excess = (y - mu) / mu
        found = LOSSES["tweedie"](real_block(y, mu), power)[0]
        log1p = np.where(np.abs(excess) < 0.5, np.log1p(excess), np.log(y / mu))
        if power == 1.5:
            expected = 4 * np.square((y - mu) / (np.sqrt(y) + np.sqrt(mu))) / np.sqrt(mu)
        elif power == 1:
            expected = 2 * special.kl_div(y, mu)
        else:
            expected = 2 * (excess - log1p)
        # the references lose digits near the mean
        assert found == pytest.approx(expected, rel=1e-9, abs=1e-15 * scale)


@pytest.mark.parametrize("loss", POINT, ids=str)
def test_equal_losses_far_from_0_have_no_variance(loss: RowLoss) -> None:
    found = loss.of(real_block(np.full(40, 3.0), np.full(40, 7.0))).loss
    assert found.constant
    shifted = real_block(1e8 + np.arange(40.0), np.full(40, 1.0))
    assert RowLoss("error").of(shifted).loss.variance == pytest.approx(np.arange(40).var(ddof=1), rel=1e-12)


@pytest.mark.parametrize("loss", POINT, ids=str)
def test_no_rows_have_no_losses(loss: RowLoss) -> None:
    found = loss.of(real_block([], []))
    assert (found.loss.n, found.outside) == (0, 0)


def test_the_poisson_deviance_of_0() -> None:
    zero = RowLoss("tweedie", 1.0).of(real_block([0.0, 1.0], [2.0, 1.0]))
    assert (zero.loss.mean, zero.outside) == (2.0, 0)


def test_weights_of_rows_outside_the_domain_do_not_count() -> None:
    block = replace(real_block([0.0, 2.0, 4.0], [1.0, 1.0, 1.0]), weight=np.array([5.0, 1.0, 3.0]))
    found = RowLoss("relative").of(block)
    assert (found.outside, found.loss.n, found.loss.mean) == (1, 4.0, (0.5 + 3 * 0.75) / 4)


@pytest.mark.parametrize("truth", [1e3, 1e9, 1e15, 1e17, 1e300])
@pytest.mark.parametrize("predicted", [0.0, 3.5, 1e8])
def test_squared_logs_keep_their_digits_where_the_ratio_is_small(truth: float, predicted: float) -> None:
    found = RowLoss("squared log").of(real_block([truth], [predicted]))
    with mpmath.workdps(40):
        expected = float((mpmath.log1p(mpmath.mpf(predicted)) - mpmath.log1p(mpmath.mpf(truth))) ** 2)
    assert found.outside == 0
    assert found.loss.mean == pytest.approx(expected, rel=1e-14)
