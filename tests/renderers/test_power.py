from __future__ import annotations

from evalcli.renderers.power import render, rounded
from evalcli.renderers.tables import View
from evalcli.report.power import PowerReport, RulePower


def test_each_rule_is_a_row() -> None:
    rules = (
        RulePower("f1>=0.8", "f1", 0.81, 0.8, "pass", 1000, 0.01, 0.16, 5412),
        RulePower("f1>=0.81", "f1", 0.81, 0.81, "pass", 1000, 0.01, 0.5, None),
        RulePower("max_error<=3", "max_error", 2.0, 3.0, "pass", 1000, reason="a maximum has no interval"),
    )
    text = render(PowerReport("1", "p.csv", "binary", 1000, 0.01, rules), View()).decode()
    assert "rows for 1 %" in text
    assert "16 %" in text and rounded(5412) in text
    assert "the value is the limit" in text
    assert "a maximum has no interval" in text
