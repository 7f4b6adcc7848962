from __future__ import annotations

import numpy as np
import pytest

from support.drawing import data, drawn, report


def test_lift_ends_at_one() -> None:
    rows = data("lift", report())
    assert rows[-1]["lift"] == pytest.approx(1.0)
    assert np.isnan(rows[0]["lift"])
    assert drawn("lift", report()).get_ylabel() == "lift"
