from __future__ import annotations

from fractions import Fraction
from typing import Any

import mpmath as mp
import numpy as np
import pytest

from evalcli.metrics import METRICS, Context, Request, compute
from evalcli.statistics import Confusion, ConfusionCounts


@pytest.fixture(autouse=True)
def digits() -> Any:
    with mp.workdps(60):
        yield


BIG = [[2**24 + 1, 2**31], [3, 2**33 + 7]]


@pytest.mark.parametrize("times", [1, 1000])
def test_counts_that_no_float_holds(times: int) -> None:
    """Merged a thousand times: 1e13 rows, whose products no 64 bits hold."""
    table = np.array(BIG, np.int64)
    state = ConfusionCounts(table)
    for _ in range(times - 1):
        state = state + ConfusionCounts(table)
    context = Context("binary", ("0", "1"), 1, states={Confusion(): state})
    tn, fp, fn, tp = (Fraction(value * times) for row in BIG for value in row)
    n = tn + fp + fn + tp

    def found(name: str) -> float:
        value = compute(Request(METRICS[name]), context).value
        assert value is not None
        return value

    spread = mp.sqrt(mp.mpf(int((tp + fp) * (tp + fn) * (tn + fp) * (tn + fn))))
    chance = ((tp + fp) * (tp + fn) + (tn + fp) * (tn + fn)) / n**2
    expected = {
        "accuracy": (tp + tn) / n,
        "precision": tp / (tp + fp),
        "recall": tp / (tp + fn),
        "f1": 2 * tp / (2 * tp + fp + fn),
        "mcc": mp.mpf(int(tp * tn - fp * fn)) / spread,
        "cohen_kappa": ((tp + tn) / n - chance) / (1 - chance),
        "diagnostic_odds_ratio": tp * tn / (fp * fn),
    }
    for name, value in expected.items():
        assert found(name) == pytest.approx(float(value), rel=1e-12), name
