from __future__ import annotations

from evalcli.report.power import PowerReport, RulePower


def test_a_gate_is_steady_if_every_verdict_is() -> None:
    sure = RulePower("f1>=0.8", "f1", 0.9, 0.8, "pass", 100, 0.01, 0.001, 90)
    unsure = RulePower("f1>=0.9", "f1", 0.9, 0.9, "pass", 100, 0.01, 0.5, None)
    for rules, steady in (((sure,), True), ((sure, unsure), False)):
        report = PowerReport("1", "p.csv", "binary", 100, 0.01, rules)
        assert report.to_json()["steady"] is steady
        assert report.to_json()["rules"][0]["chance"] == 0.001  # type: ignore[index, call-overload]
