from __future__ import annotations

import pytest

from evalcli.errors import UsageError
from evalcli.gate.judge import judge
from evalcli.gate.rules import asked_rules
from support.builders import made_report


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ({"fail_under": ["f1"]}, "not NAME=VALUE"),
        ({"fail_under": ["f1=nan"]}, "not NAME=VALUE"),
        ({"fail_under": ["f1=1e999"]}, "not NAME=VALUE"),
        ({"fail_under": ["=0.5"]}, "not NAME=VALUE"),
        ({"fail_under": ["f1=high"]}, "not NAME=VALUE"),
        ({"fail_under": ["f1=%"]}, "not NAME=VALUE"),
        ({"fail_under": ["fi=0.5"]}, "unknown metric"),
        ({"max_drop": ["f1=-0.1"]}, "a drop is not negative"),
        ({"max_drop": ["f1=1"]}, "can never fail"),
        ({"max_drop": ["f1=500%"]}, "can never fail"),
        ({"fail_under": ["f1=0"]}, "can never fail"),
        ({"fail_under": ["f1=1e9999999"]}, "not NAME=VALUE"),
        ({"fail_under": ["f1=0.8", "f1=0.7"]}, "f1 has 2 different limits"),
        ({"fail_under": ["f1=0.8", "f1_score=0.7"]}, "f1 has 2 different limits"),
        ({"fail_under": ["f1=0.8", "f1_macro=0.7"]}, "2 different limits"),
        ({"fail_under": ["f1_m*=0.8", "*_macro=0.7"]}, "2 different limits"),
        ({"max_drop": ["f1=0.1", "f1=1%"]}, "2 different limits"),
        ({"fail_under": ["log_loss=0.5"]}, "lower is better for log_loss"),
        ({"fail_over": ["f1=0.5"]}, "higher is better for f1_macro"),
        ({"fail_under": ["f1=80"]}, "between 0 and 1, so this rule always fails"),
        ({"fail_under": ["mcc=-2"]}, "between -1 and 1, so this rule can never fail"),
        ({"fail_over": ["log_loss=5%"]}, "not a proportion"),
        ({"fail_under": ["r2=0.5"]}, "not defined for multiclass"),
        ({"fail_under": ["recall:catt=0.5"]}, "did you mean recall:cat=0.5?"),
        ({"fail_on": ["never-predictd"]}, "no note has this code"),
        ({"fail_on": ["worse-than-the-mean"]}, "does not apply to multiclass"),
    ],
)
def test_rules_that_are_slips(rules: dict[str, list[str]], words: str) -> None:
    with pytest.raises(UsageError) as error:
        judge(made_report({"f1_macro": 0.9}), asked_rules(**rules))
    assert words in str(error.value)


def test_every_slip_is_told_at_once() -> None:
    with pytest.raises(UsageError) as error:
        asked_rules(["f1", "fi=1"], ["log_loss=x"], ["f1=-1"], ["nothing"])
    assert len(error.value.errors) == 5
    with pytest.raises(UsageError) as error:
        judge(made_report({}), asked_rules(["log_loss=0.5", "recall:catt=1", "r2=0"], ["f1=0.5"]))
    assert len(error.value.errors) == 4


def test_a_name_is_taken_out_of_a_glob() -> None:
    report = made_report({}, per_class={"recall": {"cat": 0.5, "dog": 0.9}})
    rules = asked_rules(fail_under=["recall:*=0.8", "recall:cat=0.4"])
    gate = judge(report, rules).gate
    assert gate is not None
    assert [(rule.rule, rule.verdict) for rule in gate.rules] == [
        ("recall:dog>=0.8", "pass"),
        ("recall:cat>=0.4", "pass"),
    ]
    gate = judge(report, asked_rules(fail_under=["recall:*=0.8"])).gate
    assert gate is not None
    assert gate.verdict == "fail"
    assert gate.count("fail") == gate.count("pass") == 1


def test_the_same_rule_twice_is_one() -> None:
    gate = judge(
        made_report({"f1_macro": 0.9}), asked_rules(["f1=0.8", "f1=0.80", "f1_macro=80%", "f1=0.8"])
    ).gate
    assert gate is not None
    assert len(gate.rules) == 1


@pytest.mark.parametrize("rule", ["recall:zebra=0.5", "recall:z*=0.5", "nothing*=0.5"])
def test_a_rule_on_what_is_not_there_is_undecided(rule: str) -> None:
    gate = judge(made_report({"f1_macro": 0.9}), asked_rules(fail_under=[rule, "f1=0.1"])).gate
    assert gate is not None
    assert gate.verdict == "undecided"
    assert rule.rsplit(":", maxsplit=1)[-1].split("=", maxsplit=1)[0] in str(gate.rules[0].reason)
