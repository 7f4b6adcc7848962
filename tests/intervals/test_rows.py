from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from scipy import stats

from evalcli.engine.plan import Wanted, plan
from evalcli.intervals.estimate import interval_of, study_of
from evalcli.intervals.rows import GROUPS, ROWS
from evalcli.metrics import Context, Summary, compute
from evalcli.metrics.sources import NoInterval
from evalcli.report.score import Interval
from evalcli.statistics import RowSample, hash_rows
from evalcli.statistics.base import finished_states, reduce
from evalcli.tasks import BINARY, REGRESSION
from support.effort import sample
from support.measuring import binary_block, predicted_block, real_block

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
    context = Context(REGRESSION, groups=None if group is None else len(set(group)), seed=seed)
    sampled = RowSample(limit)
    found = plan(context, Wanted((name,), per_class=False), sampled)
    (request,) = found.requests
    summary = Summary(found.context, finished_states(reduce(block, found.statistics)))
    study, result = study_of(summary, found.requests, 0.95, sampled, draws), compute(request, summary)
    assert result.value is not None
    method = ROWS if group is None else GROUPS
    return result.value, method.ends(study, request, result, result.value)


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
    assert isinstance(reason, NoInterval)
    assert "groups" in reason.reason


def test_a_metric_that_most_samples_leave_undefined_has_none() -> None:
    """Samples without the one row that differs are constant: a share of 1 / e."""
    _, reason = interval("pearson", np.arange(40) == 7, np.arange(40))
    assert isinstance(reason, NoInterval)
    assert "undefined in" in reason.reason


def test_a_metric_that_never_varies_has_none() -> None:
    _, reason = interval("median_absolute_error", np.arange(40), np.arange(40) + 2)
    assert reason == NoInterval("every resample has the same value")


def test_a_best_threshold_is_less_good_in_other_rows() -> None:
    """Of scores that know nothing samples find more than there is: the interval reaches further down."""
    rng = np.random.default_rng(3)
    n = 150
    block = binary_block(
        rng.random(n) < 0.5, rng.random(n), row_hashes=np.stack([hash_rows(np.arange(n), 0)] * 2)
    )
    context, sampled = Context(BINARY, ("a", "b"), 1), RowSample(1000)
    found = plan(context, Wanted(("ks",), per_class=False), sampled)
    (request,) = found.requests
    summary = Summary(found.context, finished_states(reduce(block, found.statistics)))
    study, result = study_of(summary, found.requests, 0.95, sampled), compute(request, summary)
    value = result.value
    assert value is not None
    ends = ROWS.ends(study, request, result, value)
    assert not isinstance(ends, NoInterval)
    assert value - ends[0] > ends[1] - value


def test_the_seed_decides() -> None:
    _, one = interval("spearman", TRUTH, GUESS, draws=100)
    assert interval("spearman", TRUTH, GUESS, draws=100)[1] == one
    assert interval("spearman", TRUTH, GUESS, draws=100, seed=1)[1] != one


NAMES = ("recall", "specificity", "balanced_accuracy", "g_mean")


def intervals_of(block: Any, names: tuple[str, ...], groups: int | None) -> dict[str, Any]:
    """The interval of each metric of two classes in a run."""
    weighted = block.weight is not None
    context = Context(BINARY, ("a", "b"), 1, weighted=weighted, groups=groups)
    sampled = RowSample(5000)
    found = plan(context, Wanted(names, per_class=False), sampled)
    summary = Summary(found.context, finished_states(reduce(block, found.statistics)))
    study = study_of(summary, found.requests, 0.95, sampled)
    return {request.key: interval_of(study, request, compute(request, summary)) for request in found.requests}


@pytest.mark.long
@pytest.mark.thorough
@pytest.mark.unmeasured
@pytest.mark.parametrize("mode", ["weights", "groups"])
@pytest.mark.parametrize(
    ("n", "share", "recall", "specificity"), [(300, 0.05, 0.95, 0.98), (300, 0.05, 0.9, 0.999)]
)
def test_a_rare_class_is_covered(mode: str, n: int, share: float, recall: float, specificity: float) -> None:
    """With weights, or in pairs of rows, 95 % intervals of a rare class have about nominal coverage."""
    right = (recall, specificity, (recall + specificity) / 2, (recall * specificity) ** 0.5)
    held, sets = dict.fromkeys(NAMES, 0), sample(40, 400)
    for seed in range(sets):
        rng = np.random.default_rng([seed, 3])
        truth = rng.random(n) < share
        predicted = np.where(truth, rng.random(n) < recall, rng.random(n) > specificity)
        rows = hash_rows(np.arange(n), seed)
        units = rows if mode == "weights" else hash_rows(np.arange(n) // 2, seed)
        weight = rng.uniform(0.5, 1.5, n) if mode == "weights" else None
        block = predicted_block(truth, predicted, weight=weight, row_hashes=np.stack([units, rows]))
        found = intervals_of(block, NAMES, None if mode == "weights" else n // 2)
        for name, value in zip(NAMES, right, strict=True):
            held[name] += isinstance(found[name], Interval) and found[name].low <= value <= found[name].high
    for name, count in held.items():
        assert count / sets >= 0.95 - 3 * (0.95 * 0.05 / sets) ** 0.5, (name, count)


def test_a_class_without_a_mistake_is_not_certain_within_a_mean() -> None:
    """Three of three, and most of 997: the mean of both recalls may be off by what three rows may be."""
    rng = np.random.default_rng(1)
    truth = np.arange(1000) < 3
    predicted = truth | (rng.random(1000) < 0.02)
    rows = hash_rows(np.arange(1000), 0)
    for weight in (None, rng.uniform(0.9, 1.1, 1000)):
        block = predicted_block(truth, predicted, weight=weight, row_hashes=np.stack([rows, rows]))
        found = intervals_of(block, NAMES, 1000 if weight is None else None)
        assert found["recall"].low == pytest.approx(0.4385, abs=0.002)
        assert found["specificity"].low > 0.96
        assert found["balanced_accuracy"].low < 0.85
        assert found["g_mean"].low < 0.85


@pytest.mark.parametrize("groups", [None, 40])
def test_one_number_by_two_names_has_one_interval(groups: int | None) -> None:
    """The mean recall of two classes is the balanced accuracy, also where a class has no error."""
    rng = np.random.default_rng(8)
    n = 200
    truth = (np.arange(n) < 8).astype(int)
    predicted = np.where(truth == 1, 1, rng.random(n) < 0.02).astype(int)
    rows = hash_rows(np.arange(n), 0)
    by = rows if groups is None else hash_rows(np.arange(n) % groups, 0)
    block = predicted_block(truth, predicted, weight=np.ones(n), row_hashes=np.stack([by, rows]))
    found = intervals_of(block, ("balanced_accuracy", "recall_macro"), groups)
    assert found["recall_macro"] == found["balanced_accuracy"]
    assert isinstance(found["recall_macro"], Interval)
    assert found["recall_macro"].low < 0.85
