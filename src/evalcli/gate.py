"""Rules and values into one verdict: a pure function. Undefined never passes."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from evalcli.errors import UsageError

Verdict = Literal["pass", "fail", "undecided"]
Side = Literal["under", "over"]


@dataclass(frozen=True)
class Rule:
    """``metric`` must be at least (``under``) or at most (``over``) the threshold."""

    asked: str
    metric: str
    side: Side
    threshold: float

    @property
    def sign(self) -> str:
        """The comparison that must hold."""
        return ">=" if self.side == "under" else "<="


@dataclass(frozen=True)
class RuleResult:
    """A rule after judgement."""

    rule: str
    metric: str
    value: float | None
    threshold: float
    verdict: Verdict
    reason: str | None = None

    @property
    def message(self) -> str:
        """One line for a log."""
        if self.value is None:
            return f"undecided: {self.rule}: {self.metric} is undefined: {self.reason}"
        left, right = apart(self.value, self.threshold)
        sign = ">=" if ">=" in self.rule else "<="
        if self.verdict == "pass":
            return f"passed: {self.metric} = {left} {sign} {right}"
        broken = "<" if sign == ">=" else ">"
        return f"failed: {self.metric} = {left} {broken} {right}"


@dataclass(frozen=True)
class Gate:
    """All rules; the verdict that message, JSON and exit code share."""

    rules: tuple[RuleResult, ...]

    @property
    def verdict(self) -> Verdict:
        """Any failure fails; else anything undecided is undecided."""
        found = {rule.verdict for rule in self.rules}
        return "fail" if "fail" in found else "undecided" if "undecided" in found else "pass"

    def to_json(self) -> dict[str, Any]:
        """Verdict and rules."""
        return {"verdict": self.verdict, "rules": [_rule_json(rule) for rule in self.rules]}


def _rule_json(rule: RuleResult) -> dict[str, Any]:
    out = {
        "rule": rule.rule,
        "metric": rule.metric,
        "value": rule.value,
        "threshold": rule.threshold,
        "verdict": rule.verdict,
    }
    return out if rule.reason is None else {**out, "reason": rule.reason}


def parse_rule(text: str, side: Side) -> tuple[str, float]:
    """Metric name and threshold of ``NAME=VALUE``; the name is looked up elsewhere.

    >>> parse_rule("recall:a=b=0.5", "under")
    ('recall:a=b', 0.5)
    """
    option = f"--fail-{side}"
    name, equals, number = text.rpartition("=")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not equals or not name or not math.isfinite(value):
        raise UsageError(
            f"{option} {text!r} is not NAME=VALUE with a number",
            mend=f"write it as {option} f1=0.8" if side == "under" else f"write it as {option} log_loss=0.5",
        )
    return name.strip(), value


def check_direction(rule: Rule, better: str) -> None:
    """A floor under a metric that should be low, or a ceiling over one that should be high, is a slip."""
    wrong = "lower" if rule.side == "under" else "higher"
    if better == wrong:
        other = "over" if rule.side == "under" else "under"
        raise UsageError(
            f"--fail-{rule.side} {rule.asked}={rule.threshold:g}: {better} is better for {rule.metric}",
            mend=f"--fail-{other} {rule.asked}={rule.threshold:g}",
        )


def judge(rules: Sequence[Rule], values: Mapping[str, tuple[float | None, str | None]]) -> Gate:
    """Compare raw values; ``values`` gives (value, reason) by metric."""
    results = []
    for rule in rules:
        value, reason = values[rule.metric]
        verdict: Verdict
        if value is None or math.isnan(value):
            value, verdict = None, "undecided"
        elif rule.side == "under":
            verdict = "fail" if not (value >= rule.threshold) else "pass"
        else:
            verdict = "fail" if not (value <= rule.threshold) else "pass"
        text = f"{rule.asked}{rule.sign}{rule.threshold!r}"
        results.append(RuleResult(text, rule.metric, value, rule.threshold, verdict, reason))
    return Gate(tuple(results))


def apart(value: float, threshold: float, digits: int = 4) -> tuple[str, str]:
    """Both numbers with as many significant digits as tell them apart.

    >>> apart(0.79999999, 0.8)
    ('0.79999999', '0.8')
    >>> apart(0.8, 0.8)
    ('0.8', '0.8')
    """
    for n in range(digits, 18):
        left, right = f"{value:.{n}g}", f"{threshold:.{n}g}"
        if left != right and float(right) == threshold:
            return left, right
    return repr(value), repr(threshold)
