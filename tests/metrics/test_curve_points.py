from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import stats

from evalcli.blocks import ScoreKind
from support.measuring import binary_block, measure, value_of

Y = np.array([0, 0, 1, 0, 1, 1])
SCORES = np.array([0.1, 0.2, 0.3, 0.4, 0.5, 0.6])
BLOCK = binary_block(Y, SCORES)
RNG = np.random.default_rng(3)
TRUTH = RNG.random(200) < 0.3
GUESS = np.round(RNG.normal(size=200) + TRUTH, 1)
MANY = binary_block(TRUTH, GUESS, kind=ScoreKind.RAW)
NAMES = (
    *("ks", "gini", "eer", "best_f1"),
    *("precision_at_recall@0.9", "recall_at_precision@0.9", "recall_at_fpr@0"),
)


def test_a_curve_of_six_rows_by_hand() -> None:
    """From the top: hit, hit, miss, hit, miss, miss."""
    assert value_of("ks", BLOCK) == pytest.approx(2 / 3)
    assert value_of("gini", BLOCK) == pytest.approx(7 / 9)
    assert value_of("eer", BLOCK) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("name", "value", "threshold"),
    [
        ("precision_at_recall@0.6", 1.0, 0.5),
        ("precision_at_recall@1", 0.75, 0.3),
        ("recall_at_precision@0.9", 2 / 3, 0.5),
        ("recall_at_precision@0.75", 1.0, 0.3),
        ("recall_at_fpr@0", 2 / 3, 0.5),
        ("recall_at_fpr@0.34", 1.0, 0.3),
        ("best_f1", 6 / 7, 0.3),
    ],
)
def test_points_by_hand(name: str, value: float, threshold: float) -> None:
    found = measure(name, BLOCK)
    assert (found.value, found.threshold) == (pytest.approx(value), pytest.approx(threshold))


def test_many_rows_as_scipy_and_scikit_learn_have_them() -> None:
    ks = stats.ks_2samp(GUESS[TRUTH], GUESS[~TRUTH])
    assert value_of("ks", MANY) == pytest.approx(ks.statistic)
    assert value_of("gini", MANY) == pytest.approx(2 * sk.roc_auc_score(TRUTH, GUESS) - 1)
    scores = [sk.f1_score(TRUTH, t <= GUESS) for t in np.unique(GUESS)]
    assert value_of("best_f1", MANY) == pytest.approx(max(scores))
    fpr, tpr, _ = sk.roc_curve(TRUTH, GUESS)
    assert value_of("recall_at_fpr@0.2", MANY) == pytest.approx(tpr[fpr <= 0.2].max())
    precision, recall, _ = sk.precision_recall_curve(TRUTH, GUESS)
    assert value_of("precision_at_recall@0.8", MANY) == pytest.approx(precision[recall >= 0.8].max())


def test_the_threshold_reaches_the_value() -> None:
    for name, score in (("best_f1", sk.f1_score), ("precision_at_recall@0.5", sk.precision_score)):
        found = measure(name, MANY)
        assert found.value == pytest.approx(score(TRUTH, found.threshold <= GUESS))


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 4)), min_size=2, max_size=12))
def test_the_largest_distance_of_scores_with_ties(rows: list[tuple[bool, int]]) -> None:
    truth, scores = (np.array(part) for part in zip(*rows, strict=True))
    assume(truth.any() and not truth.all())
    expected = stats.ks_2samp(scores[truth], scores[~truth]).statistic
    assert value_of("ks", binary_block(truth, scores / 4)) == pytest.approx(expected)


def test_a_point_that_no_threshold_reaches() -> None:
    found = measure("recall_at_precision@0.9", binary_block([0, 1, 0], [0.9, 0.5, 0.1]))
    assert (found.value, found.threshold) == (0.0, np.inf)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("truth", [[0, 0], [1, 1]])
def test_one_class_has_no_curve(name: str, truth: list[int]) -> None:
    found = measure(name, binary_block(truth, [0.25, 0.5]))
    assert (found.value, found.reason) == (None, "the labels contain one class only")
