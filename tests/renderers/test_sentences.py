from __future__ import annotations

from msgspec.structs import replace

from evalcli.findings import use
from evalcli.gate.judge import judge
from evalcli.gate.rules import asked_rules
from evalcli.renderers import sentences
from evalcli.report.notes import note
from support.builders import made_report


def test_many_failures_of_one_rule_are_counted() -> None:
    report = made_report({}, {"recall": {f"c{j}": j / 50 for j in range(50)}})
    gate = judge(report, asked_rules(fail_under=["recall:*=0.8"])).gate
    assert gate is not None
    lines = list(sentences.lines(gate, quiet=False))
    assert lines[0] == "passed: recall:c40 = 0.8000 >= 0.8 (and 9 more of recall:*)"
    assert lines[1] == "failed: recall:c0 = 0.0000 < 0.8"
    assert lines[-2:] == ["failed: 30 more of recall:*", "verdict: fail: 40 of 50 rules failed"]
    assert len(lines) == 13


def test_a_note_has_its_hint_on_a_line_of_its_own() -> None:
    found = replace(note("never-predicted", "a note\x1b"), hint=None)
    assert list(sentences.of_note(found)) == ["note: a note\\x1b [never-predicted]"]
    hinted = replace(found, hint=use(positive="at tack"))
    assert list(sentences.of_note(hinted))[1:] == ["  try: --positive 'at tack'"]
