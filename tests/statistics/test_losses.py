from __future__ import annotations

import math

import numpy as np
import pytest
import sklearn.metrics as sk
from scipy import stats

from evalcli.blocks import ScoreKind
from evalcli.statistics import Brier, LogLoss, LossMoments, Moments, Spiegelhalter, SpiegelhalterSums
from support.measuring import binary_block, class_block, label_block

RNG = np.random.default_rng(6)
N = 50
TRUTH = RNG.integers(0, 3, N)
P = RNG.dirichlet([1, 1, 1], N)
WEIGHT = RNG.random(N)


def test_several_classes_as_scikit_learn_has_them() -> None:
    block = class_block(TRUTH, P, weight=WEIGHT)
    found = LogLoss().of(block)
    assert found.loss.mean == pytest.approx(sk.log_loss(TRUTH, P, sample_weight=WEIGHT), rel=1e-12)
    assert found.clipped == 0
    squares = np.square(P - np.eye(3)[TRUTH]).sum(axis=1)
    assert Brier().of(block).mean == pytest.approx(np.average(squares, weights=WEIGHT), rel=1e-12)


def test_two_classes_as_scikit_learn_has_them() -> None:
    y, p = TRUTH > 0, P[:, 0]
    block = binary_block(y, p)
    assert LogLoss().of(block).loss.mean == pytest.approx(sk.log_loss(y, p), rel=1e-12)
    assert Brier().of(block).mean == pytest.approx(sk.brier_score_loss(y, p), rel=1e-12)


def test_labels_are_the_mean_of_their_losses() -> None:
    truth = RNG.random((N, 3)) < 0.5
    p = RNG.random((N, 3))
    expected = [sk.log_loss(truth[:, j], p[:, j]) for j in range(3)]
    assert LogLoss().of(label_block(truth, p)).loss.mean == pytest.approx(np.mean(expected), rel=1e-12)
    assert Brier().of(label_block(truth, p)).mean == pytest.approx(np.mean((p - truth) ** 2), rel=1e-12)


def test_clipped_rows_are_counted() -> None:
    found = LogLoss().of(binary_block([1, 1, 0], [0.0, 0.5, 1.0], eps=2.0**-20))
    assert found.clipped == 2
    assert found.loss.mean == pytest.approx((20 + 1 + 20) * math.log(2) / 3)


def test_logits_are_not_clipped() -> None:
    found = LogLoss().of(binary_block([1, 0], [-800.0, -800.0], kind=ScoreKind.LOGITS))
    assert (found.loss.mean, found.clipped) == (pytest.approx(400), 0)


def test_no_rows() -> None:
    block = binary_block([], [])
    assert LogLoss().of(block) == LossMoments(Moments())
    assert Brier().of(block) == Moments()
    assert Spiegelhalter().of(block) == SpiegelhalterSums()


def test_what_calibrated_probabilities_promise() -> None:
    """By hand for two rows; and of many calibrated rows a standard normal number."""
    found = Spiegelhalter().of(binary_block([1, 0], [0.75, 0.25]))
    assert found.excess == pytest.approx(0.25 * -0.5 + -0.25 * 0.5)
    assert found.variance == pytest.approx(2 * 0.25 * 3 / 16)
    z = []
    for _ in range(300):
        p = RNG.random(100)
        sums = Spiegelhalter().of(binary_block(RNG.random(100) < p, p))
        z.append(sums.excess / math.sqrt(sums.variance))
    assert stats.kstest(z, "norm").pvalue > 1e-3
