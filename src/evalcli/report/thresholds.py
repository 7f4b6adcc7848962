"""The typed result of ``evalcli threshold``: points of the curves, which of them is chosen, and for what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evalcli.report.report import SCHEMA_VERSION, Provenance, Score
from evalcli.report.stored_thresholds import KIND


@dataclass(frozen=True)
class Goal:
    """What a threshold is chosen for: the best of a metric, or the least cost, where shares keep to limits.

    ``costs``: of a row of each kind, ``fp``, ``fn``, ``tp`` and ``tn``.
    """

    maximize: str | None = None
    costs: Mapping[str, float] | None = None
    min_precision: float | None = None
    min_recall: float | None = None
    max_fpr: float | None = None

    @property
    def words(self) -> str:
        """In one line."""
        if self.costs is not None:
            best = "least cost (" + ", ".join(f"{name}={cost:g}" for name, cost in self.costs.items()) + ")"
        else:
            best = f"highest {self.maximize}"
        limits = {"precision >=": self.min_precision, "recall >=": self.min_recall, "fpr <=": self.max_fpr}
        given = [f"{name} {limit:g}" for name, limit in limits.items() if limit is not None]
        return best + (f" with {' and '.join(given)}" if given else "")

    def to_json(self) -> dict[str, Any]:
        """Plain data; what was not asked for is null."""
        return {**vars(self), "costs": None if self.costs is None else dict(self.costs)}


@dataclass(frozen=True)
class Point:
    """Rows that score at least ``threshold`` count as positive: how many of each kind, and what follows.

    ``remark``: why it is among the points. ``allowed``: whether it keeps to the limits.
    """

    threshold: float
    tp: float
    fp: float
    fn: float
    tn: float
    figures: Mapping[str, Score]
    remark: str = ""
    allowed: bool = True
    chosen: bool = False

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        names = ("threshold", "chosen", "allowed", "tp", "fp", "fn", "tn")
        figures = {name: score.to_json() for name, score in self.figures.items()}
        return {**{name: getattr(self, name) for name in names}, **figures}


@dataclass(frozen=True)
class LabelPoints:
    """Points of one class or label, the lowest threshold first; ``reason``: why none of them is chosen."""

    label: str
    points: tuple[Point, ...]
    reason: str | None = None

    @property
    def chosen(self) -> Point | None:
        """The point that was asked for."""
        return next((point for point in self.points if point.chosen), None)


@dataclass(frozen=True)
class OperatingPoints:
    """Thresholds of binary data, or of each label."""

    version: str
    command: tuple[str, ...]
    task: str
    input: Provenance
    goal: Goal
    labels: tuple[LabelPoints, ...]

    @property
    def thresholds(self) -> dict[str, float]:
        """What was chosen, by label."""
        return {found.label: found.chosen.threshold for found in self.labels if found.chosen is not None}

    def to_json(self) -> dict[str, Any]:
        """Plain data, which ``score --threshold @FILE`` reads."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": KIND,
            "evalcli": {"version": self.version, "command": list(self.command)},
            "task": self.task,
            "goal": self.goal.to_json(),
            "thresholds": self.thresholds,
            "input": self.input.to_json(),
            "points": {
                found.label: {
                    "reason": found.reason,
                    "points": [point.to_json() for point in found.points],
                }
                for found in self.labels
            },
        }
