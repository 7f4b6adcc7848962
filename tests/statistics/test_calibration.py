from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from evalcli.blocks import ClassBlock
from evalcli.statistics import Calibration


@given(st.lists(st.tuples(st.integers(0, 45), st.booleans()), min_size=1), st.integers(1, 20))
def test_calibration_bins_are_open_below_and_closed_above(rows: list[tuple[int, bool]], bins: int) -> None:
    p = np.array([place for place, _ in rows]) / 45
    y = np.array([int(hit) for _, hit in rows])
    state = Calibration(bins).of(ClassBlock(y, p[None, :], None, 2, positive=1))
    edges = np.arange(bins + 1) / bins
    inside = (p[:, None] > edges[:-1]) & (p[:, None] <= edges[1:])
    inside[p == 0, 0] = True
    assert (state.count == inside.sum(axis=0)).all()
    assert (state.hits == inside[y == 1].sum(axis=0)).all()
