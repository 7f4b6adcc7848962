from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from evalcli.gate.judge import judge
from evalcli.gate.rules import asked_rules
from evalcli.renderers import sentences
from evalcli.report.notes import note
from evalcli.report.score import Score
from evalcli.report.verdict import Baseline, Difference, Gate, RuleResult
from support.builders import made_report
from support.command_line import Cli, Save
from support.paths import FIXTURES

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
    gate = judge(report, asked_rules(**{name: [rule] for name, rule in rules.items()}), baseline).gate
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
        ({"fail_under": "recall_macro=0.5"}, 0.8, "undecided"),  # the report does not contain it
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
        gate = judge(report, asked_rules(max_drop=[text]), baseline).gate
        assert gate is not None
        assert gate.verdict == verdict


def test_a_baseline_without_the_metric() -> None:
    for values, words in (
        ({}, "f1_macro is not in the baseline"),
        ({"f1_macro": None}, "f1_macro is undefined in the baseline"),
    ):
        baseline = Baseline("b.json", "compared", values=values)
        gate = judge(made_report({"f1_macro": 0.9}), asked_rules(max_drop=["f1=1%"]), baseline).gate
        assert gate is not None
        assert gate.verdict == "undecided"
        assert words in str(gate.rules[0].reason)


@pytest.mark.parametrize("policy", ["undecided", "warn", "pass"])
def test_a_missing_baseline(policy: str) -> None:
    report = made_report({"f1_macro": 0.9})
    gate = judge(
        report, asked_rules(max_drop=["f1=1%"]), Baseline("b.json", "missing", if_missing=policy)
    ).gate
    assert gate is not None
    assert gate.verdict == ("undecided" if policy == "undecided" else "pass")
    assert "there is no baseline b.json" in str(gate.rules[0].reason)
    assert any("warning" in line for line in sentences.lines(gate, quiet=True)) == (policy == "warn")


def test_what_cannot_be_compared_is_undecided_even_without_a_rule() -> None:
    baseline = Baseline("b.json", "not-comparable", (Difference("rows-changed", "rows 9 then, 8 now"),))
    report = made_report({"f1_macro": 0.9})
    for asked in ((), asked_rules(max_drop=["f1=0.5"]), asked_rules(fail_under=["f1=0.5"])):
        gate = judge(report, asked, baseline).gate
        assert gate is not None
        assert gate.verdict == "undecided"
        words = "\n".join(sentences.lines(gate, quiet=True))
        assert "rows 9 then, 8 now" in words
        assert "--allow rows-changed" in words


def test_a_score_of_no_row_is_undecided() -> None:
    report = made_report({"f1_macro": 0.9})
    report = replace(report, metrics={"f1_macro": Score(0.9, "higher", 0)})
    gate = judge(report, asked_rules(fail_under=["f1=0.1"])).gate
    assert gate is not None
    assert (gate.verdict, gate.rules[0].reason) == ("undecided", "f1_macro is over no rows")


def test_notes() -> None:
    told = replace(made_report({}), notes=(note("never-predicted", "1 of 2 classes"),), not_looked_for={})
    silent = replace(made_report({}), not_looked_for={"row-order": "rows are matched by id"})
    for report, code, verdict, reason in (
        (told, "never-predicted", "fail", "1 of 2 classes"),
        (told, "any", "fail", "1 of 2 classes [never-predicted]"),
        (told, "mixed-types", "pass", None),
        (silent, "row-order", "undecided", "rows are matched by id"),
        (silent, "column-order", "pass", None),
        (silent, "any", "pass", None),
    ):
        (rule,) = judge(report, asked_rules(fail_on=[code])).gate.rules  # type: ignore[union-attr]
        assert (rule.verdict, rule.reason) == (verdict, reason), code


def test_a_report_that_does_not_say_what_was_looked_for_passes_no_note() -> None:
    """Reports of earlier releases: what a note is read off comes first, where that is not known."""
    old = made_report({"roc_auc_ovr_macro": 0.7})
    assert old.not_looked_for is None
    for report, code, reason in (
        (old, "never-predicted", "the report does not say whether it was looked for: score again"),
        (old, "auc-below-chance", "the report does not say whether it was looked for: score again"),
        (old, "over-confident", "it is unknown: the report does not contain ece: score with --metrics ece"),
        (made_report({"roc_auc_ovr_macro": None}), "auc-below-chance", "it is unknown: roc_auc_ovr_macro"),
    ):
        (rule,) = judge(report, asked_rules(fail_on=[code])).gate.rules  # type: ignore[union-attr]
        assert rule.verdict == "undecided", code
        assert str(rule.reason).startswith(reason), code


@given(st.lists(st.none() | finite, min_size=1, max_size=8), st.floats(1e-9, 1))
def test_any_failure_fails_and_undefined_never_passes(values: list[float | None], floor: float) -> None:
    names = [f"c{j}" for j in range(len(values))]
    report = made_report({}, per_class={"recall": dict(zip(names, values, strict=True))})
    gate = judge(report, asked_rules(fail_under=[f"recall:{name}={floor!r}" for name in names])).gate
    assert gate is not None
    if any(value is not None and value < floor for value in values):
        assert gate.verdict == "fail"
    elif None in values:
        assert gate.verdict == "undecided"
    else:
        assert gate.verdict == "pass"


