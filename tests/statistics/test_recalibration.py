from __future__ import annotations

import numpy as np
import pytest

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
