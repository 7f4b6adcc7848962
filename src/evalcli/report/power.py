"""The typed result of ``evalcli power``: how sure the verdict of a gate is."""

from __future__ import annotations

from typing import ClassVar

from msgspec import Struct

from evalcli.report.json_values import JsonObject, plain
from evalcli.report.verdict import Verdict

SCHEMA_VERSION = 1
KIND = "power"


class RulePower(Struct, frozen=True):
    """One rule. ``rows``: that its value is over; ``error``: standard error of the value.

    ``chance``: of another verdict on other rows, if the value measured is the true one; ``needed``: rows
    with which that is as rare as wanted, None if no number is enough. ``reason``: why these are unknown.
    """

    rule: str
    metric: str | None
    value: float | None
    limit: float | None
    verdict: Verdict
    rows: int
    error: float | None = None
    chance: float | None = None
    needed: int | None = None
    reason: str | None = None


class PowerReport(Struct, frozen=True):
    """All rules of a gate. ``flake``: how often another verdict is acceptable."""

    kind: ClassVar[str] = KIND

    version: str
    title: str
    task: str
    rows: int
    flake: float
    rules: tuple[RulePower, ...]

    @property
    def steady(self) -> bool:
        """Whether every verdict is as sure as wanted."""
        return all(rule.chance is not None and rule.chance <= self.flake for rule in self.rules)

    def to_json(self) -> JsonObject:
        """Plain data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": KIND,
            "evalcli": {"version": self.version},
            "title": self.title,
            "task": self.task,
            "rows": self.rows,
            "flake": self.flake,
            "steady": self.steady,
            "rules": plain(self.rules),
        }
