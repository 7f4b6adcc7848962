from __future__ import annotations

import numpy as np
import pytest
import sklearn.metrics as sk

from evalcli.blocks import take_rows
from evalcli.statistics import TruthRank
from support.measuring import class_block

RNG = np.random.default_rng(10)
N, K = 80, 4
TRUTH = RNG.integers(0, K, N)
P = RNG.dirichlet(np.ones(K), N)


@pytest.mark.parametrize("weight", [None, RNG.random(N)])
def test_ranks_as_scikit_learn_counts_them(weight: np.ndarray | None) -> None:
    found = TruthRank().of(class_block(TRUTH, P, weight=weight))
    for k in range(1, K):
        expected = sk.top_k_accuracy_score(TRUTH, P, k=k, sample_weight=weight)
        assert found.counts[:k].sum() / found.n == pytest.approx(expected)
    assert found.n == pytest.approx(N if weight is None else weight.sum())


def test_ties_go_to_the_lowest_class() -> None:
    rows = np.full((3, 3), 1 / 3)
    assert TruthRank().of(class_block([0, 1, 2], rows)).counts.tolist() == [1, 1, 1]


def test_parts_add() -> None:
    block = class_block(TRUTH, P)
    parts = [TruthRank().of(take_rows(block, rows)) for rows in (slice(0, 7), slice(7, 7), slice(7, N))]
    assert sum(parts).counts.tolist() == TruthRank().of(block).counts.tolist()


def test_no_rows() -> None:
    found = TruthRank().of(class_block([], np.empty((0, 3))))
    assert (found.counts.tolist(), found.n) == ([0, 0, 0], 0)
