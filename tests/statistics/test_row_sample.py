from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from evalcli.blocks import RealBlock, take_rows
from evalcli.statistics import RowSample, Sample, hash_rows
from evalcli.statistics.row_sample import nth_lowest
from support.measuring import real_block

N = 300


def numbered(n: int = N, group: Any = None) -> RealBlock:
    """Rows that are named by their true value."""
    rows = hash_rows(np.arange(n), 0)
    groups = rows if group is None else hash_rows(np.asarray(group), 9)
    return replace(real_block(np.arange(n), np.zeros(n)), row_hashes=np.stack([groups, rows]))


def sample(drawn: RowSample, *blocks: RealBlock) -> Sample:
    return sum(drawn.of(block) for block in blocks).finalize(map)


@given(st.lists(st.integers(0, N), max_size=6), st.randoms())
def test_the_same_rows_whatever_came_first(cuts: list[int], random: Any) -> None:
    block, drawn = numbered(), RowSample(40)
    ends = [0, *sorted(cuts), N]
    parts = [take_rows(block, slice(a, b)) for a, b in pairwise(ends)]
    random.shuffle(parts)
    found = sample(drawn, *parts).block.truth
    np.testing.assert_array_equal(found, sample(drawn, block).block.truth)
    assert len(set(found.tolist())) == 40


def test_rows_that_all_fit_are_all_there() -> None:
    found = sample(RowSample(N), numbered())
    assert sorted(found.block.truth.tolist()) == list(range(N))
    assert (found.part, found.units) == (1.0, N)


def test_the_part_of_all_rows() -> None:
    found = sample(RowSample(2000), numbered(20_000))
    assert found.block.n == 2000
    assert found.part == pytest.approx(0.1, rel=0.1)
    assert found.block.truth.mean() == pytest.approx(10_000, rel=0.05)


def test_groups_are_whole() -> None:
    group = np.arange(N) // 7
    found = sample(RowSample(50), numbered(group=group))
    drawn = group[found.block.truth.astype(int)]
    sizes = np.bincount(group)
    assert 0 < len(drawn) <= 50
    assert all(np.count_nonzero(drawn == one) == sizes[one] for one in set(drawn.tolist()))
    assert found.units == len(set(drawn.tolist())) == len(found.starts)
    assert np.count_nonzero(np.diff(drawn)) == found.units - 1


def test_a_share_of_each_group() -> None:
    group = np.arange(20_000) // 2000
    found = sample(RowSample(20_000, 0.25), numbered(20_000, group))
    sizes = np.bincount(group[found.block.truth.astype(int)])
    assert sizes.tolist() == pytest.approx([500] * 10, rel=0.2)


def test_draws_repeat_whole_groups() -> None:
    group = np.arange(N) // 3
    found = sample(RowSample(N), numbered(group=group))
    rng = np.random.default_rng(0)
    times = np.zeros(N)
    for _ in range(400):
        again = found.times_drawn(rng)
        drawn = group[found.block.truth.astype(int)]
        assert all(len(set(again[drawn == one].tolist())) == 1 for one in (0, 5, 99))
        times += again
    assert times.mean() / 400 == pytest.approx(1.0, abs=0.02)


def test_no_rows_and_no_hashes() -> None:
    empty = sample(RowSample(10), take_rows(numbered(), slice(0, 0)))
    assert (empty.block.n, empty.units) == (0, 0)
    with pytest.raises(ValueError, match="cannot be drawn"):
        RowSample(10).of(real_block([1.0], [2.0]))


def test_a_group_that_is_larger_than_the_limit_is_kept_whole() -> None:
    assert sample(RowSample(50), numbered(group=np.zeros(N))).block.n == N


@pytest.mark.parametrize("place", [0, 3, 99])
@pytest.mark.parametrize("factor", [1, 1 << 50, (1 << 57) - 1])
def test_the_hash_at_a_place_of_the_order(place: int, factor: int) -> None:
    row_hashes = np.random.default_rng(place).permutation(100).astype(np.uint64) * np.uint64(factor)
    assert nth_lowest(row_hashes, place) == np.sort(row_hashes)[place]
