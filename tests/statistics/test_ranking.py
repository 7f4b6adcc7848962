from __future__ import annotations

import numpy as np
import pytest

from evalcli.blocks import ClassBlock, ScoreKind
from evalcli.statistics import Ranking, ScoreRanking


def test_saturated_logits_do_not_tie() -> None:
    """A softmax of 40 and of 50 is 1.0 in both cases; the logits still order."""
    logits = np.array([[0.0, 0.0, 0.0, 0.0], [50.0, 40.0, 45.0, -3.0]])
    truth = np.array([1, 0, 1, 0])
    state = ScoreRanking().of(ClassBlock(truth, logits, None, 2, ScoreKind.LOGITS, 1))
    assert state.sums(0).roc_auc == 1.0


@pytest.mark.parametrize("k", [3, 5])
def test_logits_rank_as_their_probabilities(k: int) -> None:
    rng = np.random.default_rng(k)
    logits, truth = rng.normal(size=(k, 300)), rng.integers(0, k, 300)
    p = np.exp(logits) / np.exp(logits).sum(axis=0)
    by_logits = ScoreRanking().of(ClassBlock(truth, logits, None, k, ScoreKind.LOGITS))
    by_probability = ScoreRanking().of(ClassBlock(truth, p, None, k))
    for cls in range(k):
        assert by_logits.sums(cls).doubled_concordant == by_probability.sums(cls).doubled_concordant
    assert Ranking(by_logits, map).pooled.roc_auc == pytest.approx(
        Ranking(by_probability, map).pooled.roc_auc, rel=1e-12
    )


def test_ranking_of_nothing_is_undefined() -> None:
    block = ClassBlock(np.empty(0, np.intp), np.empty((1, 0)), None, 2, positive=1)
    ranking = Ranking(ScoreRanking().of(block), map)
    assert np.isnan(ranking.roc_auc).all()
    assert np.isnan(ranking.average_precision).all()
