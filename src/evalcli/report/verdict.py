"""The typed result of the gate: a verdict per rule, one for all, and the comparison with a baseline."""

from __future__ import annotations

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import asdict

from evalcli.report.json_values import JsonObject, list_at, made, object_at, objects_at

Verdict = Literal["pass", "fail", "undecided"]
VERDICTS = ("pass", "fail", "undecided")
Kind = Literal["under", "over", "drop", "note", "not-worse", "better", "detect"]
On = Literal["value", "lower", "decided"]
ON = ("value", "lower", "decided")
"""What a rule compares: the value, the worse end of its interval, or the whole interval."""
IF_MISSING = ("undecided", "warn", "pass")
"""Policies for rules on drops without a baseline."""
Status = Literal["compared", "missing", "not-comparable"]
DIFFERENCES = {
    "task-changed": "the task",
    "classes-changed": "the classes or labels, or their order",
    "positive-changed": "the positive class",
    "threshold-changed": "the threshold",
    "convention-changed": "`--average`, `--exclude-class`, `--zero-division` or `--bins`",
    "definition-changed": "the definition of a metric of one's own",
    "weights-changed": "whether rows are weighted, or by how much",
    "rows-changed": "the number of rows that were scored",
    "labels-changed": "the labels' fingerprint",
}
"""Differences that prevent a comparison of two reports unless they are allowed."""


def decimal(value: float) -> Decimal:
    """The number that a float is written as."""
    return Decimal(repr(float(value)))


def difference(value: float, reference: float) -> float:
    """One minus the other, in decimal.

    >>> difference(0.92, 0.93)
    -0.01
    """
    return float(decimal(value) - decimal(reference))


def _require_number(value: object, what: str) -> None:
    if value is not None and (
        isinstance(value, bool) or not isinstance(value, int | float) or math.isnan(value)
    ):
        raise ValueError(f"{what} is not a number: {value!r}")


class RuleResult(Struct, frozen=True):
    """A rule after judgement.

    ``rule``: as a formula that must hold. ``asked``: the name as typed, which may mean several.
    ``threshold``: what the value is compared with; None for a rule on notes, and without a baseline.
    ``allowed``: the drop as typed. ``better``: the metric's better direction. ``reason``: why a rule is
    undecided, or the message of a note. ``on``: what was compared; ``interval``: both ends, if that was
    an interval. ``slice``: the slice of the metric.
    """

    rule: str
    kind: Kind
    asked: str
    metric: str | None
    value: float | None
    threshold: float | None
    verdict: Verdict
    reason: str | None = None
    baseline: float | None = None
    allowed: str | None = None
    better: str = "none"
    on: On = "value"
    interval: tuple[float, float] | None = None
    slice: Mapping[str, str | None] | None = None

    @property
    def judged(self) -> float | None:
        """The number that is compared with the threshold: the value, or an end of its interval."""
        if self.on == "value" or self.interval is None:
            return self.value
        low, high = self.interval
        return high if self.is_upper_limit else low

    @property
    def is_upper_limit(self) -> bool:
        """Whether the metric may not be above the threshold, rather than below it."""
        return self.kind == "over" or (self.kind == "drop" and self.better == "lower")

    @property
    def outcome(self) -> Verdict:
        """The verdict that its own numbers give."""
        if self.judged is None or self.threshold is None or (self.on != "value" and self.interval is None):
            return "undecided"
        ends = self.interval if self.on == "decided" and self.interval else (self.judged, self.judged)
        right = [self._right(end) for end in ends]
        return "pass" if all(right) else "undecided" if any(right) else "fail"

    def _right(self, value: float) -> bool:
        """Whether a value meets the threshold; drops are compared in decimal."""
        bound = self.threshold or 0.0
        left, right = (decimal(value), decimal(bound)) if self.kind == "drop" else (value, bound)
        return left <= right if self.is_upper_limit else left >= right

    @property
    def change(self) -> float | None:
        """Value minus baseline."""
        return None if self.value is None or self.baseline is None else difference(self.value, self.baseline)

    def to_json(self) -> JsonObject:
        """The rule and its verdict, with the keys of its kind."""
        out: JsonObject = {
            "rule": self.rule,
            "kind": self.kind,
            "asked": self.asked,
            "metric": self.metric,
            "value": self.value,
            "threshold": self.threshold,
        }
        if self.kind == "drop":
            out |= {"allowed": self.allowed, "baseline": self.baseline, "change": self.change}
        out["better"] = self.better
        if self.slice is not None:
            out["slice"] = dict(self.slice)
        if self.on != "value":
            out |= {"on": self.on, "interval": list(self.interval) if self.interval else None}
        out["verdict"] = self.verdict
        return out if self.reason is None else {**out, "reason": self.reason}

    @classmethod
    def from_json(cls, data: JsonObject) -> RuleResult:
        """Inverse of ``to_json``; refuses an unknown verdict."""
        rule = data["rule"]
        ends = list_at(data, "interval") if data.get("interval") else []
        for name in ("value", "threshold", "baseline"):
            _require_number(data.get(name), f"the {name} of the rule {rule!r}")
        for end in ends:
            _require_number(end, f"an end of the interval of the rule {rule!r}")
        if data["verdict"] not in VERDICTS:
            raise ValueError(f"{data['verdict']!r} is not a verdict")
        result = made(
            cls,
            rule=rule,
            kind=data.get("kind", "over" if "<=" in str(rule) else "under"),
            asked=data.get("asked", data["metric"]),
            metric=data["metric"],
            value=data["value"],
            threshold=data["threshold"],
            verdict=data["verdict"],
            reason=data.get("reason"),
            baseline=data.get("baseline"),
            allowed=data.get("allowed"),
            better=data.get("better", "none"),
            on=data.get("on", "value"),
            interval=tuple(ends) or None,
            slice=data.get("slice"),
        )
        if result.on not in ON:
            raise ValueError(f"{result.on!r} is not something that rules compare")
        if result.verdict != "undecided" and result.kind != "note" and not result.fits:
            raise ValueError(f"the rule {rule!r} does not have the verdict {result.verdict!r}")
        return result

    @property
    def fits(self) -> bool:
        """Whether its own numbers give the verdict that a decided rule has."""
        if self.kind == "drop" and self.baseline is None:
            return self.verdict == "pass" and self.threshold is None
        return self.outcome == self.verdict


