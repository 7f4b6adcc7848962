from __future__ import annotations

from typing import Any

import mpmath
import numpy as np
import pytest

from evalcli.statistics.recalibration import Recalibration, Run
from support.command_line import Save
from support.scoring import scored


def test_calibration_of_far_logits(saved: Save) -> None:
    """Outliers and shifts far beyond any probability still have a best curve."""
    rng = np.random.default_rng(9)
    x = rng.normal(size=1000) * 2
    y = (rng.random(1000) < 1 / (1 + np.exp(-0.7 * x))).astype(int)
    alone = scored(saved, x, y, "calibration_slope", scores="logits")["calibration_slope"]
    for far in (1e3, 1e4):
        more = scored(
            saved, np.append(x, [far, -far]), np.append(y, [1, 0]), "calibration_slope", scores="logits"
        )
        assert more["calibration_slope"] == pytest.approx(alone, rel=1e-6)
    middle = scored(saved, x, y, "calibration_intercept", scores="logits")["calibration_intercept"]
    for shift in (-600.0, 1e4):
        moved = scored(saved, x + shift, y, "calibration_intercept", scores="logits")
        assert moved["calibration_intercept"] == pytest.approx(middle - shift, abs=1e-6)


Case = tuple[int, float, float, float]
"""Rows, intercept, slope and mean of the log-odds."""


def runs_of(case: Case, weighted: bool) -> tuple[Run, ...]:
    n, intercept, slope, mean = case
    rng = np.random.default_rng(n)
    x = rng.normal(mean, 1.5, n)
    y = rng.random(n) < 1 / (1 + np.exp(-intercept - slope * x))
    weight = rng.random(n) if weighted else None
    cuts = [slice(start, start + 50_000) for start in range(0, n, 50_000)]
    return tuple((x[cut], y[cut], None if weight is None else weight[cut]) for cut in cuts)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    "case", [(150_001, 0.3, 0.7, 0.0), (150_002, -5.0, 1.3, 1.0), (150_003, -11.0, 0.1, 0.0)]
)
def test_many_rows_are_fitted_from_a_sample_to_the_same_digits(case: Case, weighted: bool) -> None:
    """With few positives, the sample does not help, and is not used."""
    fits = Recalibration(runs_of(case, weighted), map)
    (_, slope), _, scale = fits.safe_joint
    assert fits.slope == pytest.approx(slope / scale, rel=1e-13)
    assert fits.intercept == pytest.approx(fits.safe_intercept, rel=1e-12)


def test_the_fit_is_where_the_gradient_vanishes() -> None:
    runs = runs_of((140_000, 0.5, 0.8, 0.3), False)
    x, y = (np.concatenate([run[part] for run in runs]) for part in (0, 1))
    fits = Recalibration(runs, map)
    alone = y - 1 / (1 + np.exp(-fits.intercept - x))
    assert alone.mean() == pytest.approx(0.0, abs=1e-14)
    # the intercept of the joint fit for that slope makes the other derivative vanish too
    offset = Recalibration(tuple((fits.slope * part, of, None) for part, of, _ in runs), map).intercept
    assert np.mean((y - 1 / (1 + np.exp(-offset - fits.slope * x))) * x) == pytest.approx(0.0, abs=1e-13)


def test_many_separated_rows_have_no_slope() -> None:
    x = np.linspace(-1.0, 1.0, 140_000)
    fits = Recalibration(((x, x > 0, None),), map)
    assert np.isnan(fits.slope)
    assert np.isnan(Recalibration(((x, x > 2, None),), map).intercept)


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("scale", [1.0, 30.0, 1000.0])
def test_the_intercept_of_saturated_log_odds(scale: float, weighted: bool) -> None:
    """Where the expected and the counted hits agree, though their difference is 0 to rounding around it."""
    rng = np.random.default_rng(3)
    x = rng.normal(size=120) * scale
    y = rng.random(120) < 1 / (1 + np.exp(-x / scale))
    weight = rng.gamma(2.0, size=120) if weighted else np.ones(120)
    parts = (slice(50), slice(50, None))
    runs = tuple((x[rows], y[rows], weight[rows] if weighted else None) for rows in parts)
    found = Recalibration(runs, map)

    def excess(intercept: Any) -> Any:
        terms = []
        for at, hit, of_row in zip(x.tolist(), y.tolist(), weight.tolist(), strict=True):
            expected = 1 / (1 + mpmath.exp(-(mpmath.mpf(at) + intercept)))
            terms.append(of_row * (int(hit) - expected))
        return sum(terms)

    with mpmath.workdps(1000):
        root = mpmath.mpf(found.intercept)
        step = mpmath.mpf(10) ** -9 * max(1, abs(root))
        assert excess(root - step) > 0 > excess(root + step)
