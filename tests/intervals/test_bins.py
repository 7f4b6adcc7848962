from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from scipy import stats

from evalcli.intervals.bins import BIN_BOUNDS, bin_bounds, with_sizes
from evalcli.intervals.method import Study
from evalcli.metrics import METRICS, Context, Request, Summary, compute
from evalcli.statistics import Calibration, CalibrationBins, Confidences, RowSample
from evalcli.tasks import BINARY
from support.measuring import binary_block


def bounds(p: Any, y: Any, confidence: float = 0.95, bins: int = 10, weight: Any = None) -> Any:
    state = Calibration(bins).of(binary_block(y, p, weight=weight))
    normals = with_sizes(np.random.default_rng(0).standard_normal((2000, bins)))
    parts = (state.count, state.hits, state.gaps, state.squares)
    return float(state.error), bin_bounds(*parts, weight is not None, normals, confidence)


def test_one_bin_that_is_off_is_a_share() -> None:
    """800 of 1,000 rows are true where half was promised: the interval is that of the 800."""
    value, ends = bounds(np.full(1000, 0.5), np.arange(1000) < 800)
    half = stats.norm.ppf(0.975) * np.sqrt(0.8 * 0.2 / 999)
    assert value == pytest.approx(0.3)
    assert ends[1] == pytest.approx(0.3 + half, rel=1e-6)
    assert ends[0] == pytest.approx(0.3 - half, abs=0.003)


def test_calibrated_probabilities_may_have_no_error() -> None:
    rng = np.random.default_rng(4)
    p = rng.random(2000)
    value, (low, high) = bounds(p, rng.random(2000) < p)
    assert low == 0.0
    assert low < value < high


def test_wider_with_confidence_and_narrower_with_rows() -> None:
    rng = np.random.default_rng(5)
    widths = {}
    for n in (200, 20_000):
        p = rng.random(n)
        y = rng.random(n) < p**2
        for confidence in (0.8, 0.99):
            value, (low, high) = bounds(p, y, confidence)
            assert 0 <= low <= value <= high <= 1
            widths[n, confidence] = high - low
    assert widths[200, 0.99] > widths[200, 0.8] > widths[20_000, 0.8]
    assert widths[200, 0.99] > widths[20_000, 0.99] > widths[20_000, 0.8]


def test_outcomes_without_exception_are_not_certain() -> None:
    """Ten of ten rows came true; an eleventh might not."""
    value, (low, high) = bounds(np.full(10, 0.75), np.ones(10))
    assert value == pytest.approx(0.25)
    assert low < value < high


def test_no_rows() -> None:
    assert bounds(np.empty(0), np.empty(0))[1] is None


def test_weights_of_one_change_little() -> None:
    rng = np.random.default_rng(6)
    p = rng.random(3000)
    y = rng.random(3000) < p**2
    assert bounds(p, y, weight=np.ones(3000))[1] == pytest.approx(bounds(p, y)[1], abs=0.01)


@pytest.mark.parametrize("name", ["ece", "ace"])
def test_ends_of_a_metric(name: str) -> None:
    rng = np.random.default_rng(7)
    p = rng.random(500)
    block = binary_block(rng.random(500) < p**2, p)
    context = Context(BINARY, ("a", "b"), 1, bins=10)
    states = {
        Calibration(10): Calibration(10).of(block),
        Confidences(): Confidences().of(block).finalize(map),
    }
    request = Request(METRICS.named(name)[0])

    def ends(context: Context) -> Any:
        summary = Summary(context, states)
        study, result = Study(summary, 0.95, RowSample(1000)), compute(request, summary)
        assert result.value is not None
        return BIN_BOUNDS.ends(study, request, result, result.value)

    low, high = ends(context)
    error = states[Calibration(10)] if name == "ece" else states[Confidences()].of_equal_mass(10)
    assert isinstance(error, CalibrationBins)
    assert low < float(error.error) < high
    assert ends(context) == (low, high)
    assert ends(replace(context, seed=1)) == pytest.approx((low, high), abs=0.01)
