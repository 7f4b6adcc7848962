from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, roc_auc_score

from evalcli.blocks import ClassBlock
from evalcli.statistics import Ranking, ScoreRanking
from evalcli.statistics.area_variance import influences, sums_of_keys
from evalcli.statistics.curves import curve_of_keys
from evalcli.statistics.sorted_keys import keys_of, sort_keys

RNG = np.random.default_rng(11)


def ranked(n: int, k: int, ties: bool) -> tuple[Any, Any, Ranking]:
    truth = RNG.integers(0, k, n)
    scores = RNG.normal(size=(k, n))
    scores[truth, np.arange(n)] += 1.0
    p = np.exp(scores) / np.exp(scores).sum(axis=0)
    p = np.round(p, 1 if ties else 6)
    block = ClassBlock(truth, p.copy(), None, k)
    return truth, p, ScoreRanking(with_variance=True).of(block).finalize(map)


def delong(p: Any, positive: Any) -> Any:
    """What each row adds, from all pairs."""
    wins = (p[positive][:, None] > p[~positive]) + 0.5 * (p[positive][:, None] == p[~positive])
    added = np.empty(len(p))
    added[positive] = (wins.mean(axis=1) - wins.mean()) / positive.sum()
    added[~positive] = (wins.mean(axis=0) - wins.mean()) / (~positive).sum()
    return added


@pytest.mark.parametrize("ties", [False, True])
def test_the_variance_of_roc_auc_is_delongs(ties: bool) -> None:
    truth, p, ranking = ranked(400, 4, ties)
    both = []
    for c in range(4):
        positive = truth == c
        added = delong(p[c], positive)
        m, n = positive.sum(), (~positive).sum()
        expected = (added[positive] ** 2).sum() * m / (m - 1) + (added[~positive] ** 2).sum() * n / (n - 1)
        sums = ranking.sums[c]
        assert sums.variance_terms is not None
        assert sums.variance_terms.roc_auc_variance(sums) == pytest.approx(expected, rel=1e-9)
        both.append(added)
    expected = np.square(np.mean(both, axis=0)).sum()
    assert np.square(ranking.influences[:, 0].mean(axis=0)).sum() == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("ties", [False, True])
@pytest.mark.parametrize("score", [roc_auc_score, average_precision_score])
def test_an_influence_is_what_a_row_adds(ties: bool, score: Any) -> None:
    n = 60
    positive = RNG.random(n) < 0.4
    p = np.round(RNG.random(n), 1 if ties else 8)
    curve = curve_of_keys(sort_keys(keys_of(p.copy(), positive), map))
    found = influences(curve, curve.sums, p, positive)[int(score is average_precision_score)]
    step = 1e-6
    for row in range(n):
        weight = np.ones(n)
        weight[row] += step
        moved = (score(positive, p, sample_weight=weight) - score(positive, p)) / step
        assert found[row] == pytest.approx(moved, abs=1e-5)


def test_the_variance_of_average_precision_is_of_its_influences() -> None:
    n = 5000
    positive = RNG.random(n) < 0.3
    p = np.round(RNG.random(n) + 0.3 * positive, 2) / 2
    keys = sort_keys(keys_of(p.copy(), positive), map)
    curve = curve_of_keys(keys)
    added = influences(curve, curve.sums, p, positive)[1]
    sums = sums_of_keys([keys], map, squares=True)
    assert sums.variance_terms is not None
    expected = np.square(added).sum() * n / (n - 1)
    assert sums.variance_terms.average_precision_variance(sums) == pytest.approx(expected, rel=1e-9)


def test_long_curves_are_thinned_by_little() -> None:
    n = 300_000
    positive = RNG.random(n) < 0.4
    p = RNG.random(n) / 2 + 0.2 * positive * RNG.random(n)
    keys = sort_keys(keys_of(p.copy(), positive), map)
    exact = sums_of_keys([keys], map, squares=True, most_points=1 << 30)
    thin = sums_of_keys([keys], map, squares=True)
    assert exact.variance_terms is not None
    assert thin.variance_terms is not None
    assert thin.roc_auc == exact.roc_auc
    for name in ("roc_auc_variance", "average_precision_variance"):
        one, other = getattr(thin.variance_terms, name)(thin), getattr(exact.variance_terms, name)(exact)
        assert one == pytest.approx(other, rel=2e-3)
