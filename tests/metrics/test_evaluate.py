from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from evalcli.metrics import METRICS, Context, Request, Summary, compute
from evalcli.statistics import LabelConfusion, LabelTotals, RankCounts, TruthRank
from evalcli.tasks import MULTICLASS, MULTILABEL
from support.command_line import Cli


def test_shares_of_big_counts() -> None:
    n = 2**40 + 1
    ranks = RankCounts(np.array([n, n - 1, 1]))
    summary = Summary(Context(MULTICLASS, ("a", "b", "c")), {TruthRank(): ranks})
    found = compute(Request(METRICS.named("top_k_accuracy")[0], parameter=2.0), summary)
    assert found.share is not None
    assert (found.share.hits, found.share.total) == (2 * n - 1, 2 * n)
    totals = LabelTotals.of(np.array([n]), np.array([n + 2]), np.array([n + 4]), 2 * n)
    labels = Summary(Context(MULTILABEL, ("a",)), {LabelConfusion(): totals})
    value = compute(Request(METRICS.named("f1")[0], "micro"), labels).value
    assert value == pytest.approx(float(Fraction(2 * n, 2 * n + 6)), rel=1e-15)


@pytest.mark.parametrize(("rule", "value"), [("0", 1 / 4), ("1", 3 / 4), ("skip", 1 / 2)])
def test_zero_division(rule: str, value: float, cli: Cli, tmp_path: Path) -> None:
    """Precision of a is 1/2, b is never predicted."""
    (tmp_path / "p.csv").write_text("label,pred\na,a\nb,a\n")
    found = cli(
        "score",
        tmp_path / "p.csv",
        "--task",
        "multiclass",
        "-m",
        "precision_macro",
        "--zero-division",
        rule,
        "-f",
        "json",
    )
    assert found.json["metrics"]["precision_macro"]["value"] == value


def test_every_class_comes_from_one_call_of_the_formula() -> None:
    totals = LabelTotals.of(np.array([3, 0, 1]), np.array([4, 0, 2]), np.array([5, 2, 0]), 9)
    summary = Summary(Context(MULTILABEL, ("a", "b", "c")), {LabelConfusion(): totals})
    for name, expected in {
        "f1": [6 / 9, 0.0, 1.0],
        "precision": [3 / 4, None, 1 / 2],
        "jaccard": [3 / 6, 0.0, 1.0],
    }.items():
        calls = [compute(Request(METRICS.named(name)[0], cls=cls), summary) for cls in "abc"]
        assert [found.value for found in calls] == expected
    fbeta = METRICS.named("fbeta")[0]
    found = [compute(Request(fbeta, parameter=beta, cls="a"), summary).value for beta in (0.5, 2.0)]
    assert found == pytest.approx([1.25 * 3 / (1.25 * 3 + 0.25 * 2 + 1), 5 * 3 / (5 * 3 + 4 * 2 + 1)])
    missing = compute(Request(METRICS.named("precision")[0], cls="b"), summary)
    assert missing.reason == "no row is predicted as 'b'"
