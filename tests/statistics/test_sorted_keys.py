from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.statistics.sorted_keys import cut_at_scores, keys_of, merged, scores_of_keys, sort_keys


@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_keys_order_as_scores_and_carry_the_outcome(kind: type[np.floating]) -> None:
    rng = np.random.default_rng(0)
    scores, positive = rng.random(300).astype(kind).round(2), rng.random(300) < 0.5
    keys = keys_of(scores.copy(), positive)
    order = np.lexsort((positive, scores))
    assert (np.argsort(keys, kind="stable") == order).all()
    assert ((keys & keys.dtype.type(1)) == positive).all()
    assert (scores_of_keys(keys) == scores).all()


@pytest.mark.parametrize("n", [0, 1, 19, 20, 21, 101])
def test_keys_are_sorted_on_two_threads(n: int) -> None:
    keys = np.random.default_rng(n).integers(0, 50, n, dtype=np.uint64)
    with ThreadPoolExecutor(2) as pool:
        for mapper in (map, pool.map):
            found = sort_keys(keys.copy(), mapper, split_rows=20)
            assert (found == np.sort(keys)).all()


@given(st.lists(st.lists(st.integers(0, 40), max_size=40), min_size=1, max_size=4), st.integers(1, 9))
def test_segments_of_several_arrays_are_cut_between_scores(lists: list[list[int]], rows: int) -> None:
    arrays = [np.sort(np.array(keys, np.uint32)) for keys in lists]
    cuts = cut_at_scores(arrays, rows)
    parts = [merged(arrays, cuts, index) for index in range(len(cuts[0]) - 1)]
    assert (np.concatenate(parts) == np.sort(np.concatenate(arrays))).all()
    present = [part >> 1 for part in parts if len(part)]
    assert all(low[-1] < high[0] for low, high in pairwise(present))
