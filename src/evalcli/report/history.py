"""A training run: metrics of every epoch and split, the best epoch, and what the curves show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct, convert

from evalcli.report.json_values import JsonObject, NewerSchema, as_object, made, object_at, objects_at, plain
from evalcli.report.report import ClassRow, Report, frame_of
from evalcli.report.score import Score, scores

if TYPE_CHECKING:
    from evalcli.report.report import Frame

HISTORY_VERSION = 1
MOST_TABULATED = 40
"""Classes of the confusion matrices that a history holds."""


class Stamp(Struct, frozen=True):
    """A file as it was when it was scored: bytes, time of its last change in nanoseconds, and SHA-256."""

    path: str
    size: int
    changed: int
    sha256: str | None = None


class Epoch(Struct, frozen=True):
    """One line of a history: an epoch of a split.

    ``fields``: of the pattern; ``options``: that were not at their default; ``rows``: scored ones.
    ``problem``: why there are no metrics, e.g. since scores are not finite. ``confusion``: rows by true and
    predicted class, of no more than ``MOST_TABULATED`` classes. ``class_digest``: of all names.
    """

    epoch: int
    split: str
    fields: Mapping[str, str]
    files: tuple[Stamp, ...]
    options: JsonObject
    version: str
    task: str = ""
    classes: tuple[str, ...] = ()
    rows: int = 0
    fingerprint: str | None = None
    scores_as: str | None = None
    positive: str | None = None
    metrics: Mapping[str, Score] = {}
    per_class: Mapping[str, ClassRow] = {}
    problem: str | None = None
    confusion: tuple[tuple[float, ...], ...] | None = None
    class_digest: str | None = None

    @property
    def key(self) -> tuple[int, str]:
        """What names it."""
        return self.epoch, self.split

    @classmethod
    def of_report(cls, report: Report, most_classes: int, **more: object) -> Epoch:
        """From the report of its file. ``most_classes``: beyond which classes are left out."""
        few = len(report.classes) <= most_classes
        return made(
            cls,
            version=report.version,
            task=report.task,
            classes=report.classes if few else (),
            rows=report.input.scored,
            fingerprint=report.input.fingerprint,
            scores_as=report.input.scores_as,
            positive=report.input.positive,
            metrics=report.metrics,
            class_digest=_digest(report.classes),
            per_class=report.per_class if few else {},
            confusion=report.confusion if len(report.classes) <= MOST_TABULATED else None,
            **more,
        )

    def to_json(self) -> JsonObject:
        """Plain data: a line of the file."""
        return {
            "schema_version": HISTORY_VERSION,
            "epoch": self.epoch,
            "split": self.split,
            "fields": dict(self.fields),
            "task": self.task,
            "rows": self.rows,
            "problem": self.problem,
            "metrics": {name: score.to_json() for name, score in self.metrics.items()},
            "per_class": {name: row.to_json() for name, row in self.per_class.items()},
            "classes": list(self.classes),
            "class_digest": self.class_digest,
            "confusion_matrix": None if self.confusion is None else [list(row) for row in self.confusion],
            "labels_fingerprint": self.fingerprint,
            "scores_as": self.scores_as,
            "positive": self.positive,
            "files": plain(self.files),
            "options": self.options,
            "version": self.version,
        }

    @classmethod
    def from_json(cls, data: JsonObject) -> Epoch:
        """Inverse of ``to_json``. Raises a ``NewerSchema`` for a later version."""
        version = data["schema_version"]
        if type(version) is not int or version < 1:
            raise ValueError(f"{version!r} is not a schema version")
        if version > HISTORY_VERSION:
            raise NewerSchema(version, HISTORY_VERSION)
        if type(data["epoch"]) is not int or type(data["rows"]) is not int or type(data["split"]) is not str:
            raise TypeError("epoch and rows are no whole numbers, or split is no text")
        classes = object_at(data, "per_class")
        return made(
            cls,
            epoch=data["epoch"],
            split=data["split"],
            fields=object_at(data, "fields"),
            files=convert(data["files"], tuple[Stamp, ...]),
            options=object_at(data, "options"),
            version=data["version"],
            task=data["task"],
            classes=tuple(convert(data["classes"], list[str])),
            class_digest=data.get("class_digest"),
            rows=data["rows"],
            fingerprint=data["labels_fingerprint"],
            scores_as=data["scores_as"],
            positive=data["positive"],
            metrics=scores(object_at(data, "metrics")),
            per_class={name: ClassRow.from_json(as_object(row, name)) for name, row in classes.items()},
            problem=data["problem"],
            confusion=convert(data.get("confusion_matrix"), tuple[tuple[float, ...], ...] | None),
        )


def _digest(classes: tuple[str, ...]) -> str:
    """Of the names of all classes, in order."""
    return sha256("\0".join(classes).encode("utf-8", "backslashreplace")).hexdigest()[:16]


class Best(Struct, frozen=True):
    """The best epoch by a metric on a split.

    ``alike``: epochs that cannot be told from it, with it, in their order; ``take``: the earliest of these.
    ``paired``: whether that was tested on the same rows. ``optimism``: by how much the best value is expected
    to be too good, for it is the best of several; None if it is not known.
    """

    metric: str
    better: str
    split: str
    epoch: int
    value: float
    interval: tuple[float, float] | None
    alike: tuple[int, ...]
    take: int
    paired: bool
    optimism: float | None = None


class Gap(Struct, frozen=True):
    """Of a metric at an epoch: training minus validation, with its interval."""

    metric: str
    epoch: int
    value: float
    interval: tuple[float, float] | None


class History(Struct, frozen=True):
    """Everything that renderers use. ``overfits``: first epoch whose loss is above its minimum for sure.

    ``asked``: metric and split that the best epoch was asked by, if any.
    """

    kind: ClassVar[str] = "history"

    version: str
    command: tuple[str, ...]
    title: str
    epochs: tuple[Epoch, ...]
    shown: tuple[str, ...]
    best: Best | None = None
    gaps: tuple[Gap, ...] = ()
    overfits: int | None = None
    notes: tuple[str, ...] = ()
    confidence: float = 0.95
    asked: tuple[str | None, str | None] = (None, None)

    @property
    def splits(self) -> tuple[str, ...]:
        """Names of the splits, in the order of their first epoch; training first."""
        names = dict.fromkeys(epoch.split for epoch in self.epochs)
        return tuple(sorted(names, key=lambda name: name.lower() not in TRAINING))

    @property
    def numbers(self) -> tuple[int, ...]:
        """The epochs, in order."""
        return tuple(sorted({epoch.epoch for epoch in self.epochs}))

    def find(self, epoch: int, split: str) -> Epoch | None:
        """One epoch of a split."""
        return self._by_key().get((epoch, split))

    def _by_key(self) -> dict[tuple[int, str], Epoch]:
        return {epoch.key: epoch for epoch in self.epochs}

    def values(self, metric: str, split: str) -> Iterator[tuple[int, Score]]:
        """A metric by epoch, where it has a value."""
        for epoch in self.epochs:
            score = epoch.metrics.get(metric)
            if epoch.split == split and score is not None and score.value is not None:
                yield epoch.epoch, score

    def to_json(self) -> JsonObject:
        """Plain data in a stable order."""
        return {**self.summary(), "epochs": [epoch.to_json() for epoch in self.epochs]}

    def summary(self) -> JsonObject:
        """All but the epochs."""
        found = {"best": self.best, "gaps": self.gaps, "overfits": self.overfits, "notes": self.notes}
        return {
            "schema_version": HISTORY_VERSION,
            "kind": self.kind,
            "evalcli": {"version": self.version, "command": list(self.command)},
            "title": self.title,
            "shown": list(self.shown),
            "confidence": self.confidence,
            "asked": list(self.asked),
            **as_object(plain(found), "history"),
        }

    @classmethod
    def from_json(cls, data: JsonObject) -> History:
        """Inverse of ``to_json``."""
        tool = object_at(data, "evalcli")
        return made(
            cls,
            version=tool["version"],
            command=tuple(convert(tool["command"], list[str])),
            title=data["title"],
            epochs=tuple(map(Epoch.from_json, objects_at(data, "epochs"))),
            shown=tuple(convert(data["shown"], list[str])),
            best=convert(data["best"], Best | None),
            gaps=convert(data["gaps"], tuple[Gap, ...]),
            overfits=data["overfits"],
            notes=tuple(convert(data["notes"], list[str])),
            confidence=data["confidence"],
            asked=convert(data["asked"], tuple[str | None, str | None]),
        )

    def to_pandas(self) -> Frame:
        """One row per epoch, split and metric: epoch, split, metric, class, value, low, high, n."""
        return frame_of(list(self.rows()))

    def rows(self) -> Iterator[dict[str, object]]:
        """The same as mappings."""
        for epoch in self.epochs:
            yield from _rows(epoch)


TRAINING = ("train", "training", "trn")
"""Names of the split that a model is fitted to."""
VALIDATION = ("val", "valid", "validation", "dev", "eval", "test")
"""Names of splits that epochs are compared on, the first that there is."""


def _rows(epoch: Epoch) -> Iterator[dict[str, object]]:
    named = [(None, epoch.metrics), *((cls, row.metrics) for cls, row in epoch.per_class.items())]
    for cls, metrics in named:
        for name, score in metrics.items():
            low, high = score.interval_ends or (None, None)
            yield {
                "epoch": epoch.epoch,
                "split": epoch.split,
                "metric": name,
                "class": cls,
                "value": score.value,
                "low": low,
                "high": high,
                "n": score.n,
            }


__all__ = ["MOST_TABULATED", "TRAINING", "VALIDATION", "Best", "Epoch", "Gap", "History", "Stamp"]
