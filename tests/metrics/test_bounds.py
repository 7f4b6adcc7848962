from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from evalcli.blocks import ClassBlock, ScoreKind
from evalcli.metrics import METRICS, Context, Request, Summary, compute
from evalcli.metrics.bounds import error_of
from evalcli.statistics import Confusion, ScoreRanking, Size
from evalcli.statistics.base import finished_states, reduce
from evalcli.tasks import MULTICLASS

RNG = np.random.default_rng(0)
N, K = 2000, 3
TRUTH = RNG.choice(K, N, p=[0.1, 0.3, 0.6])
Z = RNG.normal(size=(K, N)) + 2.0 * (np.arange(K)[:, None] == TRUTH)
P = (np.exp(Z) / np.exp(Z).sum(axis=0)).astype(np.float32)


def summary(certified: bool = True, **more: Any) -> Summary:
    ranking = ScoreRanking(certified=certified)
    context = Context(MULTICLASS, ("a", "b", "c"), ranking=ranking, **more)
    block = ClassBlock(TRUTH, P.copy(), None, K, ScoreKind.PROBABILITIES)
    states = reduce(block, [Confusion(), Size(), ranking])
    return Summary(context, finished_states(states))


def request(average: str | None = None, cls: str | None = None, name: str = "roc_auc") -> Request:
    return Request(METRICS[name, MULTICLASS], average, cls=cls)


@pytest.mark.parametrize("name", ["roc_auc", "average_precision"])
def test_the_error_of_a_mean_is_the_mean_of_ends(name: str) -> None:
    whole = summary()
    row = ("roc_auc", "average_precision").index(name)
    bounds = whole[whole.context.ranking].bounds
    assert bounds is not None
    support = np.bincount(TRUTH) / N
    shares = {"macro": [1 / 3] * 3, "weighted": support}
    for average, weights in shares.items():
        prefix = "ovr_" if name == "roc_auc" else ""
        asked = request(prefix + average, name=name)
        value = compute(asked, whole).value
        assert value is not None
        low, high = np.average(bounds[:, row], axis=0, weights=weights)
        assert error_of(asked, value, whole) == pytest.approx(max(high - value, value - low))
    some = summary(excluded=("a",))
    asked = request(("ovr_" if name == "roc_auc" else "") + "macro", name=name)
    value = compute(asked, some).value
    assert value is not None
    low, high = bounds[1:, row].mean(axis=0)
    assert error_of(asked, value, some) == pytest.approx(max(high - value, value - low))


def test_of_a_class_and_of_other_metrics() -> None:
    whole, exact = summary(), summary(certified=False)
    value = compute(request(cls="b"), exact).value
    near = compute(request(cls="b"), whole).value
    assert value is not None
    assert near is not None
    error = error_of(request(cls="b"), near, whole)
    assert error is not None
    assert abs(near - value) <= error < 1e-4
    assert error_of(request(cls="b"), value, exact) is None
    assert error_of(Request(METRICS["accuracy", MULTICLASS]), 0.5, whole) is None
    assert replace(whole.context.ranking, certified=False) == exact.context.ranking
