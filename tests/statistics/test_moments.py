from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.statistics import Moments


@given(
    st.lists(st.integers(-1000, 1000), min_size=2, max_size=50),
    st.integers(1, 49),
    st.sampled_from([0.0, 1e8, -1e8]),
)
def test_moments_hold_far_from_zero(steps: list[int], cut: int, centre: float) -> None:
    values = np.array(steps) / 1000
    shifted = values + centre
    merged = Moments.of(shifted[:cut]) + Moments.of(shifted[cut:])
    assert merged.n == len(steps)
    assert merged.mean - centre == pytest.approx(float(values.mean()), abs=1e-7)
    assert merged.variance == pytest.approx(float(values.var(ddof=1)), abs=1e-6)
