from __future__ import annotations

import math
from fractions import Fraction
from pathlib import Path
from typing import Any

import mpmath as mp
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalcli.metrics import METRICS, Context, Request, Summary, compute
from evalcli.statistics import Confusion, ConfusionCounts
from evalcli.tasks import BINARY, MULTICLASS
from support.command_line import Cli


@pytest.fixture(autouse=True)
def digits() -> Any:
    with mp.workdps(60):
        yield


BIG = [[2**24 + 1, 2**31], [3, 2**33 + 7]]


@pytest.mark.parametrize("times", [1, 1000])
def test_counts_that_no_float_holds(times: int) -> None:
    """Merged a thousand times: 1e13 rows, whose products overflow 64 bits."""
    table = np.array(BIG, np.int64)
    state = ConfusionCounts(table)
    for _ in range(times - 1):
        state = state + ConfusionCounts(table)
    summary = Summary(Context(BINARY, ("0", "1"), 1), {Confusion(): state})
    tn, fp, fn, tp = (Fraction(value * times) for row in BIG for value in row)
    n = tn + fp + fn + tp

    def found(name: str) -> float:
        value = compute(Request(METRICS.named(name)[0]), summary).value
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


@given(st.integers(2, 5), st.integers(0, 2**32 - 1))
def test_mcc_of_weights_far_apart(k: int, seed: int) -> None:
    """Against fractions: what is taken from sums of 1e6 does not take the digits of 1e-6 with it."""
    rng = np.random.default_rng(seed)
    table = np.where(rng.random((k, k)) < 0.5, 0.0, 10.0 ** rng.uniform(-6, 6, (k, k)))
    assume(table.any())
    exact = np.vectorize(Fraction, otypes=[object])(table)
    truth, predicted, n = exact.sum(axis=1), exact.sum(axis=0), exact.sum()
    spreads = [n * n - (parts * parts).sum() for parts in (truth, predicted)]
    context = Context(MULTICLASS, tuple("abcde"[:k]), weighted=True)
    found = float(METRICS.named("mcc")[0].function(ConfusionCounts(table), Summary(context)))
    if not all(spreads):
        assert math.isnan(found)
        return
    square = (n * exact.trace() - (truth * predicted).sum()) ** 2 / (spreads[0] * spreads[1])
    assert found**2 == pytest.approx(float(square), rel=1e-9, abs=1e-14)


def test_specificity_of_weights_where_one_class_is_all(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,pred,weight\na,d,84.99\na,b,40.59\na,c,19.18\n")
    names = "specificity_macro,specificity_weighted,specificity:a"
    found = cli("score", tmp_path / "p.csv", "--classes", "a,b,c,d", "-m", names, "-f", "json").json[
        "metrics"
    ]
    assert [score["value"] for score in found.values()] == [pytest.approx(0.5), 0.0, None]
