"""The typed result of ``evalcli threshold``: points of the curves, the chosen ones, and the goal."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct
from msgspec.structs import asdict

from evalcli.errors import InputError, UsageError
from evalcli.findings import Blank, run
from evalcli.report.json_values import (
    Json,
    JsonObject,
    number_at,
    object_at,
    objects_at,
    text_at,
    text_or_none_at,
    unique_keys,
)
from evalcli.report.provenance import Provenance
from evalcli.report.report import SCHEMA_VERSION
from evalcli.report.score import Score
from evalcli.text import escape
from evalcli.whole import read_whole

KIND, VERSION = "thresholds", 1
FILE_PREFIX = "@"
"""Before the name of a file of thresholds."""


class Goal(Struct, frozen=True):
    """What a threshold is chosen for: the highest metric, or the lowest cost, within limits.

    ``costs``: cost per row of each kind, ``fp``, ``fn``, ``tp`` and ``tn``.
    """

    maximize: str | None = None
    costs: Mapping[str, float] | None = None
    min_precision: float | None = None
    min_recall: float | None = None
    max_fpr: float | None = None

    def describe(self) -> str:
        """In one line."""
        if self.costs is not None:
            best = "lowest cost (" + ", ".join(f"{name}={cost:g}" for name, cost in self.costs.items()) + ")"
        else:
            best = f"highest {self.maximize}"
        limits = {"precision >=": self.min_precision, "recall >=": self.min_recall, "fpr <=": self.max_fpr}
        given = [f"{name} {limit:g}" for name, limit in limits.items() if limit is not None]
        return best + (f" with {' and '.join(given)}" if given else "")

    def to_json(self) -> JsonObject:
        """Plain data; what was not asked for is null."""
        return {**asdict(self), "costs": None if self.costs is None else dict(self.costs)}


class Point(Struct, frozen=True):
    """A threshold, the counts of each kind of row if at least this score is positive, and metrics.

    ``remark``: why it is among the points. ``allowed``: whether it meets the limits.
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

    def to_json(self) -> JsonObject:
        """Plain data."""
        names = ("threshold", "chosen", "allowed", "tp", "fp", "fn", "tn")
        figures = {name: score.to_json() for name, score in self.figures.items()}
        return {**{name: getattr(self, name) for name in names}, **figures}


class LabelPoints(Struct, frozen=True):
    """Points of one class or label, the lowest threshold first; ``reason``: why none of them is chosen."""

    label: str
    points: tuple[Point, ...]
    reason: str | None = None

    @property
    def chosen(self) -> Point | None:
        """The point that was asked for."""
        return next((point for point in self.points if point.chosen), None)


class ThresholdReport(Struct, frozen=True):
    """Thresholds of binary data, or of each label."""

    kind: ClassVar[str] = "thresholds"

    version: str
    command: tuple[str, ...]
    task: str
    input: Provenance
    goal: Goal
    labels: tuple[LabelPoints, ...]

    @property
    def thresholds(self) -> dict[str, float]:
        """The chosen thresholds, by label."""
        return {label.label: label.chosen.threshold for label in self.labels if label.chosen is not None}

    def to_json(self) -> JsonObject:
        """Plain data, which ``score --threshold @FILE`` reads."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": KIND,
            "evalcli": {"version": self.version, "command": list(self.command)},
            "task": self.task,
            "goal": self.goal.to_json(),
            "thresholds": dict(self.thresholds),
            "input": self.input.to_json(),
            "points": {
                label.label: {
                    "reason": label.reason,
                    "points": [point.to_json() for point in label.points],
                }
                for label in self.labels
            },
        }


class StoredThresholds(Struct, frozen=True):
    """Thresholds from a file, and the rows that they were chosen on."""

    path: str
    task: str
    thresholds: Mapping[str, float]
    digests: frozenset[str]
    fingerprint: str | None


def read_thresholds(path: str) -> StoredThresholds:
    """Read a file that ``evalcli threshold`` wrote; refuse any other."""
    import json

    try:
        data: Json = json.loads(read_whole(path), object_pairs_hook=unique_keys)
    except OSError as error:
        raise UsageError(
            f"--threshold {FILE_PREFIX}{path}: the file cannot be read",
            found=error.strerror,
            hint=run("evalcli", "threshold", Blank("FILE"), "-o", path, words="writes one"),
        ) from None
    except (ValueError, RecursionError) as error:
        twice = str(error) if "is duplicated" in str(error) else "not JSON"
        raise _wrong(path, twice) from None
    if not isinstance(data, dict) or data.get("kind") != KIND:
        report = isinstance(data, dict) and "metrics" in data
        raise _wrong(path, "a report of scores" if report else "something else")
    if data.get("schema_version") != VERSION:
        raise InputError(
            "a different release wrote the file of thresholds",
            where=escape(path),
            found=f"schema version {data.get('schema_version')!r}; this release reads {VERSION}",
            hint="choose the thresholds again with this release",
        )
    try:
        return _stored(path, data)
    except (KeyError, TypeError, ValueError, OverflowError):
        raise _wrong(path, "a file of thresholds with missing or changed parts") from None


def _stored(path: str, data: JsonObject) -> StoredThresholds:
    source, values = object_at(data, "input"), object_at(data, "thresholds")
    thresholds = {name: float(number_at(values, name)) for name in values}
    if not thresholds or not all(map(math.isfinite, thresholds.values())):
        raise ValueError
    return StoredThresholds(
        path=path,
        task=text_at(data, "task"),
        thresholds=thresholds,
        digests=frozenset(
            text_at(file, "sha256") for file in objects_at(source, "predictions") if file["sha256"]
        ),
        fingerprint=text_or_none_at(source, "labels_fingerprint"),
    )


def _wrong(path: str, found: str) -> InputError:
    return InputError(
        "not a file of thresholds",
        where=escape(path),
        found=found,
        hint=run("evalcli", "threshold", Blank("FILE"), "-o", "threshold.json", words="writes one"),
    )
