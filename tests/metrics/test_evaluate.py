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
