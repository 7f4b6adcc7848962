"""The typed result of a comparison: models on the same rows, what changed, what flipped, and verdicts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from msgspec import Struct, convert

from evalcli.definitions import Definition
from evalcli.findings import Finding
from evalcli.report.json_values import (
    JsonObject,
    NewerSchema,
    as_object,
    number_at,
    object_at,
    objects_at,
    plain,
    text_at,
    text_or_none_at,
)
from evalcli.report.provenance import Provenance
from evalcli.report.slices import label_of
from evalcli.report.verdict import Verdict
from evalcli.tasks import TASKS

SCHEMA_VERSION = 1
KIND = "comparison"
UNPAIRED = "unpaired"
"""The method of changes between stored values."""
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
    ``margin``: by how much it may be worse, if a rule says so. ``reason``: why a part is missing. ``error``:
    standard error of the change; ``freedom``: its degrees of freedom, None if there is no limit to them.
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
    error: float | None = None
    freedom: float | None = None


class Pairs(Struct, frozen=True):
    """Rows by true class and both predictions, those with the most rows first."""

    truth: str
    old: str
    new: str
    rows: int


class ClassFlips(Struct, frozen=True):
    """Rows of one true class that were right or wrong before, and how many of them flipped.

    ``share``: broken rows of those that were right, with its interval.
    """

    cls: str
    right: int
    broken: int
    wrong: int
    fixed: int
    share: float | None
    interval: tuple[float, float] | None


class Flips(Struct, frozen=True):
    """Rows by whether each model is right.

    ``broken``: right before and wrong now; ``fixed``: the reverse; ``share``: broken rows of those that were
    right, with its interval. ``most_broken``, ``most_fixed``: by classes; ``by_class``: of each true class.
    """

    right_in_both: int
    broken: int
    fixed: int
    wrong_in_both: int
    share: float | None
    interval: tuple[float, float] | None
    most_broken: tuple[Pairs, ...] = ()
    most_fixed: tuple[Pairs, ...] = ()
    by_class: tuple[ClassFlips, ...] = ()


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


class SliceChanges(Struct, frozen=True):
    """What changed in one slice; p-values of a metric are adjusted over the slices.

    ``small``: fewer rows than ``--min-n``.
    """

    by: Mapping[str, str | None]
    rows: int
    small: bool
    changes: tuple[Change, ...]
    flips: Flips | None

    @property
    def label(self) -> str:
        """The name after the ``@`` of a rule's metric."""
        return label_of(self.by)


class Against(Struct, frozen=True):
    """The reference against one model; ``slices``: the worst first.

    ``cells``: index of the true class, of both predictions, and rows with them; None if there are very many.
    """

    model: str
    changes: tuple[Change, ...]
    flips: Flips | None
    power: tuple[Power, ...] = ()
    slices: tuple[SliceChanges, ...] = ()
    cells: tuple[tuple[int, int, int, int], ...] | None = None


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
    adjusted for their number. ``paired``: whether rows were compared, rather than stored values.
    ``definitions``: of metrics of one's own.
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
    paired: bool = True
    definitions: tuple[Definition, ...] = ()

    @property
    def title(self) -> str:
        """For annotations and test suites: the models."""
        return " and ".join(model.name for model in self.models)

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
                    "changes": {change.metric: plain(change) for change in pair.changes},
                    "flips": plain(pair.flips),
                    "power": plain(pair.power),
                    "slices": [
                        {
                            **as_object(plain(part), "slice"),
                            "changes": {change.metric: plain(change) for change in part.changes},
                        }
                        for part in pair.slices
                    ],
                    "cells": plain(pair.cells),
                }
                for pair in self.against
            ],
            "headline": self.headline,
            "alike": list(self.alike),
            "rules": plain(self.rules),
            "verdict": self.verdict,
            "notes": [note.to_json() for note in self.notes],
            "paired": self.paired,
            "definitions": plain(self.definitions),
        }

    @classmethod
    def from_json(cls, data: JsonObject) -> Comparison:
        """Inverse of ``to_json``. Raises what wrong keys and types raise."""
        version = data["schema_version"]
        if isinstance(version, int) and version > SCHEMA_VERSION:
            raise NewerSchema(version, SCHEMA_VERSION)
        about = object_at(data, "evalcli")
        found = cls(
            version=text_at(about, "version"),
            command=convert(about["command"], tuple[str, ...]),
            seed=convert(about["seed"], int),
            task=text_at(data, "task"),
            classes=convert(data["classes"], tuple[str, ...]),
            models=tuple(
                convert({**model, "input": None}, _StoredModel).with_input(object_at(model, "input"))
                for model in objects_at(data, "models")
            ),
            against=tuple(map(_against, objects_at(data, "against"))),
            rows=convert(data["rows"], int),
            id=text_or_none_at(data, "id"),
            confidence=number_at(data, "confidence"),
            headline=text_or_none_at(data, "headline"),
            alike=convert(data["alike"], tuple[str, ...]),
            corrected=convert(data["corrected"], bool),
            rules=convert(data["rules"], tuple[Judged, ...]),
            notes=tuple(map(Finding.from_json, objects_at(data, "notes"))),
            paired=convert(data["paired"], bool),
            definitions=convert(data["definitions"], tuple[Definition, ...]),
        )
        names = [model.name for model in found.models]
        if len(names) < 2 or [pair.model for pair in found.against] != names[1:] or found.task not in TASKS:
            raise ValueError("inconsistent models")
        if found.verdict != data["verdict"]:
            raise ValueError(f"the verdict is {data['verdict']!r}, but its rules give {found.verdict!r}")
        return found


class _StoredModel(Struct):
    """A model without its provenance, as it is stored."""

    name: str
    values: dict[str, float | None]
    reasons: dict[str, str]
    left_out: int
    input: None

    def with_input(self, source: JsonObject) -> Model:
        return Model(self.name, self.values, self.reasons, Provenance.from_json(source), self.left_out)


def _against(data: JsonObject) -> Against:
    slices = [
        {**part, "changes": list(object_at(part, "changes").values())} for part in objects_at(data, "slices")
    ]
    changes = list(object_at(data, "changes").values())
    return convert({**data, "changes": changes, "slices": slices}, Against)


__all__ = [
    "KIND",
    "Against",
    "Change",
    "ClassFlips",
    "Comparison",
    "FlippedRows",
    "Flips",
    "Judged",
    "Model",
    "Pairs",
    "Power",
    "SliceChanges",
]