@pytest.mark.parametrize(
    ("on", "rule", "code", "verdict"),
    [
        ("value", "--fail-under accuracy=0.78", 0, "pass"),
        ("lower", "--fail-under accuracy=0.78", 1, "fail"),
        ("lower", "--fail-under accuracy=0.7", 0, "pass"),
        ("decided", "--fail-under accuracy=0.78", 3, "undecided"),
        ("decided", "--fail-under accuracy=0.7", 0, "pass"),
        ("decided", "--fail-under accuracy=0.9", 1, "fail"),
        ("value", "--fail-over fpr=0.23", 0, "pass"),
        ("lower", "--fail-over fpr=0.23", 1, "fail"),
        ("decided", "--fail-over fpr=0.23", 3, "undecided"),
    ],
)
def test_rules_on_what_is_sure(
    on: str, rule: str, code: int, verdict: str, cli: Cli, sliced: Path, tmp_path: Path
) -> None:
    """Accuracy is 240 of 305: 0.787, [0.737, 0.829]; the false positive rate 0.209 or so."""
    result = cli("score", sliced, *rule.split(), "--on", on, "-m", "accuracy,fpr", "-f", "json",
                 "-o", tmp_path / "r.json")  # fmt: skip
    assert result.code == code, result.err
    (found,) = result.json["gate"]["rules"]
    assert found["verdict"] == verdict
    assert found.get("on", "value") == on
    if on != "value":
        assert found["interval"] == result.json["metrics"][found["metric"]]["interval"]
    assert cli("show", tmp_path / "r.json", *rule.split(), "--on", on).code == code
    assert cli("show", tmp_path / "r.json").code == code


def test_what_would_decide_is_told(cli: Cli, sliced: Path) -> None:
    result = cli("score", sliced, "--fail-under", "accuracy=0.78", "--on", "decided")
    # half of the interval is 0.05, the distance 0.0069: 305 * 7.2 squared
    assert "0.78 is within the 95% interval [0.7375, 0.8291] of 0.7869: about 16,000 rows (you have 305)" in (
        result.err
    )


def test_a_metric_without_an_interval_is_not_sure(cli: Cli) -> None:
    path = FIXTURES / "governors" / "final_forecasts.csv"
    arguments = ("--label-col", "actual_voteshare", "--pred-col", "projected_voteshare")
    result = cli("score", path, *arguments, "--fail-over", "max_error=20", "--on", "lower")
    assert result.code == 3
    assert "max_error has no interval: a maximum over rows" in result.err


def test_a_stored_report_without_the_rules_metric(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    cli("score", sliced, "--by", "s", "-m", "accuracy", "-o", tmp_path / "r.json")
    result = cli("show", tmp_path / "r.json", "--fail-under", "recall:1@each=0.3")
    assert result.code == 3
    assert "the report does not contain recall:1@s=b: score with --metrics recall:1" in result.err


def test_drops_by_the_worse_end_of_the_interval(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    cli("score", sliced, "-o", tmp_path / "base.json")
    more = ("--baseline", tmp_path / "base.json", "--max-drop", "accuracy=0.01", "--on", "lower")
    result = cli("score", sliced, *more)
    assert result.code == 1
    assert "failed: accuracy = 0.7869, lower end 0.7375 < 0.7769 (baseline 0.7869, allowed drop 0.01)" in (
        result.err
    )


@pytest.mark.parametrize(
    ("code", "more", "said"),
    [
        ("worst-slices", (), "there are no slices"),
        ("worst-slices", ("--by", "s", "--min-n", "1000"), "no slice has an interval and enough rows"),
        ("worst-slices", ("--by", "s", "--no-intervals"), "no slice has an interval and enough rows"),
        ("small-slices", (), "there are no slices"),
        ("few-groups", (), "there are no groups"),
    ],
)
def test_a_note_that_was_not_looked_for(
    code: str, more: tuple[str, ...], said: str, cli: Cli, sliced: Path
) -> None:
    result = cli("score", sliced, "--fail-on", code, *more)
    assert (result.code, said in result.err) == (3, True)


def test_a_rule_of_one_slice_is_typed_as_it_is_printed(cli: Cli, sliced: Path) -> None:
    every = cli("score", sliced, "--by", "s", "--fail-under", "recall:1@each=0.7", "--min-n", "1")
    printed = [line.split()[1] for line in every.out.splitlines() if "recall:1@s=" in line]
    assert sorted(printed) == ["recall:1@s=a>=0.7", "recall:1@s=b>=0.7", "recall:1@s=c>=0.7"]
    codes = [cli("score", sliced, "--by", "s", "--fail-under", rule).code for rule in sorted(printed)]
    assert codes == [0, 1, 1]
    unknown = cli("score", sliced, "--by", "s", "--fail-under", "accuracy@s=q>=0.7")
    assert (unknown.code, "no slice s=q; there are s=a, s=b, s=c" in unknown.err) == (3, True)


def test_a_proportion_above_one_is_a_percentage(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "y_true,y_pred\n1.5,1.0\n2.5,2.75\n3.25,4.5\n")
    refused = cli("score", path, "--fail-over", "mape=30")
    assert (refused.code, "--fail-over mape=30%" in refused.err) == (2, True)
    assert cli("score", path, "--fail-over", "mape=30%").code in (0, 1)
