from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk

from evalcli.blocks import take_rows
from evalcli.statistics import Outcomes, RowOutcomes
from support.measuring import binary_block, class_block, predicted_block

RNG = np.random.default_rng(3)
N, K, SIZE = 25, 3, 8
TRUTH = RNG.integers(0, K, N)
P = RNG.dirichlet(np.ones(K), N)
BLOCK = class_block(TRUTH, P)
BATCHES = [slice(first, first + SIZE) for first in range(0, N, SIZE)]


def outcomes(*blocks: Any) -> Outcomes:
    return sum(RowOutcomes().of(block) for block in blocks).finalize(map)


def test_counts_of_each_batch() -> None:
    hits, claimed, support = outcomes(BLOCK).totals(SIZE)
    assert hits.shape == (4, K)
    for place, rows in enumerate(BATCHES):
        matrix = sk.confusion_matrix(TRUTH[rows], P[rows].argmax(axis=1), labels=range(K))
        assert hits[place].tolist() == np.diag(matrix).tolist()
        assert claimed[place].tolist() == matrix.sum(axis=0).tolist()
        assert support[place].tolist() == matrix.sum(axis=1).tolist()


def test_blocks_need_not_be_batches() -> None:
    parts = [take_rows(BLOCK, slice(0, 5)), take_rows(BLOCK, slice(5, 5)), take_rows(BLOCK, slice(5, N))]
    np.testing.assert_array_equal(outcomes(*parts).totals(SIZE), outcomes(BLOCK).totals(SIZE))


def test_accuracies_of_batches() -> None:
    expected = [sk.accuracy_score(TRUTH[rows], P[rows].argmax(axis=1)) for rows in BATCHES]
    assert outcomes(BLOCK).accuracy_by_batch(SIZE) == pytest.approx(expected, rel=1e-12)


def test_losses_of_batches() -> None:
    expected = [sk.log_loss(TRUTH[rows], P[rows], labels=range(K)) for rows in BATCHES]
    assert outcomes(BLOCK).loss_by_batch(SIZE) == pytest.approx(expected, rel=1e-12)


def test_a_batch_of_all_rows() -> None:
    found = outcomes(BLOCK)
    assert found.totals(N)[2].tolist() == [np.bincount(TRUTH).tolist()]
    assert found.loss_by_batch(1000) == pytest.approx([found.loss.mean()])


def test_rounded_probabilities_predict_what_is_above_one_half() -> None:
    rows = [[0.6, 0.3, 0.1], [0.4, 0.35, 0.25], [0.2, 0.1, 0.7], [0.5, 0.5, 0.0]]
    hits, claimed, support = outcomes(class_block([0, 0, 1, 0], rows)).rounded()
    assert hits.tolist() == [[1, 0, 0]]
    assert claimed.tolist() == [[1, 0, 1]]
    assert support.tolist() == [[3, 1, 0]]


def test_without_probabilities_there_is_no_loss() -> None:
    found = outcomes(predicted_block([0, 1, 2], [0, 2, 2], 3))
    assert (len(found.loss), len(found.rounds_to_one)) == (0, 0)
    assert found.totals(2)[0].tolist() == [[1, 0, 0], [0, 0, 1]]


def test_binary_data_is_not_rounded() -> None:
    found = outcomes(binary_block([0, 1], [0.25, 0.75]))
    assert (len(found.loss), len(found.rounds_to_one)) == (2, 0)
