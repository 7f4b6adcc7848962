"""Rules to verdict to message, JSON and exit code; undefined never passes."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conftest import Result
from evalcli.gate import Rule, apart, judge

Cli = Callable[..., Result]
numbers = st.floats(allow_nan=False, allow_infinity=False)


@pytest.mark.parametrize(
    ("side", "value", "verdict"),
    [
        ("under", 0.8, "pass"),
        ("under", math.nextafter(0.8, 1), "pass"),
        ("under", math.nextafter(0.8, 0), "fail"),
        ("under", math.nan, "undecided"),
        ("under", None, "undecided"),
        ("under", -math.inf, "fail"),
        ("over", 0.8, "pass"),
        ("over", math.nextafter(0.8, 0), "pass"),
        ("over", math.nextafter(0.8, 1), "fail"),
        ("over", math.nan, "undecided"),
        ("over", None, "undecided"),
        ("over", math.inf, "fail"),
    ],
)
def test_verdicts(side: Any, value: float | None, verdict: str) -> None:
    gate = judge([Rule("f1", "f1_macro", side, 0.8)], {"f1_macro": (value, "why")})
    assert gate.verdict == gate.rules[0].verdict == verdict
    assert gate.to_json()["verdict"] == verdict
    assert gate.rules[0].rule == f"f1{'>=' if side == 'under' else '<='}0.8"


@given(st.lists(st.none() | numbers, min_size=1), numbers)
def test_any_failure_fails_and_undefined_never_passes(values: list[float | None], floor: float) -> None:
    rules = [Rule(str(j), str(j), "under", floor) for j in range(len(values))]
    gate = judge(rules, {str(j): (value, "why") for j, value in enumerate(values)})
    if any(value is not None and value < floor for value in values):
        assert gate.verdict == "fail"
    elif None in values:
        assert gate.verdict == "undecided"
    else:
        assert gate.verdict == "pass"


@given(numbers, numbers)
def test_digits_tell_unequal_numbers_apart(value: float, threshold: float) -> None:
    left, right = apart(value, threshold)
    assert float(right) == threshold
    assert (left != right) or value == threshold


@pytest.mark.parametrize(
    ("rules", "code", "words"),
    [
        (["--fail-under", "f1=0.7"], 0, ["passed: f1 = 0.7326 >= 0.7"]),
        (["--fail-under", "f1=0.74"], 1, ["failed: f1 = 0.7326 < 0.74"]),
        (["--fail-over", "log_loss=0.7"], 0, ["passed: log_loss = 0.6243 <= 0.7"]),
        (["--fail-over", "log_loss=0.6"], 1, ["failed: log_loss = 0.6243 > 0.6"]),
        (["--fail-under", "accuracy=0.6577777777777778"], 0, ["passed: accuracy"]),
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
