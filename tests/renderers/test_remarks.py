from __future__ import annotations

from evalcli.gate.judge import judge
from evalcli.gate.rules import asked_rules
from evalcli.renderers.remarks import missing_baseline, without_interval
from evalcli.report.score import TURNED_OFF, Interval, Score
from evalcli.report.verdict import Baseline
from support.builders import made_report


def lacking(reason: str | None) -> Score:
    return Score(0.5, "higher", 10, interval_reason=reason)


def test_reasons_name_what_they_are_of() -> None:
    scores = [("a", lacking("few rows")), ("b", lacking("one class")), ("c", lacking("few rows"))]
    assert without_interval(scores) == (
        "no interval for a, c: few rows",
        "no interval for b: one class",
    )


def test_many_names_and_reasons_are_counted() -> None:
    names = [(f"m{j}", lacking("few rows")) for j in range(5)]
    reasons = [(f"r{j}", lacking(f"reason {j}")) for j in range(4)]
    lines = without_interval([*names, *reasons])
    assert lines[0] == "no interval for m0, m1, m2 and 2 more: few rows"
    assert len(lines) == 4
    assert lines[-1] == "no interval for 2 more: the reasons are in -o report.json"


def test_nothing_is_said_of_what_is_there_or_was_turned_off() -> None:
    there = Score(0.5, "higher", 10, interval=Interval(0.4, 0.6, "wilson"))
    undefined = Score(None, "higher", 10, "no rows")
    assert without_interval([("a", there), ("b", undefined), ("c", lacking(TURNED_OFF))]) == ()


def test_a_missing_value_of_the_baseline_has_a_reason() -> None:
    report = made_report({"accuracy": 0.5, "f1_macro": 0.5, "log_loss": 0.5})
    assert missing_baseline(report, "accuracy") == ""
    baseline = Baseline("b.json", "compared", values={"accuracy": 0.4, "f1_macro": None})
    judged = judge(report, asked_rules(max_drop=["accuracy=0.1"]), baseline)
    assert [missing_baseline(judged, name) for name in report.metrics] == [
        "",
        "undefined in the baseline",
        "not in the baseline",
    ]
