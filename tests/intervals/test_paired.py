from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from evalcli.intervals.paired import (
    PairedTables,
    newcombe,
    of_counts,
    of_draws,
    smallest_seen,
)
from evalcli.metrics import parse, values_of
from evalcli.metrics.stacks import context_of
from evalcli.statistics import ConfusionCounts
from evalcli.statistics.joint_table import JointTable
from evalcli.tasks import BINARY, MULTICLASS
from support.effort import SLOW


def test_newcombe_is_his_method_10() -> None:
    """The examples of his paper, first minus second there."""
    for table, low, high in (
        ((36, 12, 2, 0), 0.0569, 0.3404),
        ((36, 14, 0, 0), 0.1528, 0.4167),
    ):
        ends = newcombe(*table, 0.95)
        assert (-ends[1], -ends[0]) == (pytest.approx(low, abs=2e-3), pytest.approx(high, abs=2e-3))


def test_power_is_that_of_the_normal_test() -> None:
    seen = smallest_seen(1.0, 0.95)
    assert stats.norm.sf(stats.norm.isf(0.025) - seen) == pytest.approx(0.8, abs=1e-3)


def rows_of(rng: np.random.Generator, n: int, k: int, gain: float) -> np.ndarray:  # type: ignore[type-arg]
    """True classes and two predictions that agree in about 85 %."""
    truth = rng.choice(k, n, p=np.arange(k, 0, -1) / np.arange(k, 0, -1).sum())
    first = rng.random(n)
    second = np.where(rng.random(n) < 0.6, first, rng.random(n))
    wrong = (truth + rng.integers(1, k, n)) % k
    return np.stack([truth, np.where(first < 0.8, truth, wrong), np.where(second < 0.8 + gain, truth, wrong)])


@pytest.mark.thorough
@pytest.mark.parametrize("k", [2, 5])
@pytest.mark.parametrize("gain", [0.0, 0.08])
def test_intervals_cover_and_tests_keep_their_level(k: int, gain: float) -> None:
    context = context_of(BINARY if k == 2 else MULTICLASS, k)
    requests = [parse(name, context) for name in ("accuracy", "f1", "mcc", "recall:b")]

    def difference(request, rows):  # type: ignore[no-untyped-def]
        tables = (np.bincount(rows[0] * k + p, minlength=k * k).reshape(k, k) for p in rows[1:])
        old, new = (float(values_of(request, ConfusionCounts(table), context)) for table in tables)
        return new - old

    rng = np.random.default_rng(k)
    population = rows_of(rng, 400_000, k, gain)
    truths = [difference(request, population) for request in requests]
    sets = 1000 if SLOW else 150
    inside, rejected = np.zeros(len(requests)), np.zeros(len(requests))
    for number in range(sets):
        rows = rows_of(rng, 200, k, gain)
        tables = PairedTables(JointTable.of(*rows, k), context, number)
        for index, (request, truth) in enumerate(zip(requests, truths, strict=True)):
            found = of_counts(request, tables, difference(request, rows), 0.95)
            assert found.interval is not None and found.p is not None
            inside[index] += found.interval[0] - 1e-12 <= truth <= found.interval[1] + 1e-12
            rejected[index] += found.p <= 0.05
    slack = 3 * math.sqrt(0.05 * 0.95 / sets)
    assert (inside / sets >= 0.945 - slack).all(), inside / sets
    assert (inside / sets <= 0.99 + slack).all(), inside / sets
    if not gain:
        assert (rejected / sets <= 0.055 + slack).all(), rejected / sets


def test_of_draws_is_the_paired_t_interval_of_a_mean() -> None:
    rng = np.random.default_rng(5)
    old = rng.normal(1.0, 1.0, 500)
    new = old + rng.normal(0.05, 0.3, 500)
    times = rng.poisson(1.0, (4000, 500))
    draws = [(times @ loss) / times.sum(axis=1) for loss in (old, new)]
    change = new.mean() - old.mean()
    found = of_draws(draws[0], draws[1], change, 1.0, 500, 0.95)
    low, high = stats.ttest_rel(new, old).confidence_interval(0.95)
    assert found.interval == (pytest.approx(low, abs=3e-3), pytest.approx(high, abs=3e-3))
    assert found.p == pytest.approx(stats.ttest_rel(new, old).pvalue, rel=0.5)


def test_what_has_no_interval_says_why() -> None:
    same = np.full(100, 0.5)
    assert of_draws(same, same, 0.0, 1.0, 500, 0.95).interval == (0.0, 0.0)
    assert of_draws(same, same + 1, 1.0, 1.0, 500, 0.95).reason == "every resample has the same difference"
    missing = np.where(np.arange(100) < 20, np.nan, 0.5)
    assert "undefined in 20 of 100" in str(of_draws(missing, same, 0.1, 1.0, 500, 0.95).reason)
