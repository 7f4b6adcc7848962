"""The typed, immutable result of a run; nothing of how it looks. JSON schema version 1."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from msgspec.structs import asdict

from evalcli.cached import cached_property
from evalcli.definitions import Definition
from evalcli.findings import Finding
from evalcli.report.curves import Curves
from evalcli.report.headline import headline_of
from evalcli.report.json_values import (
    JsonObject,
    NewerSchema,
    as_object,
    list_at,
    lists_at,
    made,
    object_at,
    objects_at,
)
from evalcli.report.provenance import Config, Provenance
from evalcli.report.score import Score, scores
from evalcli.report.slices import Slice
from evalcli.report.verdict import Gate

if TYPE_CHECKING:
    import pandas as pd

    Frame = pd.DataFrame

SCHEMA_VERSION = 1
NO_VALUE = "(no value)"
LIBRARIES = {"sklearn": "scikit-learn", "torchmetrics": "torchmetrics"}
"""Libraries to compare with, by the names of their packages."""
BATCH_AVERAGE = "mean over batches"
"""The shortcut of averaging over batches, as reports name it."""


class ClassRow(Struct, frozen=True):
    """One class or label: rows in the truth (or their weight), and its metrics."""

    support: float
    metrics: Mapping[str, Score]

    def to_json(self) -> JsonObject:
        """Support first, then the metrics by name."""
        return {"support": self.support, **{name: score.to_json() for name, score in self.metrics.items()}}

    @classmethod
    def from_json(cls, data: JsonObject) -> ClassRow:
        """Inverse of ``to_json``."""
        metrics = {name: score for name, score in data.items() if name != "support"}
        return made(cls, support=data["support"], metrics=scores(metrics))


class BatchFigure(Struct, frozen=True):
    """A metric by a shortcut: ``habit`` in words, ``wrong`` its value, ``right`` the value of all rows."""

    metric: str
    habit: str
    wrong: float | None
    right: float | None


class Batches(Struct, frozen=True):
    """Rows per batch, batches, rows of the last one; values that a mean over batches would report."""

    size: int
    count: int
    last: int
    figures: tuple[BatchFigure, ...]

    def to_json(self) -> JsonObject:
        """Sizes and values."""
        return {
            "size": self.size,
            "count": self.count,
            "last": self.last,
            "figures": [asdict(figure) for figure in self.figures],
        }

    @classmethod
    def from_json(cls, data: JsonObject) -> Batches:
        """Inverse of ``to_json``."""
        figures = tuple(made(BatchFigure, **figure) for figure in objects_at(data, "figures"))
        return made(cls, size=data["size"], count=data["count"], last=data["last"], figures=figures)


class CompatRow(Struct, frozen=True):
    """A metric with another value in a library, or with none there: how it is called, and why it differs."""

    metric: str
    value: float | None
    theirs: float | None
    call: str
    reason: str


class Compat(Struct, frozen=True):
    """Values of another library that differ from those of the report."""

    library: str
    rows: tuple[CompatRow, ...] = ()

    def to_json(self) -> JsonObject:
        """The library and its values."""
        return {"library": self.library, "differences": [asdict(row) for row in self.rows]}

    @classmethod
    def from_json(cls, data: JsonObject) -> Compat:
        """Inverse of ``to_json``."""
        rows = tuple(made(CompatRow, **row) for row in objects_at(data, "differences"))
        return made(cls, library=data["library"], rows=rows)


def _definition(data: JsonObject) -> Definition:
    ends = data["range"]
    return made(Definition, **{**data, "range": tuple(ends) if isinstance(ends, list) else ends})


class Report(Struct, frozen=True, dict=True):
    """Everything that renderers and the gate use.

    ``classes``: names of the classes or labels; none for real values. ``confusion``: one row per class.
    ``name``: name of the run, if given. ``not_looked_for``: codes of notes that were not looked for, and why;
    None in reports of earlier releases. ``definitions``: of metrics of one's own.
    ``compat``: values of another library. ``curves``: what pictures are drawn from.
    """

    kind: ClassVar[str] = "report"

    version: str
    command: tuple[str, ...]
    task: str
    input: Provenance
    classes: tuple[str, ...]
    metrics: Mapping[str, Score]
    per_class: Mapping[str, ClassRow]
    confusion: tuple[tuple[float, ...], ...] | None
    notes: tuple[Finding, ...] = ()
    gate: Gate | None = None
    batches: Batches | None = None
    seed: int = 0
    config: Config | None = None
    slices: tuple[Slice, ...] = ()
    name: str | None = None
    not_looked_for: Mapping[str, str] | None = None
    definitions: tuple[Definition, ...] = ()
    compat: Compat | None = None
    curves: Curves | None = None

    @property
    def title(self) -> str:
        """The name of the run; without one, its first file."""
        return self.name or self.input.predictions[0].path

    @property
    def headline(self) -> str | None:
        """The metric that slices are compared by: the usual one, or the first with a better direction."""
        better = {name: score.better for name, score in self.metrics.items()}
        return headline_of(self.task, self.input.options.get("average"), better)

    @property
    def baseline_values(self) -> Mapping[str, float | None]:
        """Values of the baseline by full name, if there is one."""
        return self.gate.baseline.values if self.gate and self.gate.baseline else {}

    def find(self, key: str) -> Score | None:
        """The score of a full name, also of a class or slice."""
        if key in self.metrics:
            return self.metrics[key]
        for index, sign in enumerate(key):
            if sign == "@" and key[index + 1 :] in self._by_label:
                return self._by_label[key[index + 1 :]].metrics.get(key[:index])
        name, _, cls = key.partition(":")
        if cls in self.per_class:
            return self.per_class[cls].metrics.get(name)
        return None

    @cached_property
    def _by_label(self) -> dict[str, Slice]:
        return {part.label: part for part in self.slices}

    def by_name(self) -> Iterator[tuple[str, Score]]:
        """Each score with its full name, as rules have it: ``recall:cat@region=eu``."""
        for name, cls, part, score in self.rows():
            yield (
                name + (f":{cls}" if cls is not None else "") + (f"@{part}" if part is not None else ""),
                score,
            )

    def rows(self) -> Iterator[tuple[str, str | None, str | None, Score]]:
        """Each score with its metric, and its class and slice, if any."""
        for metric, score in self.metrics.items():
            name, _, cls = metric.partition(":")
            yield name, cls or None, None, score
        for cls, row in self.per_class.items():
            for name, score in row.metrics.items():
                if f"{name}:{cls}" not in self.metrics:
                    yield name, cls, None, score
        for part in self.slices:
            for metric, score in part.metrics.items():
                name, _, cls = metric.partition(":")
                yield name, cls or None, part.label, score

    def to_json(self) -> JsonObject:
        """Plain data in a stable order; finite numbers and nulls only."""
        curves = {"curves": self.curves.to_json()} if self.curves else {}
        return {
            "schema_version": SCHEMA_VERSION,
            "name": self.name,
            "evalcli": {
                "version": self.version,
                "command": list(self.command),
                "config": self.config.to_json() if self.config else None,
                "seed": self.seed,
            },
            "task": self.task,
            "input": self.input.to_json(),
            "classes": list(self.classes),
            "metrics": {name: score.to_json() for name, score in self.metrics.items()},
            "per_class": {name: row.to_json() for name, row in self.per_class.items()},
            "confusion_matrix": None
            if self.confusion is None
            else {"rows": "truth", "columns": "predicted", "counts": [list(row) for row in self.confusion]},
            "slices": [part.to_json() for part in self.slices],
            "batches": self.batches.to_json() if self.batches else None,
            "definitions": [asdict(definition) for definition in self.definitions],
            "compat": self.compat.to_json() if self.compat else None,
            "notes": [note.to_json() for note in self.notes],
            "not_looked_for": None if self.not_looked_for is None else dict(self.not_looked_for),
            "gate": self.gate.to_json() if self.gate else None,
            **curves,
        }

    @classmethod
    def from_json(cls, data: JsonObject) -> Report:
        """Inverse of ``to_json``; keys that later releases added may be missing.

        Raises a ``NewerSchema`` for a later version, and the errors of wrong keys and types.
        """
        version = data["schema_version"]
        if type(version) is not int or version < 1:
            raise ValueError(f"{version!r} is not a schema version")
        if version > SCHEMA_VERSION:
            raise NewerSchema(version, SCHEMA_VERSION)
        data = {"slices": [], "name": None, "not_looked_for": None, "definitions": [], "compat": None, **data}
        tool: JsonObject = {"config": None, **object_at(data, "evalcli")}
        classes, has_table = object_at(data, "per_class"), bool(data["confusion_matrix"])
        return made(
            cls,
            version=tool["version"],
            command=tuple(list_at(tool, "command")),
            task=data["task"],
            input=Provenance.from_json(object_at(data, "input")),
            classes=tuple(list_at(data, "classes")),
            metrics=scores(object_at(data, "metrics")),
            per_class={name: ClassRow.from_json(as_object(row, name)) for name, row in classes.items()},
            confusion=lists_at(object_at(data, "confusion_matrix"), "counts") if has_table else None,
            notes=tuple(map(Finding.from_json, objects_at(data, "notes"))),
            gate=Gate.from_json(object_at(data, "gate")) if data["gate"] is not None else None,
            batches=Batches.from_json(object_at(data, "batches")) if data["batches"] else None,
            seed=tool["seed"],
            config=made(Config, **object_at(tool, "config")) if tool["config"] else None,
            slices=tuple(map(Slice.from_json, objects_at(data, "slices"))),
            name=data["name"],
            not_looked_for=data["not_looked_for"],
            compat=Compat.from_json(object_at(data, "compat")) if data["compat"] else None,
            curves=Curves.from_json(object_at(data, "curves")) if data.get("curves") else None,
            definitions=tuple(map(_definition, objects_at(data, "definitions"))),
        )

    def to_pandas(self) -> pd.DataFrame:
        """One row per metric, class and slice: metric, class, slice, value, low, high, method, n, reason."""
        return frame_of(
            [
                {
                    "metric": metric,
                    "class": cls,
                    "slice": part,
                    "value": score.value,
                    "low": score.interval.low if score.interval else None,
                    "high": score.interval.high if score.interval else None,
                    "method": score.interval.method if score.interval else None,
                    "n": score.n,
                    "reason": score.reason,
                }
                for metric, cls, part, score in self.rows()
            ]
        )


def frame_of(rows: Sequence[Mapping[str, object]]) -> Frame:
    """A table with a row for each mapping."""
    import pandas as pd

    return pd.DataFrame(rows)
