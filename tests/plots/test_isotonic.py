from __future__ import annotations

import numpy as np
import pytest
from sklearn.isotonic import IsotonicRegression

import evalcli
from evalcli.plots.isotonic import band, corp, isotonic
from evalcli.report.curves import RankedCurve


def _curve(p: np.ndarray, y: np.ndarray) -> RankedCurve:
    curves = evalcli.evaluate(y, p, curves="default", no_intervals=True).curves
    assert curves is not None
    return curves.ranked[0]


@pytest.mark.parametrize("n", [60, 400])
def test_the_curve_is_isotonic_regression(n: int) -> None:
    rng = np.random.default_rng(n)
    p = np.round(rng.random(n), 2)
    y = (rng.random(n) < p**2).astype(int)
    across, up = corp(_curve(p, y))
    known = IsotonicRegression().fit(p, y)
    assert np.interp(p, across[::-1], up[::-1]) == pytest.approx(known.predict(p), abs=1e-9)


def test_isotonic_is_scikit_learns() -> None:
    rng = np.random.default_rng(0)
    values, weights = rng.random(50), rng.integers(1, 9, 50).astype(float)
    known = IsotonicRegression().fit(np.arange(50), values, sample_weight=weights).predict(np.arange(50))
    assert isotonic(values, weights) == pytest.approx(known)


def test_the_band_holds_curves_of_calibrated_probabilities_and_no_others() -> None:
    inside, outside = [], []
    for seed in range(25):
        rng = np.random.default_rng(seed)
        p = rng.random(800)
        for power, shares in ((1.0, inside), (2.0, outside)):
            curve = _curve(p, (rng.random(800) < p**power).astype(int))
            found = band(curve, 0.95, 0)
            assert found is not None
            scores, low, high = found
            across, up = corp(curve)
            at = np.interp(scores, across[::-1], up[::-1])
            shares.append(((at >= low - 1e-9) & (at <= high + 1e-9)).mean())
    assert 0.9 < np.mean(inside) < 0.99
    assert np.mean(outside) < 0.5


def test_few_rows_and_other_scores_have_no_band() -> None:
    assert band(_curve(np.array([0.2, 0.7, 0.4]), np.array([0, 1, 1])), 0.95, 0) is None
    curve = RankedCurve("a", 30, 30, (None, 3.0, None), (0, 30, 30), (0, 0, 30), (0, 1, 2))
    assert band(curve, 0.95, 0) is None