class Difference(Struct, frozen=True):
    """Something that prevents a comparison of two reports: a code and a sentence."""

    code: str
    message: str


class Baseline(Struct, frozen=True):
    """An earlier report, and how it compares.

    ``differences``: those that prevent a comparison; ``allowed``: those that do not. ``values``: its
    metrics by full name, if it can be compared. ``if_missing``: what a missing one means. ``rows``: pairs of
    rows, if it has rows; ``changes``: intervals of the changes, from these.
    """

    path: str
    status: Status
    differences: tuple[Difference, ...] = ()
    allowed: tuple[Difference, ...] = ()
    values: Mapping[str, float | None] = field(default_factory=dict)
    if_missing: str = "undecided"
    rows: int | None = None
    changes: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def prevents_pass(self) -> bool:
        """Whether it keeps the gate from passing."""
        return self.status == "not-comparable" or (
            self.status == "missing" and self.if_missing == "undecided"
        )

    @property
    def problem(self) -> str | None:
        """Why there is nothing to compare with."""
        if self.status == "missing":
            return f"there is no baseline {self.path}"
        if self.status == "not-comparable":
            return "not comparable with the baseline: " + "; ".join(d.message for d in self.differences)
        return None

    def to_json(self) -> JsonObject:
        """Plain data."""
        return {
            "path": self.path,
            "status": self.status,
            "if_missing": self.if_missing,
            "differences": [asdict(difference) for difference in self.differences],
            "allowed": [asdict(difference) for difference in self.allowed],
            "metrics": dict(self.values),
            "rows": self.rows,
        }

    @classmethod
    def from_json(cls, data: JsonObject) -> Baseline:
        """Inverse of ``to_json``."""
        return made(
            cls,
            path=data["path"],
            status=data["status"],
            differences=tuple(
                made(Difference, **difference) for difference in objects_at(data, "differences")
            ),
            allowed=tuple(made(Difference, **difference) for difference in objects_at(data, "allowed")),
            values=object_at(data, "metrics"),
            if_missing=data["if_missing"],
            rows=data.get("rows"),
        )


class Gate(Struct, frozen=True):
    """All rules; the verdict that messages, reports and the exit code share."""

    rules: tuple[RuleResult, ...]
    baseline: Baseline | None = None

    @property
    def verdict(self) -> Verdict:
        """Fail if any rule failed; otherwise undecided if any is undecided."""
        verdicts = {rule.verdict for rule in self.rules}
        if "fail" in verdicts:
            return "fail"
        blocked = self.baseline is not None and self.baseline.prevents_pass
        return "undecided" if blocked or "undecided" in verdicts else "pass"

    @property
    def problem(self) -> str | None:
        """Why the baseline keeps the gate from passing, if no rule gives the reason."""
        if (
            self.baseline is None
            or not self.baseline.prevents_pass
            or any(r.kind == "drop" for r in self.rules)
        ):
            return None
        return self.baseline.problem

    def count(self, verdict: Verdict) -> int:
        """Rules of a verdict."""
        return sum(rule.verdict == verdict for rule in self.rules)

    def to_json(self) -> JsonObject:
        """Verdict, rules, baseline."""
        return {
            "verdict": self.verdict,
            "rules": [rule.to_json() for rule in self.rules],
            "baseline": self.baseline.to_json() if self.baseline else None,
        }

    @classmethod
    def from_json(cls, data: JsonObject) -> Gate:
        """Inverse of ``to_json``; refuses a verdict that its rules do not have."""
        gate = cls(
            tuple(map(RuleResult.from_json, objects_at(data, "rules"))),
            Baseline.from_json(object_at(data, "baseline")) if data.get("baseline") else None,
        )
        if not gate.rules and gate.baseline is None:
            raise ValueError("a gate without rules")
        if gate.verdict != data["verdict"]:
            raise ValueError(f"the verdict is {data['verdict']!r}, but its rules give {gate.verdict!r}")
        return gate
