from __future__ import annotations

import math
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from evalcli.statistics.correlation import (
    CHUNK,
    crossings,
    inversions,
    paired_ranks,
    rank_product,
    ranks_of,
)

few = st.integers(-3, 3).map(float)
any_value = st.floats(allow_nan=False, allow_infinity=False)
columns = st.integers(1, 40).flatmap(
    lambda n: st.tuples(*[arrays(np.float64, n, elements=st.one_of(few, any_value))] * 2)
)


@given(columns)
def test_mid_ranks_as_scipy_has_them(pair: Any) -> None:
    values, _ = pair
    ranked = ranks_of(values)
    n = len(values)
    ranks = stats.rankdata(values)
    order = np.asarray(ranked.order)
    assert sorted(order.tolist()) == list(range(n))
    assert (np.diff(values[order]) >= 0).all()
    assert (ranked.centred(slice(None)) == 2 * ranks[order] - (n + 1)).all()
    assert ranked.spread == pytest.approx(((ranks - ranks.mean()) ** 2).sum(), rel=1e-12)
    sizes = np.unique(values, return_counts=True)[1]
    assert ranked.tied_pairs == sum(size * (size - 1) // 2 for size in sizes.tolist())
    assert ranked.distinct == (len(sizes) == n)


@given(columns)
def test_products_of_ranks(pair: Any) -> None:
    one, other = map(stats.rankdata, pair)
    expected = ((one - one.mean()) * (other - other.mean())).sum()
    assert rank_product(*paired_ranks(*pair)) == pytest.approx(expected, abs=1e-9)


@given(columns)
def test_pairs_in_opposite_order(pair: Any) -> None:
    first, second = np.triu_indices(len(pair[0]), 1)
    one, other = (np.sign(ranks[first] - ranks[second]) for ranks in map(stats.rankdata, pair))
    found = inversions(*paired_ranks(*pair))
    assert found == ((one * other < 0).sum(), ((one == 0) & (other == 0)).sum())


@given(st.integers(1, 64).flatmap(lambda n: st.permutations(range(n))))
def test_crossings_of_a_permutation(order: list[int]) -> None:
    pairs = [(a, b) for place, a in enumerate(order) for b in order[place + 1 :]]
    assert crossings(np.array(order)) == sum(a > b for a, b in pairs)


def test_many_rows_in_several_pieces() -> None:
    rng = np.random.default_rng(4)
    n = 2 * CHUNK + 17
    truth = np.round(rng.normal(size=n), 3)
    guess = np.round(truth + rng.normal(size=n), 2)
    one, other = paired_ranks(truth, guess)
    spread = math.sqrt(one.spread * other.spread)
    assert rank_product(one, other) / spread == pytest.approx(stats.spearmanr(truth, guess).statistic)
    pairs = n * (n - 1) // 2
    discordant, both = inversions(one, other)
    agree = pairs - one.tied_pairs - other.tied_pairs + both - 2 * discordant
    tau = agree / math.sqrt((pairs - one.tied_pairs) * (pairs - other.tied_pairs))
    assert tau == pytest.approx(stats.kendalltau(truth, guess).statistic, rel=1e-9)
    assert crossings(np.arange(n)[::-1]) == pairs


def test_values_that_differ_in_the_last_bit() -> None:
    """Values closer than the resolution of the scaled ones."""
    values = np.array([1.0, np.nextafter(1.0, 0), np.nextafter(1.0, 2), 1.0, 1e300, -1e300])
    ranked = ranks_of(values)
    assert (np.diff(values[ranked.order]) >= 0).all()
    assert ranked.ties.tolist() == [1, 1, 2, 1, 1]


@given(columns)
def test_the_right_order_has_places_in_the_left_one(pair: Any) -> None:
    left, right = paired_ranks(*pair)
    values = pair[1][left.order][right.order]
    assert sorted(right.order.tolist()) == list(range(len(values)))
    assert (np.diff(values) >= 0).all()
    tied = values[1:] == values[:-1]
    assert (np.diff(right.order)[tied] > 0).all()
    assert (right.is_new[1:] == ~tied).all()


def test_correlations_on_threads() -> None:
    rng = np.random.default_rng(5)
    n = 3 * CHUNK + 5
    truth = rng.gamma(2.0, size=n)
    columns = truth, truth * rng.gamma(9.0, size=n)
    with ThreadPoolExecutor(2) as pool:
        left, right = paired_ranks(*columns, pool.map)
        found = rank_product(left, right, pool.map) / math.sqrt(left.spread * right.spread)
    assert found == pytest.approx(stats.spearmanr(*columns).statistic, rel=1e-12)
    alone = paired_ranks(*columns)
    assert (alone[0].order == left.order).all()
    assert (alone[1].order == right.order).all()
    both = 1 - 4 * inversions(left, right)[0] / (n * (n - 1))
    assert both == pytest.approx(stats.kendalltau(*columns).statistic, rel=1e-12)
