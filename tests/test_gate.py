"""Rules to verdict to message, JSON and exit code; undefined never passes."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Result, made_report
from evalcli.errors import UsageError
from evalcli.gate.judge import gated
from evalcli.gate.rules import asked_rules
from evalcli.renderers import numbers, sentences
from evalcli.report.notes import Note
from evalcli.report.score import Score
from evalcli.report.verdict import Baseline, Difference, Gate, RuleResult, difference

Cli = Callable[..., Result]
finite = st.floats(allow_nan=False, allow_infinity=False)
UP, DOWN = math.nextafter(0.8, 1), math.nextafter(0.8, 0)


def judged(value: float | None, before: Any = None, **rules: str) -> RuleResult:
    """A rule on f1_macro (higher is better) or log_loss (lower is), judged by a hand-made report."""
    text = next(iter(rules.values()))
    report = made_report({"f1_macro": value, "log_loss": value})
    baseline = (
        None
        if before is None
        else Baseline("b.json", "compared", values={"f1_macro": before, "log_loss": before})
    )
    gate = gated(report, asked_rules(**{name: [rule] for name, rule in rules.items()}), baseline).gate
    assert gate is not None, text
    assert gate.verdict == gate.rules[0].verdict == gate.to_json()["verdict"]
    assert Gate.from_json(json.loads(json.dumps(gate.to_json()))) == gate
    return gate.rules[0]


@pytest.mark.parametrize(
    ("rule", "value", "verdict"),
    [
        ({"fail_under": "f1=0.8"}, 0.8, "pass"),
        ({"fail_under": "f1=80%"}, 0.8, "pass"),
        ({"fail_under": "f1=0.8"}, UP, "pass"),
        ({"fail_under": "f1=0.8"}, DOWN, "fail"),
        ({"fail_under": "f1=80%"}, DOWN, "fail"),
        ({"fail_under": "f1=0.8"}, math.nan, "undecided"),
        ({"fail_under": "f1=0.8"}, None, "undecided"),
        ({"fail_under": "f1=0.8"}, -math.inf, "fail"),
        ({"fail_over": "log_loss=0.8"}, 0.8, "pass"),
        ({"fail_over": "log_loss=0.8"}, DOWN, "pass"),
        ({"fail_over": "log_loss=0.8"}, UP, "fail"),
        ({"fail_over": "log_loss=0.8"}, math.nan, "undecided"),
        ({"fail_over": "log_loss=0.8"}, None, "undecided"),
        ({"fail_over": "log_loss=0.8"}, math.inf, "fail"),
        ({"fail_under": "recall_macro=0.5"}, 0.8, "undecided"),  # the report does not hold it
    ],
)
def test_verdicts(rule: dict[str, str], value: float | None, verdict: str) -> None:
    found = judged(value, **rule)
    assert found.verdict == verdict
    assert (found.reason is None) == (verdict != "undecided")


@pytest.mark.parametrize(
    ("rule", "value", "before", "verdict"),
    [
        ({"max_drop": "f1=0.01"}, 0.92, 0.93, "pass"),  # as floats, 0.93 - 0.92 is more than 0.01
        ({"max_drop": "f1=0.01"}, math.nextafter(0.92, 0), 0.93, "fail"),
        ({"max_drop": "f1=0.01"}, math.nextafter(0.92, 1), 0.93, "pass"),
        ({"max_drop": "f1=0.01"}, 0.99, 0.93, "pass"),  # better
        ({"max_drop": "f1=0"}, 0.93, 0.93, "pass"),
        ({"max_drop": "f1=0"}, math.nextafter(0.93, 0), 0.93, "fail"),
        ({"max_drop": "f1=1%"}, 0.891, 0.9, "pass"),
        ({"max_drop": "f1=1%"}, 0.8909999, 0.9, "fail"),
        ({"max_drop": "f1=10%"}, 0.0, 0.0, "pass"),
        ({"max_drop": "f1=0.01"}, None, 0.9, "undecided"),
        ({"max_drop": "f1=0.01"}, math.nan, 0.9, "undecided"),
        # lower is better: a rise is a drop in quality
        ({"max_drop": "log_loss=0.01"}, 0.31, 0.3, "pass"),
        ({"max_drop": "log_loss=0.01"}, math.nextafter(0.31, 1), 0.3, "fail"),
        ({"max_drop": "log_loss=0.01"}, 0.1, 0.3, "pass"),
        ({"max_drop": "log_loss=10%"}, 0.33, 0.3, "pass"),
        ({"max_drop": "log_loss=10%"}, 0.3300001, 0.3, "fail"),
    ],
)
def test_drops(rule: dict[str, str], value: float | None, before: float, verdict: str) -> None:
    assert judged(value, before, **rule).verdict == verdict


def test_a_negative_baseline_drops_by_a_share_of_its_size() -> None:
    report = made_report({"mcc": -0.22})
    baseline = Baseline("b.json", "compared", values={"mcc": -0.2})
    for text, verdict in (("mcc=10%", "pass"), ("mcc=9%", "fail")):
        gate = gated(report, asked_rules(max_drop=[text]), baseline).gate
        assert gate is not None
        assert gate.verdict == verdict


def test_a_baseline_without_the_metric() -> None:
    for values, words in (({}, "does not hold f1_macro"), ({"f1_macro": None}, "does not define f1_macro")):
        baseline = Baseline("b.json", "compared", values=values)
        gate = gated(made_report({"f1_macro": 0.9}), asked_rules(max_drop=["f1=1%"]), baseline).gate
        assert gate is not None
        assert gate.verdict == "undecided"
        assert words in str(gate.rules[0].reason)


@pytest.mark.parametrize("policy", ["undecided", "warn", "pass"])
def test_a_missing_baseline(policy: str) -> None:
    report = made_report({"f1_macro": 0.9})
    gate = gated(report, asked_rules(max_drop=["f1=1%"]), Baseline("b.json", "missing", policy=policy)).gate
    assert gate is not None
    assert gate.verdict == ("undecided" if policy == "undecided" else "pass")
    assert "there is no baseline b.json" in str(gate.rules[0].reason)
    assert any("warning" in line for line in sentences.lines(gate, quiet=True)) == (policy == "warn")


def test_what_cannot_be_compared_is_undecided_even_without_a_rule() -> None:
    baseline = Baseline("b.json", "not-comparable", (Difference("rows-changed", "rows 9 then, 8 now"),))
    report = made_report({"f1_macro": 0.9})
    for asked in ((), asked_rules(max_drop=["f1=0.5"]), asked_rules(fail_under=["f1=0.5"])):
        gate = gated(report, asked, baseline).gate
        assert gate is not None
        assert gate.verdict == "undecided"
        words = "\n".join(sentences.lines(gate, quiet=True))
        assert "rows 9 then, 8 now" in words
        assert "--allow rows-changed" in words


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
        ({"max_drop": ["f1=1"]}, "decides nothing"),
        ({"max_drop": ["f1=500%"]}, "decides nothing"),
        ({"fail_under": ["f1=0"]}, "decides nothing"),
        ({"fail_under": ["f1=1e9999999"]}, "not NAME=VALUE"),
        ({"fail_under": ["f1=0.8", "f1=0.7"]}, "contradict"),
        ({"fail_under": ["f1=0.8", "f1_macro=0.7"]}, "contradict"),
        ({"fail_under": ["f1_m*=0.8", "*_macro=0.7"]}, "contradict"),
        ({"max_drop": ["f1=0.1", "f1=1%"]}, "contradict"),
        ({"fail_under": ["log_loss=0.5"]}, "lower is better for log_loss"),
        ({"fail_over": ["f1=0.5"]}, "higher is better for f1_macro"),
        ({"fail_under": ["f1=80"]}, "lies between 0 and 1"),
        ({"fail_under": ["mcc=-2"]}, "lies between -1 and 1"),
        ({"fail_over": ["log_loss=5%"]}, "no share"),
        ({"fail_under": ["r2=0.5"]}, "not defined for multiclass"),
        ({"fail_under": ["recall:catt=0.5"]}, "did you mean 'cat'?"),
        ({"fail_on": ["never-predictd"]}, "no note has this code"),
        ({"fail_on": ["worse-than-the-mean"]}, "not looked for in multiclass"),
    ],
)
def test_rules_that_are_slips(rules: dict[str, list[str]], words: str) -> None:
    with pytest.raises(UsageError) as error:
        gated(made_report({"f1_macro": 0.9}), asked_rules(**rules))
    assert words in str(error.value)


def test_every_slip_is_told_at_once() -> None:
    with pytest.raises(UsageError) as error:
        asked_rules(["f1", "fi=1"], ["log_loss=x"], ["f1=-1"], ["nothing"])
    assert len(error.value.each) == 5
    with pytest.raises(UsageError) as error:
        gated(made_report({}), asked_rules(["log_loss=0.5", "recall:catt=1", "r2=0"], ["f1=0.5"]))
    assert len(error.value.each) == 4


def test_a_name_is_taken_out_of_a_glob() -> None:
    report = made_report({}, per_class={"recall": {"cat": 0.5, "dog": 0.9}})
    rules = asked_rules(fail_under=["recall:*=0.8", "recall:cat=0.4"])
    gate = gated(report, rules).gate
    assert gate is not None
    assert [(rule.rule, rule.verdict) for rule in gate.rules] == [
        ("recall:dog>=0.8", "pass"),
        ("recall:cat>=0.4", "pass"),
    ]
    gate = gated(report, asked_rules(fail_under=["recall:*=0.8"])).gate
    assert gate is not None
    assert gate.verdict == "fail"
    assert gate.count("fail") == gate.count("pass") == 1


def test_the_same_rule_twice_is_one() -> None:
    gate = gated(
        made_report({"f1_macro": 0.9}), asked_rules(["f1=0.8", "f1=0.80", "f1_macro=80%", "f1=0.8"])
    ).gate
    assert gate is not None
    assert len(gate.rules) == 1


@pytest.mark.parametrize("rule", ["recall:zebra=0.5", "recall:z*=0.5", "nothing*=0.5"])
def test_a_rule_on_what_is_not_there_is_undecided(rule: str) -> None:
    gate = gated(made_report({"f1_macro": 0.9}), asked_rules(fail_under=[rule, "f1=0.1"])).gate
    assert gate is not None
    assert gate.verdict == "undecided"
    assert rule.rsplit(":", maxsplit=1)[-1].split("=", maxsplit=1)[0] in str(gate.rules[0].reason)


def test_a_score_of_no_row_is_undecided() -> None:
    report = made_report({"f1_macro": 0.9})
    report = replace(report, metrics={"f1_macro": Score(0.9, "higher", 0)})
    gate = gated(report, asked_rules(fail_under=["f1=0.1"])).gate
    assert gate is not None
    assert (gate.verdict, gate.rules[0].reason) == ("undecided", "f1_macro is of no row")


def test_notes() -> None:
    told = replace(made_report({}), notes=(Note("never-predicted", "1 of 2 classes"),))
    for report, code, verdict in (
        (made_report({"roc_auc_ovr_macro": 0.7}), "constant-scores", "undecided"),  # too few rows
        (made_report({}), "column-order", "undecided"),
        (made_report({"roc_auc_ovr_macro": 0.7}), "prediction-differs-from-scores", "undecided"),
        (replace(made_report({}), notes=(Note("single-class", "x"),)), "class-imbalance", "undecided"),
        (told, "never-predicted", "fail"),
        (told, "any", "fail"),
        (told, "mixed-types", "pass"),
        (made_report({}), "any", "pass"),
        (made_report({}), "auc-below-chance", "undecided"),  # roc_auc was not computed
        (made_report({"roc_auc_ovr_macro": None}), "auc-below-chance", "undecided"),
        (made_report({"roc_auc_ovr_macro": 0.7}), "auc-below-chance", "pass"),
    ):
        gate = gated(report, asked_rules(fail_on=[code])).gate
        assert gate is not None
        assert gate.verdict == verdict, code


@given(st.lists(st.none() | finite, min_size=1, max_size=8), st.floats(1e-9, 1))
def test_any_failure_fails_and_undefined_never_passes(values: list[float | None], floor: float) -> None:
    names = [f"c{j}" for j in range(len(values))]
    report = made_report({}, per_class={"recall": dict(zip(names, values, strict=True))})
    gate = gated(report, asked_rules(fail_under=[f"recall:{name}={floor!r}" for name in names])).gate
    assert gate is not None
    if any(value is not None and value < floor for value in values):
        assert gate.verdict == "fail"
    elif None in values:
        assert gate.verdict == "undecided"
    else:
        assert gate.verdict == "pass"


@given(finite, finite)
def test_digits_stand_to_a_limit_as_the_number_does(value: float, limit: float) -> None:
    shown = float(numbers.number(value, limit))
    assert (shown > limit, shown < limit) == (value > limit, value < limit)
    assert float(numbers.exact(limit)) == limit


@given(st.decimals(0, 1, places=4), st.decimals(0, 1, places=4))
def test_differences_are_those_of_the_written_numbers(one: Any, other: Any) -> None:
    assert difference(float(one), float(other)) == float(one - other)


@pytest.mark.parametrize(
    ("rules", "code", "words"),
    [
        (["--fail-under", "f1=0.7"], 0, ["passed: f1 = 0.7326 >= 0.7"]),
        (["--fail-under", "f1=0.74"], 1, ["failed: f1 = 0.7326 < 0.74"]),
        (["--fail-over", "log_loss=0.7"], 0, ["passed: log_loss = 0.6243 <= 0.7"]),
        (["--fail-over", "log_loss=0.6"], 1, ["failed: log_loss = 0.6243 > 0.6"]),
        (
            ["--fail-under", "accuracy=0.6577777777777778"],
            0,
            ["passed: accuracy = 0.6577777777777778 >= 0.6577777777777778"],
        ),
        (["--fail-under", "accuracy=0.6577777777777779"], 1, ["0.6577777777777778 < 0.6577777777777779"]),
        (["--fail-under", "roc_auc:0=0.5"], 3, ["undecided: roc_auc:0>=0.5", "only 1 is ranked"]),
        (["--fail-under", "f1=0.9", "--fail-under", "roc_auc:0=0.5"], 1, ["failed: f1", "undecided"]),
        (["--fail-under", "f1=0.9", "--fail-over", "ece=0.01"], 1, ["failed: f1", "failed: ece"]),
        (["--fail-under", "cohen_kappa=0.1"], 0, ["passed: cohen_kappa"]),
        (["--fail-under", "prevalence=0.1", "--fail-over", "prevalence=0.9"], 0, ["passed: prevalence"]),
    ],
)
def test_one_verdict_behind_message_json_and_exit_code(
    rules: list[str], code: int, words: list[str], cli: Cli, wnba: tuple[object, ...], tmp_path: Path
) -> None:
    result = cli("score", *wnba, *rules, "-o", tmp_path / "r.json")
    assert result.code == code
    for word in words:
        assert word in result.err
    gate = json.loads((tmp_path / "r.json").read_text())["gate"]
    assert gate["verdict"] == {0: "pass", 1: "fail", 3: "undecided"}[code]
    assert [rule["verdict"] for rule in gate["rules"]].count("pass") == result.err.count("passed: ")
    assert ("verdict: " in result.err) == (len(gate["rules"]) > 1)


def test_reports_are_written_before_the_exit(cli: Cli, wnba: tuple[object, ...], tmp_path: Path) -> None:
    result = cli("score", *wnba, "--fail-under", "f1=1", "-o", tmp_path / "r.json", "-o", tmp_path / "r.txt")
    assert result.code == 1
    assert (tmp_path / "r.txt").read_text() == result.out
    assert json.loads((tmp_path / "r.json").read_text())["metrics"]["f1"]["value"] < 1


def test_quiet_leaves_the_failures(cli: Cli, wnba: tuple[object, ...]) -> None:
    result = cli("score", *wnba, "-q", "--fail-under", "f1=0.9", "--fail-under", "recall=0.1")
    assert result.err == "failed: f1 = 0.7326 < 0.9\n"


def test_a_gate_that_passes_on_nan_elsewhere(cli: Cli, tmp_path: Path) -> None:
    """Truth of one class only: ROC AUC is undefined, which is no pass."""
    path = tmp_path / "p.csv"
    path.write_text("label,prob_a,prob_b\nb,0.1,0.9\nb,0.2,0.8\n")
    result = cli("score", path, "--fail-under", "roc_auc=0.5")
    assert result.code == 3
    assert "undecided: roc_auc>=0.5: roc_auc is undefined: the labels hold no row" in result.err
