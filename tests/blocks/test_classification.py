from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from msgspec.structs import astuple
from scipy.special import expit, log_expit, log_softmax, softmax

from evalcli.blocks import ClassBlock, ScoreKind
from evalcli.statistics import (
    Brier,
    Calibration,
    ClasswiseCalibration,
    Confusion,
    LogLoss,
    RowOutcomes,
    TruthRank,
)
from evalcli.statistics.base import finished_states, reduce

matrices = arrays(np.float64, st.tuples(st.integers(2, 5), st.integers(1, 30)), elements=st.integers(0, 4))


@given(matrices, st.integers(0, 2**32 - 1))
def test_argmax_and_rank_take_the_lowest_class_of_a_tie(scores: Any, seed: int) -> None:
    k, n = scores.shape
    truth = np.random.default_rng(seed).integers(0, k, n)
    block = ClassBlock(truth, scores, None, k, ScoreKind.RAW)
    assert (block.argmax == scores.argmax(axis=0)).all()
    order = np.argsort(-scores, axis=0, kind="stable")
    assert (block.truth_rank == np.argmax(order == truth, axis=0)).all()
    assert ((block.truth_rank == 0) == (block.argmax == truth)).all()


@pytest.mark.parametrize("k", [256, 300, 70_000])
def test_argmax_of_many_classes(k: int) -> None:
    scores = np.zeros((k, 3))
    scores[k - 1, 0] = scores[k - 2, 1] = 1
    block = ClassBlock(np.array([0, 0, k - 1]), scores, None, k, ScoreKind.RAW)
    assert block.argmax.tolist() == [k - 1, k - 2, 0]
    assert block.truth_rank.tolist() == [1, 1, k - 1]


@pytest.mark.parametrize("far", [1.0, 40.0, 1000.0])
def test_softmax_is_exact_for_far_logits(far: float) -> None:
    rng = np.random.default_rng(1)
    logits, truth = rng.normal(size=(4, 50)) * far, rng.integers(0, 4, 50)
    block = ClassBlock(truth, logits, None, 4, ScoreKind.LOGITS)
    assert block.probabilities == pytest.approx(softmax(logits, axis=0), rel=1e-12, abs=1e-300)
    logs, clipped = block.log_true_probability
    expected = log_softmax(logits, axis=0)[truth, np.arange(50)]
    assert logs == pytest.approx(expected, rel=1e-9, abs=1e-12)
    assert not clipped.any()


def test_one_column_of_logits() -> None:
    logits = np.array([[-800.0, -1.0, 0.0, 2.0, 800.0]])
    truth = np.array([0, 1, 1, 0, 0])
    block = ClassBlock(truth, logits, None, 2, ScoreKind.LOGITS, 1)
    assert block.positive_probability == pytest.approx(expit(logits[0]))
    assert block.log_true_probability[0] == pytest.approx(
        log_expit(np.where(truth == 1, logits[0], -logits[0]))
    )
    assert block.predicted.tolist() == [0, 0, 0, 1, 1]  # p > 0.5, so that 0.5 is negative


@pytest.mark.parametrize(("positive", "expected"), [(1, [0, 0, 1]), (0, [1, 1, 0])])
def test_one_column_is_the_positive_class(positive: int, expected: list[int]) -> None:
    block = ClassBlock(np.array([0, 1, 1]), np.array([[0.2, 0.5, 0.7]]), None, 2, positive=positive)
    assert block.predicted.tolist() == expected


def test_a_threshold_includes_its_own_score() -> None:
    scores = np.array([[0.2, 0.3, 0.7]])
    block = ClassBlock(np.array([0, 1, 1]), scores, None, 2, positive=1, threshold=0.3)
    assert block.predicted.tolist() == [0, 1, 1]


def test_probabilities_of_one_and_zero_are_clipped_and_counted() -> None:
    block = ClassBlock(np.array([1, 1, 0]), np.array([[0.0, 1.0, 0.25]]), None, 2, positive=1)
    logs, clipped = block.log_true_probability
    eps = np.finfo(float).eps
    assert logs == pytest.approx([np.log(eps), np.log1p(-eps), np.log(0.75)])
    assert clipped.tolist() == [True, True, False]


def test_stored_classes_win_over_the_argmax() -> None:
    scores = np.array([[0.9, 0.1], [0.1, 0.9]])
    block = ClassBlock(np.array([0, 1]), scores, np.array([1, 1]), 2, positive=1)
    assert block.predicted.tolist() == [1, 1]
    assert block.disagreements == 1


def test_without_scores_there_is_nothing_to_derive() -> None:
    block = ClassBlock(np.array([0]), None, np.array([1]), 2, positive=1)
    assert block.disagreements == 0
    with pytest.raises(ValueError, match="no scores"):
        _ = block.argmax
    with pytest.raises(ValueError, match="positive class"):
        _ = ClassBlock(np.array([0]), np.array([[0.5], [0.5]]), None, 2).is_positive


def test_log_odds_where_all_others_underflow() -> None:
    """Far logits: the highest class is measured against the second, never against zero."""
    logits = np.array([[900.0, 800.0], [0.0, 0.0], [-5.0, -900.0]])
    scores, _ = ClassBlock(np.array([0, 1]), logits, None, 3, ScoreKind.LOGITS).ranking_scores
    assert np.isfinite(scores).all()
    assert scores[0] == pytest.approx([900 - np.log1p(np.exp(-5.0)), 800.0])


def test_a_threshold_of_half_floats_is_theirs() -> None:
    scores = np.array([[0.1, 0.05, 0.7, 0.3]], np.float16).astype(np.float32)
    block = ClassBlock(
        truth=np.array([1, 0, 1, 0]), scores=scores, given_predictions=None, k=2, positive=1,
        threshold=0.1, eps=float(np.finfo(np.float16).eps),
    )  # fmt: skip
    assert block.predicted.tolist() == [1, 0, 1, 1]


@pytest.mark.parametrize("k", [3, 100, 126])
def test_small_class_indices_are_as_good_as_large_ones(k: int) -> None:
    """Products of them would overflow in eight bits."""
    rng = np.random.default_rng(k)
    scores, truth = rng.dirichlet(np.ones(k), 300).T.copy(), rng.integers(0, k, 300)
    statistics = [
        Confusion(),
        Calibration(),
        ClasswiseCalibration(bins=50),
        TruthRank(),
        LogLoss(),
        Brier(),
        RowOutcomes(),
    ]
    found = [
        finished_states(reduce(ClassBlock(truth.astype(kind), scores.copy(), None, k), statistics))
        for kind in (np.int8, np.intp)
    ]
    for statistic in statistics:
        left, right = (astuple(states[statistic]) for states in found)
        np.testing.assert_equal(left, right)
