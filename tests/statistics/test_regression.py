from __future__ import annotations

import math

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from scipy import stats

from evalcli.blocks import RealBlock, take_rows
from evalcli.statistics import Coverage, JointMoments, LargestError, Maximum, PairedValues
from evalcli.statistics.weights import Weights
from support.measuring import positive_rows, real_block

RNG = np.random.default_rng(7)
N = 60
TRUTH, GUESS, WEIGHT = positive_rows(RNG, N)
BLOCK = real_block(TRUTH, GUESS, weight=WEIGHT)


def test_the_largest_error() -> None:
    assert LargestError().of(BLOCK).value == sk.max_error(TRUTH, GUESS)
    assert sum([Maximum(1.0), Maximum(), Maximum(3.0)]) == Maximum(3.0)
    assert math.isnan(LargestError().of(real_block([], [])).value)


def test_coverage_with_its_ends() -> None:
    truth = np.array([0.0, 1.0, 2.0, 3.0])
    quantiles = np.array([[0.0, 1.5, 1.0, 0.0], [1.0, 2.0, 2.0, 2.5]])
    block = RealBlock(truth, None, quantiles, (0.1, 0.9))
    found = Coverage(0.1, 0.9).of(block)
    assert (found.inside, found.total, found.width.mean) == (2, 4, 1.25)
    weighted = Coverage(0.1, 0.9).of(replace(block, weight=np.array([1.0, 2.0, 3.0, 4.0])))
    assert (weighted.inside, weighted.total) == (4.0, 10.0)


def test_joint_moments() -> None:
    found = JointMoments().of(BLOCK)
    covariance = np.cov(TRUTH, GUESS, ddof=0, aweights=WEIGHT)
    assert found.product / found.x.n == pytest.approx(covariance[0, 1])
    assert (found.x.m2 / found.x.n, found.y.m2 / found.y.n) == pytest.approx(np.diag(covariance))


def test_pairs_as_scipy_and_scikit_learn_have_them() -> None:
    block = real_block(np.round(TRUTH, 1), np.round(GUESS, 1))
    parts = [take_rows(block, slice(0, 11)), take_rows(block, slice(11, N))]
    pairs = sum(PairedValues().of(part) for part in parts).finalize(map)
    truth, guess = block.truth, block.predicted_value
    assert pairs.spearman == pytest.approx(stats.spearmanr(truth, guess).statistic)
    assert pairs.kendall == pytest.approx(stats.kendalltau(truth, guess).statistic)
    assert pairs.median_error == pytest.approx(sk.median_absolute_error(truth, guess))
    assert pairs.error_around_median == pytest.approx(np.abs(truth - np.median(truth)).mean())


def test_ranks_of_a_constant_are_undefined() -> None:
    pairs = PairedValues().of(real_block([1.0, 1.0, 1.0], [1.0, 2.0, 3.0])).finalize(map)
    assert math.isnan(pairs.spearman)
    assert math.isnan(pairs.kendall)


@given(st.lists(st.tuples(st.integers(-5, 5), st.integers(1, 4)), min_size=1, max_size=20))
def test_a_weighted_median_is_that_of_repeated_rows(rows: list[tuple[int, int]]) -> None:
    values, weight = np.array(rows, float).T
    assert Weights(weight).median(values.copy()) == np.median(np.repeat(values, weight.astype(int)))
