from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as sk
from scipy.special import expit

from evalcli.blocks import ScoreKind
from support.measuring import label_block

TRUTH = np.array([[1, 0, 0], [1, 1, 0], [0, 0, 0], [1, 1, 1]], np.bool_)
P = np.array([[0.75, 0.25, 0.5], [0.125, 0.5, 0.25], [0.25, 0.5, 0.5], [0.5, 0.75, 0.625]])


def test_predicted_above_one_half() -> None:
    expected = (P > 0.5).T
    for kind, scores in (
        (ScoreKind.PROBABILITIES, P),
        (ScoreKind.LOG_PROBABILITIES, np.log(P)),
        (ScoreKind.LOGITS, np.log(P / (1 - P))),
    ):
        np.testing.assert_array_equal(label_block(TRUTH, scores, kind=kind).predicted, expected)


def test_thresholds_of_some_labels() -> None:
    block = label_block(TRUTH, P, thresholds=(0.25, np.nan, 0.625))
    assert block.predicted.tolist() == [
        [True, False, True, True],
        [False, False, False, True],
        [False, False, False, True],
    ]


def test_thresholds_of_raw_scores_are_scores() -> None:
    block = label_block(TRUTH, 10 * P - 5, kind=ScoreKind.RAW, thresholds=(2.5, np.nan, -2.5))
    assert block.predicted.tolist() == [
        [True, False, False, False],
        [False, False, False, True],
        [True, True, True, True],
    ]


def test_a_threshold_in_the_type_of_the_file() -> None:
    block = label_block(TRUTH[:1], P[:1], thresholds=(0.7, 0.7, 0.7))
    single = type(block)(block.truth, np.full((3, 1), 0.7, np.float32), thresholds=block.thresholds)
    assert single.predicted.all()


@pytest.mark.parametrize("kind", [ScoreKind.PROBABILITIES, ScoreKind.LOGITS])
def test_losses_of_a_row_as_scikit_learn_has_them(kind: ScoreKind) -> None:
    scores = P if kind is ScoreKind.PROBABILITIES else 4 * P - 2
    p = P if kind is ScoreKind.PROBABILITIES else expit(scores)
    block = label_block(TRUTH, scores, kind=kind)
    logs, clipped = block.log_true_probability
    for row in range(len(TRUTH)):
        assert -logs[row] == pytest.approx(sk.log_loss(TRUTH[row], p[row], labels=[False, True]))
        assert block.squared_distance[row] == pytest.approx(np.mean((p[row] - TRUTH[row]) ** 2))
    assert not clipped.any()


def test_a_certain_mistake_is_clipped_but_for_logits() -> None:
    logs, clipped = label_block([[1, 0]], [[0.0, 0.5]], eps=2.0**-10).log_true_probability
    assert logs[0] == pytest.approx(-(10 + 1) / 2 * np.log(2))
    assert clipped.tolist() == [True]
    logs, clipped = label_block([[1, 0]], [[-1000.0, 0.0]], kind=ScoreKind.LOGITS).log_true_probability
    assert logs[0] == pytest.approx(-(1000 + np.log(2)) / 2)
    assert clipped.tolist() == [False]


def test_confidence_is_that_of_the_least_sure_label() -> None:
    assert label_block(TRUTH, P).confidence.tolist() == [0.5, 0.5, 0.5, 0.5]
    assert label_block([[1, 0]], [[0.875, 0.25]]).confidence.tolist() == [0.75]


def test_how_deep_the_labels_of_a_row_are() -> None:
    """Ties at the worst place; 0 for a row without labels."""
    depth = label_block(TRUTH, P).coverage_depth
    assert depth.tolist() == [1, 3, 0, 3]
    assert depth.mean() == sk.coverage_error(TRUTH.astype(int), P)
    assert label_block([[1, 0, 0]], [[0.5, 0.5, 0.25]]).coverage_depth.tolist() == [2]


def test_labels_and_rows_of_the_truth() -> None:
    block = label_block(TRUTH, P)
    labels, rows = block.true_classes
    found = sorted(zip(rows.tolist(), labels.tolist(), strict=True))
    assert found == [(0, 0), (1, 0), (1, 1), (3, 0), (3, 1), (3, 2)]
    assert (block.n, block.k) == (4, 3)


KNOWN = np.array([[1, 0, 1], [1, 1, 1], [0, 1, 1], [0, 0, 1]], np.bool_)


@pytest.mark.parametrize("kind", [ScoreKind.PROBABILITIES, ScoreKind.LOGITS])
def test_losses_are_means_over_the_known_labels(kind: ScoreKind) -> None:
    scores = P if kind is ScoreKind.PROBABILITIES else np.log(P / (1 - P))
    block = label_block(TRUTH & KNOWN, scores, kind=kind, known=KNOWN.T)
    for row, known in enumerate(KNOWN):
        y, p = TRUTH[row, known], P[row, known]
        loss = -block.log_true_probability[0][row]
        assert loss == pytest.approx(sk.log_loss(y, p, labels=[False, True]), rel=1e-12)
        assert block.squared_distance[row] == pytest.approx(np.square(y - p).mean(), rel=1e-12)
    assert block.loss_weight == pytest.approx(KNOWN.mean(axis=1))


def test_rows_of_each_label_where_some_are_missing() -> None:
    block = label_block(TRUTH & KNOWN, P, known=KNOWN.T, weight=np.arange(4.0))
    (scores, columns), truth, weight = block.ranking_scores, block.ranking_truth, block.ranking_weight
    assert columns == (0, 1, 2)
    assert weight is not None
    for label, known in enumerate(KNOWN.T):
        assert scores[label].tolist() == P[known, label].tolist()
        assert truth[label].tolist() == TRUTH[known, label].tolist()
        assert weight[label].tolist() == np.flatnonzero(known).tolist()
    whole = label_block(TRUTH, P, weight=np.arange(4.0))
    assert whole.ranking_truth is whole.truth
    assert whole.ranking_weight is whole.loss_weight is whole.weight
