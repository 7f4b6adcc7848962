from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from evalcli.blocks import ClassBlock, ScoreKind
from evalcli.blocks.row_hashes import hash_rows, leading_bits
from evalcli.statistics import Ranking, ScoreRanking
from evalcli.statistics.pairs import ClassRows, Placements, place_rows

K = 4
ALL = np.ones(K, np.bool_)


def drawn(n: int, digits: int, dtype: Any = np.float32) -> tuple[Any, Any]:
    """Scores that rank the classes, of which some are rare."""
    rng = np.random.default_rng(n + digits)
    truth = rng.choice(K, n, p=[0.06, 0.14, 0.3, 0.5])
    scores = rng.normal(size=(K, n))
    scores[truth, np.arange(n)] += 1.0
    p = np.exp(scores) / np.exp(scores).sum(axis=0)
    return truth, np.round(p, digits).astype(dtype)


def placed(truth: Any, p: Any, averaged: Any = ALL, most: int = 1 << 16) -> Placements:
    hashes = leading_bits(hash_rows(np.arange(len(truth)), 0))
    rows = ClassRows.of(truth, hashes, K, most)
    return place_rows(rows, lambda cls: p[cls, rows.positions], averaged, map)


def wins(p: Any, truth: Any, one: int, other: int) -> Any:
    gap = p[one, truth == one][:, None] - p[one, truth == other]
    return (gap > 0) + 0.5 * (gap == 0)


def weights_of(truth: Any, classes: list[int], by_support: bool) -> dict[tuple[int, int], float]:
    support = np.bincount(truth, minlength=K)
    pairs = [(i, j) for i in classes for j in classes if i < j]
    weights = [float(support[i] + support[j]) if by_support else 1.0 for i, j in pairs]
    return {pair: weight / sum(weights) for pair, weight in zip(pairs, weights, strict=True)}


@pytest.mark.parametrize("by_support", [False, True])
@pytest.mark.parametrize("classes", [[0, 1, 2, 3], [0, 2, 3]])
@pytest.mark.parametrize(("digits", "dtype"), [(1, np.float32), (8, np.float32), (2, np.float64)])
def test_the_variance_is_delongs_of_the_mean_over_pairs(
    digits: int, dtype: Any, classes: list[int], by_support: bool
) -> None:
    """What each row adds, from all pairs of rows."""
    truth, p = drawn(300, digits, dtype)
    added = {cls: np.zeros(int((truth == cls).sum())) for cls in classes}
    for (i, j), weight in weights_of(truth, classes, by_support).items():
        for one, other in ((i, j), (j, i)):
            won = wins(p, truth, one, other)
            added[one] += weight / 2 * won.mean(axis=1)
            added[other] += weight / 2 * won.mean(axis=0)
    expected = [rows.var(ddof=1) / len(rows) for rows in added.values()]
    found = placed(truth, p, np.isin(np.arange(K), classes)).variances(np.array(classes), by_support)
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("digits", [1, 8])
def test_pairs_are_counted_exactly(digits: int) -> None:
    truth, p = drawn(400, digits)
    doubled = placed(truth, p).doubled
    for one in range(K):
        for other in set(range(K)) - {one}:
            assert doubled[one, other] == 2 * wins(p, truth, one, other).sum()


def test_a_class_without_rows_is_in_no_pair() -> None:
    truth, p = drawn(300, 2)
    kept = truth != 2
    found = placed(truth[kept], p[:, kept])
    assert not found.doubled[2].any()
    assert not found.doubled[:, 2].any()
    assert np.isfinite(found.variances(np.array([0, 1, 3]), False)).all()
    assert not placed(truth[:0], p[:, :0]).doubled.any()


@pytest.mark.parametrize("by_support", [False, True])
def test_a_sample_has_nearly_the_same_variance(by_support: bool) -> None:
    truth, p = drawn(60_000, 6)
    counted = np.arange(K)
    whole, part = (placed(truth, p, most=most).variances(counted, by_support) for most in (1 << 16, 16_000))
    assert placed(truth, p, most=16_000).rows.counts.tolist() == [min(4000, n) for n in np.bincount(truth)]
    assert part.sum() == pytest.approx(whole.sum(), rel=0.06)


def test_the_deviation_is_that_of_resamples() -> None:
    truth, p = drawn(500, 3)
    rng = np.random.default_rng(1)

    def mean_of(rows: Any) -> float:
        ranking = ScoreRanking(one_vs_one=True).of(ClassBlock(truth[rows], p[:, rows], None, K)).finalize(map)
        return float(np.nanmean(ranking.pairwise_auc))

    drawn_means = [mean_of(rng.integers(0, 500, 500)) for _ in range(400)]
    variance = placed(truth, p).variances(np.arange(K), False).sum()
    assert np.sqrt(variance) == pytest.approx(np.std(drawn_means), rel=0.12)


@pytest.mark.parametrize("kind", [ScoreKind.PROBABILITIES, ScoreKind.RAW])
def test_the_same_pairs_with_and_without_variances(kind: ScoreKind) -> None:
    truth, p = drawn(400, 2)
    p[0, :5] = -0.0
    blocks: Callable[[], ClassBlock] = lambda: ClassBlock(truth, p.copy(), None, K, kind)  # noqa: E731

    def ranking(with_variance: bool) -> Ranking:
        return ScoreRanking(one_vs_one=True, with_variance=with_variance).of(blocks()).finalize(map)

    np.testing.assert_array_equal(ranking(True).pairwise_auc, ranking(False).pairwise_auc)
