from __future__ import annotations

from evalcli.gate.judge import judge
from evalcli.gate.rules import asked_rules
from support.builders import made_report


def test_many_failures_of_one_rule_are_counted() -> None:
    from evalcli.renderers import sentences

    report = made_report({}, {"recall": {f"c{j}": j / 50 for j in range(50)}})
    gate = judge(report, asked_rules(fail_under=["recall:*=0.8"])).gate
    assert gate is not None
    lines = list(sentences.lines(gate, quiet=False))
    assert lines[0] == "passed: recall:c40 = 0.8000 >= 0.8 and 9 more of recall:*"
    assert lines[1] == "failed: recall:c0 = 0.0000 < 0.8"
    assert lines[-2:] == ["failed: 30 more of recall:*", "verdict: fail: 40 failed of 50 rules"]
    assert len(lines) == 13
