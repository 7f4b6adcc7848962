from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy import stats

from evalcli.engine.plan import Wanted, plan
from evalcli.intervals.rows import RowIntervals
from evalcli.metrics import Context, compute
from evalcli.statistics import RowSample, hash_rows
from evalcli.statistics.base import finished_states, reduce
from support.measuring import binary_block, real_block

RNG = np.random.default_rng(9)
N = 400
TRUTH = RNG.normal(size=N)
GUESS = TRUTH + RNG.normal(size=N)


def interval(
    name: str,
    truth: Any,
    guess: Any,
    *,
    group: Any = None,
    draws: int = 600,
    limit: int = 5000,
    seed: int = 0,
) -> tuple[float, Any]:
    """Value and ends, or the reason why there are none."""
    n = len(truth)
    rows = hash_rows(np.arange(n), seed)
    groups = rows if group is None else hash_rows(np.asarray(group), seed)
    block = replace(real_block(truth, guess), row_hashes=np.stack([groups, rows]))
    context = Context("regression", groups=None if group is None else len(set(group)), seed=seed)
    sampled = RowSample(limit)
    found = plan(context, Wanted((name,), per_class=False), sampled)
    context = replace(found.context, states=finished_states(reduce(block, found.statistics)))
    (request,) = found.requests
    value = compute(request, context).value
    assert value is not None
    return value, RowIntervals(context, found.requests, 0.95, sampled, draws).of(request, value)


def fisher(r: float, n: int) -> Any:
    """The textbook interval of the correlation of normal data."""
    return np.tanh(np.arctanh(r) + stats.norm.ppf([0.025, 0.975]) / np.sqrt(n - 3))


def test_a_correlation_by_fishers_transformation() -> None:
    value, ends = interval("pearson", TRUTH, GUESS)
    assert value == pytest.approx(stats.pearsonr(TRUTH, GUESS).statistic)
    assert ends == pytest.approx(fisher(value, N), abs=0.015)


def test_some_of_the_rows_stand_for_all() -> None:
    """From a quarter of the rows, an interval as narrow as all of them have."""
    value, (low, high) = interval("pearson", TRUTH, GUESS, limit=N // 4)
    expected_low, expected_high = fisher(value, N)
    assert low < value < high
    assert high - low == pytest.approx(expected_high - expected_low, rel=0.35)


def test_equal_rows_in_groups_are_one_row() -> None:
    _, alone = interval("pearson", TRUTH, GUESS)
    _, again = interval("pearson", np.repeat(TRUTH, 4), np.repeat(GUESS, 4), group=np.repeat(np.arange(N), 4))
    assert again == pytest.approx(alone, abs=0.015)


def test_few_groups_have_none() -> None:
    _, reason = interval("pearson", TRUTH, GUESS, group=np.arange(N) % 5)
    assert isinstance(reason, str)
    assert "groups" in reason


def test_a_metric_that_most_samples_leave_undefined_has_none() -> None:
    """Samples without the one row that differs are constant: a share of 1 / e."""
    _, reason = interval("pearson", np.arange(40) == 7, np.arange(40))
    assert isinstance(reason, str)
    assert "undefined in" in reason


def test_a_metric_that_never_varies_has_none() -> None:
    _, reason = interval("median_absolute_error", np.arange(40), np.arange(40) + 2)
    assert reason == "no sample of these rows has another value"


def test_a_best_threshold_is_less_good_in_other_rows() -> None:
    """Of scores that know nothing samples find more than there is: the interval reaches further down."""
    rng = np.random.default_rng(3)
    n = 150
    block = binary_block(
        rng.random(n) < 0.5, rng.random(n), row_hashes=np.stack([hash_rows(np.arange(n), 0)] * 2)
    )
    context, sampled = Context("binary", ("a", "b"), 1), RowSample(1000)
    found = plan(context, Wanted(("ks",), per_class=False), sampled)
    context = replace(found.context, states=finished_states(reduce(block, found.statistics)))
    (request,) = found.requests
    value = compute(request, context).value
    assert value is not None
    ends = RowIntervals(context, found.requests, 0.95, sampled, 200).of(request, value)
    assert not isinstance(ends, str)
    assert value - ends[0] > ends[1] - value


def test_the_seed_decides() -> None:
    _, one = interval("spearman", TRUTH, GUESS, draws=100)
    assert interval("spearman", TRUTH, GUESS, draws=100)[1] == one
    assert interval("spearman", TRUTH, GUESS, draws=100, seed=1)[1] != one
