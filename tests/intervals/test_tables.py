from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace
from scipy import stats

from evalcli.intervals.method import Study
from evalcli.intervals.tables import TableBootstrap
from evalcli.metrics import METRICS, Context, Request, Summary, compute
from evalcli.metrics.sources import NoInterval
from evalcli.statistics import (
    Confusion,
    ConfusionCounts,
    LabelConfusion,
    LabelTotals,
    RowCount,
    RowSample,
    Size,
)
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL

TABLE = np.array([[40, 10], [5, 45]])
THREE = np.array([[60, 10, 5], [8, 40, 2], [4, 6, 65]])


def summary_of(table: Any, seed: int = 0) -> Summary:
    n = int(table.sum())
    states = {Confusion(): ConfusionCounts(table), Size(): RowCount(n, n, n)}
    if len(table) == 2:
        return Summary(Context(BINARY, ("a", "b"), 1, seed=seed), states)
    return Summary(Context(MULTICLASS, ("a", "b", "c"), seed=seed), states)


def interval(
    name: str, table: Any, confidence: float = 0.95, seed: int = 0, average: str | None = None
) -> Any:
    return ends_of(Request(METRICS.named(name)[0], average), summary_of(table, seed), confidence)


def ends_of(request: Request, summary: Summary, confidence: float = 0.95) -> Any:
    """Value and ends, or the reason why there are none."""
    study, result = Study(summary, confidence, RowSample(1000)), compute(request, summary)
    assert result.value is not None
    return result.value, TableBootstrap().ends(study, request, result, result.value)


@pytest.mark.parametrize("table", [TABLE, THREE])
def test_a_share_of_rows_as_the_binomial_has_it(table: Any) -> None:
    table = table * 10
    value, ends = interval("accuracy", table)
    n = int(table.sum())
    expected = stats.binomtest(int(np.trace(table)), n).proportion_ci(method="wilson")
    assert value == np.trace(table) / n
    assert ends == pytest.approx([expected.low, expected.high], abs=0.005)


@pytest.mark.parametrize(
    ("name", "table", "average"), [("mcc", TABLE, None), ("mcc", THREE, None), ("f1", THREE, "macro")]
)
def test_wider_with_confidence_and_narrower_with_rows(name: str, table: Any, average: str | None) -> None:
    widths = []
    for times, confidence in ((1, 0.99), (1, 0.8), (20, 0.8)):
        value, (low, high) = interval(name, table * times, confidence, average=average)
        assert low < value < high
        widths.append(high - low)
    assert widths[0] > widths[1] > widths[2]


def test_no_mistake_is_not_certain() -> None:
    for table in (np.diag([30, 30]), np.diag([30, 30, 30])):
        value, (low, high) = interval("mcc", table)
        assert value == high == 1.0
        assert 0.7 < low < 1.0


def test_the_seed_decides() -> None:
    assert interval("mcc", TABLE) == interval("mcc", TABLE)
    assert interval("mcc", TABLE, seed=1) != interval("mcc", TABLE)


def test_a_label_is_a_table_of_two_classes() -> None:
    """The label b of two has the counts of the binary table."""
    (_, fp), (fn, tp) = TABLE
    n = int(TABLE.sum())
    totals = LabelTotals.of(np.array([9, tp]), np.array([20, tp + fp]), np.array([30, tp + fn]), n)
    states = {LabelConfusion(): totals, Size(): RowCount(n, n, n)}
    summary = Summary(Context(MULTILABEL, ("a", "b")), states)
    request = Request(METRICS.named("fbeta")[0], parameter=2.0, cls="b")
    value, ends = ends_of(request, summary)
    assert value == 5 * tp / (5 * tp + 4 * fn + fp)
    assert ends_of(replace(request, cls=None), summary_of(TABLE)) == (value, ends)


def test_a_metric_that_many_samples_leave_undefined_has_none() -> None:
    """Without a false negative or a false positive there are no odds."""
    _, reason = interval("diagnostic_odds_ratio", np.array([[30, 1], [1, 30]]))
    assert isinstance(reason, NoInterval)
    assert "undefined in" in reason.reason
