from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from evalcli.blocks.row_hashes import hash_rows

N = 20_000


def test_the_published_numbers_of_splitmix64() -> None:
    """The first three of Vigna's splitmix64.c, from the seed 0."""
    expected = [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F]
    assert hash_rows(np.arange(3), 0).tolist() == expected


@given(st.lists(st.integers(0, 2**62)), st.integers(0, 2**62))
def test_equal_numbers_have_equal_hashes(numbers: list[int], seed: int) -> None:
    array = np.array(numbers, np.int64)
    found = hash_rows(array, seed)
    assert found.dtype == np.uint64
    np.testing.assert_array_equal(found[::-1], hash_rows(array[::-1], seed))
    assert len(set(found.tolist())) == len(set(numbers))


@pytest.mark.parametrize("kind", [np.uint8, np.int32, np.uint64])
def test_the_type_of_a_number_does_not_matter(kind: type) -> None:
    np.testing.assert_array_equal(hash_rows(np.arange(100, dtype=kind), 5), hash_rows(np.arange(100), 5))


def test_seeds_differ() -> None:
    assert len({int(hash_rows(np.arange(1), seed)[0]) for seed in range(100)}) == 100
    one, other = (hash_rows(np.arange(N), seed) for seed in (1, 2**40))
    assert (one != other).all()
    ranks = stats.spearmanr(one.astype(float), other.astype(float))
    assert abs(ranks.statistic) < 0.03


@pytest.mark.parametrize("seed", [0, 1, 2**62])
@pytest.mark.parametrize("step", [1, 8, 4096])
def test_roughly_uniform(seed: int, step: int) -> None:
    """Of numbers at any distance, in the high bits and in the low ones."""
    found = hash_rows(np.arange(N) * step, seed)
    assert stats.kstest(found / 2.0**64, "uniform").pvalue > 1e-3
    low = np.bincount((found & np.uint64(63)).astype(np.intp), minlength=64)
    assert stats.chisquare(low).pvalue > 1e-3
