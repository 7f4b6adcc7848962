from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.statistics.joint_table import JointTable

RNG = np.random.default_rng(1)


@given(st.integers(0, 2**31), st.integers(2, 5), st.integers(1, 60))
def test_parts_add_up_to_the_whole(seed: int, k: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    rows = rng.integers(0, k, (3, n))
    cut = int(rng.integers(0, n + 1))
    whole = JointTable.of(*rows, k)
    both = JointTable.of(*rows[:, :cut], k) + JointTable.of(*rows[:, cut:], k)
    np.testing.assert_array_equal(whole.cells, both.cells)
    np.testing.assert_array_equal(whole.counts, both.counts)
    truth, old, new = rows
    assert whole.outcomes() == (
        int(((old == truth) & (new == truth)).sum()),
        int(((old == truth) & (new != truth)).sum()),
        int(((old != truth) & (new == truth)).sum()),
        int(((old != truth) & (new != truth)).sum()),
    )
    one = whole.only(1)
    assert one.n == n
    assert one.outcomes() == JointTable.of(*(rows == 1).astype(int), 2).outcomes()


def test_many_classes_are_counted_by_their_cells() -> None:
    rows = RNG.integers(0, 400, (3, 500))
    table = JointTable.of(*rows, 400)
    assert (table.n, table.k) == (500, 400)


def test_draws_have_the_rows_and_keep_the_pairs() -> None:
    truth = RNG.integers(0, 3, 2000)
    old = np.where(RNG.random(2000) < 0.8, truth, (truth + 1) % 3)
    table = JointTable.of(truth, old, old, 3)
    first, second = table.resampled(np.random.default_rng(0), 300)
    np.testing.assert_array_equal(first.n, second.n)
    assert first.n[0] == 2000
    share = first.correct / first.n
    assert share.mean() == pytest.approx((old == truth).mean(), abs=0.01)
    assert (second.correct - first.correct).std() < 3, "models that agree differ in pseudo-counts only"


def test_swaps_keep_what_both_predict_and_have_no_difference_on_average() -> None:
    truth = RNG.integers(0, 2, 500)
    old, new = (np.where(RNG.random(500) < share, truth, 1 - truth) for share in (0.7, 0.9))
    table = JointTable.of(truth, old, new, 2)
    first, second = table.swapped(np.random.default_rng(0), 4000)
    difference = second.correct - first.correct
    assert difference.mean() == pytest.approx(0, abs=1)
    broken, fixed = table.outcomes()[1:3]
    assert difference.std() == pytest.approx(np.sqrt(broken + fixed), rel=0.1)
    np.testing.assert_array_equal(first.correct + second.correct, (old == truth).sum() + (new == truth).sum())
