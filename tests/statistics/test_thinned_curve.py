from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from evalcli.statistics.curves import curve_of_scores
from evalcli.statistics.thinned_curve import convex_hull, thinned


@given(st.integers(0, 2**31), st.integers(2, 400), st.integers(2, 30), st.booleans())
def test_every_point_is_exact(seed: int, n: int, levels: int, single: bool) -> None:
    rng = np.random.default_rng(seed)
    scores = (rng.integers(0, levels, n) / levels).astype(np.float32 if single else np.float64)
    positive = rng.random(n) < 0.4
    if positive.all() or not positive.any():
        return
    found = thinned(curve_of_scores(scores, positive), 20)
    assert len(found.tp) <= 20 + 4
    assert (found.tp[0], found.fp[0]) == (0, 0)
    assert (found.tp[-1], found.fp[-1]) == (positive.sum(), (~positive).sum())
    assert (np.diff(found.tp) >= 0).all() and (np.diff(found.fp) >= 0).all()
    for score, tp, fp in zip(found.scores, found.tp, found.fp, strict=True):
        above = scores >= score
        assert (tp, fp) == ((above & positive).sum(), (above & ~positive).sum())


def test_neighbours_are_near_and_corners_stay() -> None:
    rng = np.random.default_rng(0)
    positive = rng.random(200_000) < 0.3
    curve = curve_of_scores(rng.normal(size=200_000) + positive, positive)
    found = thinned(curve, 500)
    assert len(found.tp) <= 504
    tpr, fpr = found.tp / curve.positives, found.fp / curve.negatives
    assert (np.diff(tpr) + np.diff(fpr)).max() < 0.01
    exact = curve.sums.roc_auc * curve.positives * curve.negatives
    area = float(np.diff(found.fp) @ (found.tp[1:] + found.tp[:-1])) / 2
    assert area == pytest.approx(exact, rel=1e-4)


@given(st.integers(0, 2**31), st.integers(3, 200))
def test_the_hull_is_the_isotonic_calibration(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    scores, positive = rng.random(n), rng.random(n) < 0.5
    if positive.all() or not positive.any():
        return
    order = np.argsort(-scores)
    tp, fp = (np.concatenate([[0], np.cumsum(side[order])]) for side in (positive, ~positive))
    hull = convex_hull(tp, fp)
    slopes = np.diff(tp[hull]) / (np.diff(tp[hull]) + np.diff(fp[hull]))
    steps = np.repeat(slopes, np.diff(hull))
    expected = IsotonicRegression().fit(scores, positive).predict(scores[order])
    np.testing.assert_allclose(steps, expected, atol=1e-9)
