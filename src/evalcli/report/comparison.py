"""The typed result of a comparison: models on the same rows, what changed, what flipped, and verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from msgspec import Struct
from msgspec.structs import asdict

from evalcli.findings import Finding
from evalcli.report.json_values import JsonObject
from evalcli.report.provenance import Provenance
from evalcli.report.verdict import Verdict

SCHEMA_VERSION = 1
KIND = "comparison"
Meaning = Literal["better", "worse", "not worse", "unclear", "same", "unknown"]
"""What the interval and the test of a change say; ``not worse``: within the margin of a rule."""


class Model(Struct, frozen=True):
    """One model: its values by metric, why others are missing, and where they come from."""

    name: str
    values: Mapping[str, float | None]
    reasons: Mapping[str, str]
    input: Provenance
    left_out: int = 0

    def to_json(self) -> JsonObject:
        """Plain data."""
        return {
            "name": self.name,
            "values": dict(self.values),
            "reasons": dict(self.reasons),
            "left_out": self.left_out,
            "input": self.input.to_json(),
        }


class Change(Struct, frozen=True):
    """A metric of two models on the same rows: second minus first, with its interval and test.

    ``p``: that there is no difference; ``adjusted``: the same by Holm over all that are judged together.
    ``margin``: by how much it may be worse, if a rule says so. ``reason``: why a part is missing.
    """

    metric: str
    better: str
    old: float | None
    new: float | None
    change: float | None
    interval: tuple[float, float] | None = None
    method: str = ""
    p: float | None = None
    adjusted: float | None = None
    test: str = ""
    meaning: Meaning = "unknown"
    margin: float | None = None
    reason: str | None = None


class Pairs(Struct, frozen=True):
    """Rows by true class and both predictions, those with the most rows first."""

    truth: str
    old: str
    new: str
    rows: int


class Flips(Struct, frozen=True):
    """Rows by whether each model is right.

    ``broken``: right before and wrong now; ``fixed``: the reverse; ``share``: broken rows of those that were
    right, with its interval. ``most_broken``, ``most_fixed``: by classes.
    """

    right_in_both: int
    broken: int
    fixed: int
    wrong_in_both: int
    share: float | None
    interval: tuple[float, float] | None
    most_broken: tuple[Pairs, ...] = ()
    most_fixed: tuple[Pairs, ...] = ()


class FlippedRows(Struct, frozen=True):
    """The rows of one kind of flip, those that the second model is most sure of first.

    ``ids``: of the labels, otherwise row numbers from 1. Confidences are None without probabilities.
    """

    ids: list[str]
    truth: list[str]
    old: list[str]
    new: list[str]
    old_confidence: list[float | None]
    new_confidence: list[float | None]


class Power(Struct, frozen=True):
    """What these rows can show of a metric.

    ``seen``: the smallest change that would be shown with a power of 80 %. ``wanted``: a change that was
    asked for, and ``needed``: the rows that would show it.
    """

    metric: str
    seen: float
    wanted: float | None = None
    needed: int | None = None


class Against(Struct, frozen=True):
    """The reference against one model."""

    model: str
    changes: tuple[Change, ...]
    flips: Flips | None
    power: tuple[Power, ...] = ()


class Judged(Struct, frozen=True):
    """A rule after judgement. ``rule``: as a condition that must hold. ``value``: what was judged."""

    rule: str
    model: str
    metric: str | None
    value: float | None
    interval: tuple[float, float] | None
    limit: float | None
    p: float | None
    verdict: Verdict
    reason: str | None = None


class Comparison(Struct, frozen=True):
    """Everything that renderers use. The first model is the reference.

    ``rows``: rows of all models. ``id``: the column that rows were matched by, None: their order.
    ``alike``: models that cannot be told from the best by the headline. ``corrected``: whether tests are
    adjusted for their number.
    """

    kind: ClassVar[str] = KIND

    version: str
    command: tuple[str, ...]
    task: str
    classes: tuple[str, ...]
    models: tuple[Model, ...]
    against: tuple[Against, ...]
    rows: int
    id: str | None
    confidence: float
    seed: int
    headline: str | None = None
    alike: tuple[str, ...] = ()
    corrected: bool = True
    rules: tuple[Judged, ...] = ()
    notes: tuple[Finding, ...] = ()

    @property
    def verdict(self) -> Verdict | None:
        """The worst of the rules; None without rules."""
        found = {rule.verdict for rule in self.rules}
        order: tuple[Verdict, ...] = ("fail", "undecided", "pass")
        return next((verdict for verdict in order if verdict in found), None)

    def find(self, metric: str, model: str | None = None) -> Change:
        """The change of a metric, of a model or of the first one after the reference."""
        for pair in self.against:
            if model in (None, pair.model):
                for change in pair.changes:
                    if change.metric == metric:
                        return change
        raise KeyError(metric)

    def to_json(self) -> JsonObject:
        """Plain data in a stable order; finite numbers and nulls only."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": KIND,
            "evalcli": {"version": self.version, "command": list(self.command), "seed": self.seed},
            "task": self.task,
            "classes": list(self.classes),
            "rows": self.rows,
            "id": self.id,
            "confidence": self.confidence,
            "corrected": self.corrected,
            "models": [model.to_json() for model in self.models],
            "against": [
                {
                    "model": pair.model,
                    "changes": {change.metric: _plain(change) for change in pair.changes},
                    "flips": None if pair.flips is None else _plain(pair.flips),
                    "power": [asdict(power) for power in pair.power],
                }
                for pair in self.against
            ],
            "headline": self.headline,
            "alike": list(self.alike),
            "rules": [_plain(rule) for rule in self.rules],
            "verdict": self.verdict,
            "notes": [note.to_json() for note in self.notes],
        }


def _plain(part: Change | Flips | Judged) -> JsonObject:
    """Fields, of which tuples are lists."""
    fields = asdict(part)
    return {
        name: [asdict(item) if isinstance(item, Struct) else item for item in value]
        if isinstance(value, tuple)
        else value
        for name, value in fields.items()
    }


__all__ = [
    "KIND",
    "Against",
    "Change",
    "Comparison",
    "FlippedRows",
    "Flips",
    "Judged",
    "Model",
    "Pairs",
    "Power",
]
