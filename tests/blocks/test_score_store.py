from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evalcli.blocks import ScoreStore
from evalcli.blocks.score_store import side_by_side

sizes = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 3)), min_size=1, max_size=6)


def filled(width: int, rows: int) -> ScoreStore:
    store = ScoreStore.of(width, rows, np.dtype(np.float32))
    store.scores[...] = np.arange(width * rows).reshape(width, rows)
    return store


@given(sizes, st.integers(1, 3))
def test_parts_are_joined_without_the_rows_between_them(parts: list[tuple[int, int]], width: int) -> None:
    for first in (0, width - 1):
        store = filled(width, sum(kept + left_out for kept, left_out in parts))
        start, views = 0, []
        for kept, left_out in parts:
            views.append(store.part(start, kept)[first:])
            start += kept + left_out
        expected = np.concatenate(views, axis=1)
        joined = store.joined(views)
        np.testing.assert_array_equal(joined, expected)
        assert not expected.size or store.holds(joined)


def test_a_copy_is_no_part() -> None:
    store = filled(2, 3)
    assert store.holds(store.part(1, 2)) and store.holds(store.part(0, 3)[1][None, :])
    assert not store.holds(store.part(1, 2).copy())


@given(
    st.lists(st.integers(0, 4), min_size=1, max_size=5), st.sampled_from(["whole", "gap", "copies", "step"])
)
def test_arrays_side_by_side(lengths: list[int], how: str) -> None:
    whole = np.arange(100, dtype=np.int8)
    start, parts = 3, []
    for length in lengths:
        parts.append(
            whole[start : start + 2 * length : 2] if how == "step" else whole[start : start + length]
        )
        start += length + (how == "gap")
    if how == "copies":
        parts = [part.copy() for part in parts]
    found = side_by_side(parts)
    np.testing.assert_array_equal(found, np.concatenate(parts))
    if how == "whole":
        assert found.base is whole


def test_adjacent_parts_are_joined_without_a_copy() -> None:
    column = np.arange(12.0)
    whole = side_by_side([column[3:5], column[5:9]])
    assert np.shares_memory(whole, column)
    assert whole.tolist() == column[3:9].tolist()
    for parts in ([column[5:9], column[3:5]], [column[3:5], column[6:9]], [column[3:5], column[5:9].copy()]):
        assert not np.shares_memory(side_by_side(parts), column)
        assert side_by_side(parts).tolist() == np.concatenate(parts).tolist()
