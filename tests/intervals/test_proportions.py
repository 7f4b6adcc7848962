from __future__ import annotations

import pytest
from scipy import stats

from evalcli.intervals.method import Study
from evalcli.intervals.proportions import Wilson
from evalcli.metrics import METRICS, Context, MetricValue, Request, Summary
from evalcli.metrics.results import Proportion
from evalcli.statistics import RowSample
from evalcli.tasks import BINARY

STUDY = Study(Summary(Context(BINARY, ("a", "b"), 1)), 0.9, RowSample(10))
RECALL = Request(METRICS["recall", BINARY])


def test_a_share_as_the_binomial_has_it() -> None:
    expected = stats.binomtest(7, 20).proportion_ci(0.9, method="wilson")
    result = MetricValue(7 / 20, share=Proportion(7, 20))
    assert Wilson().ends(STUDY, RECALL, result, 7 / 20) == pytest.approx([expected.low, expected.high])


def test_what_increases_with_a_share() -> None:
    low, high = stats.binomtest(7, 20).proportion_ci(0.9, method="wilson")
    result = MetricValue(0.5, share=Proportion(7, 20), curve=lambda share: 2 * share / (1 + share))
    ends = Wilson().ends(STUDY, RECALL, result, 0.5)
    assert ends == pytest.approx([2 * low / (1 + low), 2 * high / (1 + high)])


@pytest.mark.parametrize(
    ("name", "average", "context", "applies"),
    [
        ("recall", None, {}, True),
        ("f1", None, {}, True),
        ("accuracy", None, {}, True),
        ("recall", "macro", {}, False),
        ("fbeta", None, {}, False),
        ("recall", None, {"weighted": True}, False),
        ("recall", None, {"groups": 4}, False),
        ("brier", None, {}, False),
    ],
)
def test_it_is_for_shares_of_independent_rows(
    name: str, average: str | None, context: dict[str, object], applies: bool
) -> None:
    found = Context(BINARY, ("a", "b"), 1, **context)  # type: ignore[arg-type]
    assert Wilson().applies(Request(METRICS[name, BINARY], average), found) is applies


def test_a_result_that_is_no_share_is_a_mistake() -> None:
    with pytest.raises(TypeError, match="no share"):
        Wilson().ends(STUDY, RECALL, MetricValue(0.5), 0.5)
