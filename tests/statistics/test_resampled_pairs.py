from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.statistics.regression import Pairs
from evalcli.statistics.resampled_pairs import SampledPairs
from evalcli.statistics.weights import Weights

MEASURES = ("median_error", "error_around_median", "spearman", "kendall")
few = st.integers(-3, 3).map(float)
values = st.one_of(few, st.floats(-1e6, 1e6))
rows = st.lists(st.tuples(values, values, st.integers(1, 4), st.integers(0, 3)), min_size=1, max_size=25)


@given(rows.filter(lambda drawn: any(times for *_, times in drawn)), st.booleans())
def test_resamples_are_those_of_repeated_rows(
    drawn: list[tuple[float, float, int, int]], weighted: bool
) -> None:
    truth, predicted, weight, times = (np.array(column) for column in zip(*drawn, strict=True))
    weight = weight / 3 if weighted else None
    at = np.repeat(np.arange(len(times)), times)
    expected = Pairs.of(truth[at], predicted[at], Weights(weight).at(at))
    sample = SampledPairs(Pairs.of(truth, predicted, Weights(weight)))
    _, found = sample.drawn(np.stack([times + 1, times]))
    for name in MEASURES:
        value = getattr(expected, name)
        # medians of numbers of opposite signs may be rounding errors
        assert getattr(found, name) == pytest.approx(value, rel=1e-12, abs=1e-12, nan_ok=True), name


def test_a_constant_resample_has_no_correlation() -> None:
    sample = SampledPairs(Pairs.of(np.array([1.0, 1.0, 2.0]), np.array([3.0, 4.0, 5.0]), Weights()))
    (found,) = sample.drawn(np.array([[2, 1, 0]]))
    assert math.isnan(found.spearman)
    assert math.isnan(found.kendall)
