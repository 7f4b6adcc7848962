from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from evalcli.blocks import ClassBlock, take_rows
from evalcli.statistics import ScoreRanking
from evalcli.statistics.ranking import RankingOptions


@pytest.mark.parametrize("keep_keys", [False, True])
def test_parts_add_up_and_influences_leave_the_areas_behind(keep_keys: bool) -> None:
    rng = np.random.default_rng(0)
    truth = rng.integers(0, 3, 300)
    p = rng.dirichlet(np.ones(3), 300).T.astype(np.float32)
    block = ClassBlock(truth, p, None, 3)
    ranked = ScoreRanking(keep_keys=keep_keys)
    assert isinstance(ranked, RankingOptions)
    parts = [ranked.of(take_rows(block, slice(first, first + 100))) for first in (0, 100, 200)]
    ranking = (parts[0] + parts[1] + parts[2]).finalize(map)
    rows = [(row, truth == cls) for cls, row in enumerate(p)]
    at = ranking.influences_at(rows)
    assert at.shape == (3, 2, 300)
    np.testing.assert_allclose(at[:, 0].sum(axis=1), 0, atol=1e-12)
    expected = [roc_auc_score(truth == cls, row) for cls, row in enumerate(p)]
    np.testing.assert_allclose(ranking.roc_auc, expected, rtol=1e-12)
    whole = ranked.of(block).finalize(map)
    np.testing.assert_allclose(whole.roc_auc, expected, rtol=1e-12)
