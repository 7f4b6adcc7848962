"""The one result of a run: typed, immutable, without a word about how it looks. JSON schema version 1."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from evalcli.report.verdict import Gate

if TYPE_CHECKING:
    import pandas as pd

SCHEMA_VERSION = 1
NO_VALUE = "(no value)"
SPECIAL = frozenset(',=@"')
"""Signs for which a value is quoted in the name of a slice."""
HEADLINES = {"binary": "f1", "multiclass": "f1_macro", "multilabel": "f1_macro", "regression": "mae"}
"""The metric that slices are ordered by, where it is there."""


@dataclass(frozen=True)
class Score:
    """One metric's value, or None with the reason; ``n`` rows behind it.

    ``threshold``: the score from which on a row counts as positive, where the metric chooses one.
    """

    value: float | None
    better: str
    n: int
    reason: str | None = None
    interval: Interval | None = None
    interval_reason: str | None = None
    left_out: tuple[str, ...] = ()
    threshold: float | None = None

    def to_json(self) -> dict[str, Any]:
        """Value, interval or the reasons for their absence."""
        out: dict[str, Any] = {"value": self.value}
        if self.value is None:
            out["reason"] = self.reason
        elif self.interval is not None:
            out["interval"] = [self.interval.low, self.interval.high]
            out["interval_method"] = self.interval.method
        else:
            out["interval_reason"] = self.interval_reason
        if self.threshold is not None:
            out["threshold"] = self.threshold
        if self.left_out:
            out["classes_left_out"] = list(self.left_out)
        return {**out, "better": self.better, "n": self.n}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Score:
        """Inverse of ``to_json``; refuses a value that is no number."""
        ends, value = data.get("interval"), data["value"]
        plain = isinstance(value, int | float) and not isinstance(value, bool)
        if value is not None and not (plain and math.isfinite(value)):
            raise ValueError(f"{value!r} is no value of a metric")
        return cls(
            value,
            data["better"],
            data["n"],
            data.get("reason"),
            Interval(ends[0], ends[1], data["interval_method"]) if ends else None,
            data.get("interval_reason"),
            tuple(data.get("classes_left_out", ())),
            data.get("threshold"),
        )


@dataclass(frozen=True)
class InputFile:
    """One file that was read."""

    path: str
    rows: int | None
    sha256: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Path, rows and digest."""
        return {"path": self.path, "rows": self.rows, "sha256": self.sha256}


@dataclass(frozen=True)
class Provenance:
    """Where the numbers come from. ``labels`` is None when they stand in the predictions.

    ``threshold``: one number, or one for each label. ``id``: the column that rows were matched by.
    ``labels_left``: labels without a prediction. ``effective``: Kish's effective number of rows where they
    have weights. ``group``: the column of rows that vary together, and ``groups`` how many of them; ``by``:
    the columns of each kind of slice. ``fingerprint``: of the labels, alike in every format, and where rows
    are matched by id in every order.
    """

    predictions: tuple[InputFile, ...]
    labels: tuple[InputFile, ...] | None
    truth: tuple[str, ...]
    scores: tuple[str, ...]
    predicted: str | None
    scores_as: str | None
    scores_why: str | None
    positive: str | None
    threshold: float | Mapping[str, float] | None
    id: str | None
    weight: str | None
    read: int
    dropped: Mapping[str, int]
    labels_left: int
    effective: float | None
    options: Mapping[str, Any]
    fingerprint: str | None = None
    group: str | None = None
    groups: int | None = None
    by: tuple[tuple[str, ...], ...] = ()

    @property
    def scored(self) -> int:
        """Rows behind the metrics."""
        return self.read - sum(self.dropped.values())

    def to_json(self) -> dict[str, Any]:
        """The report's ``input``."""
        truth = self.truth[0] if len(self.truth) == 1 else list(self.truth)
        return {
            "predictions": [file.to_json() for file in self.predictions],
            "labels": self._labels(),
            "labels_fingerprint": self.fingerprint,
            "roles": {
                "truth": truth,
                "scores": list(self.scores),
                "scores_as": self.scores_as,
                "scores_why": self.scores_why,
                "predicted": self.predicted,
                "positive": self.positive,
                "threshold": dict(self.threshold) if isinstance(self.threshold, Mapping) else self.threshold,
                "id": self.id,
                "weight": self.weight,
                "group": self.group,
                "by": [list(names) for names in self.by],
            },
            "rows": {
                "read": self.read,
                "scored": self.scored,
                "dropped": dict(self.dropped),
                "labels_without_prediction": self.labels_left,
                "effective": self.effective,
                "groups": self.groups,
            },
            "options": dict(self.options),
        }

    def _labels(self) -> dict[str, Any] | list[dict[str, Any]] | None:
        """The file, or a list of several."""
        found = [file.to_json() for file in self.labels or ()]
        return found if len(found) > 1 else found[0] if found else None

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Provenance:
        """Inverse of ``to_json``."""
        roles, rows = data["roles"], data["rows"]
        truth, labels = roles["truth"], data["labels"]
        files = labels if isinstance(labels, list) else [labels]
        return cls(
            tuple(InputFile(**file) for file in data["predictions"]),
            tuple(InputFile(**file) for file in files) if labels else None,
            (truth,) if isinstance(truth, str) else tuple(truth),
            tuple(roles["scores"]),
            roles["predicted"],
            roles["scores_as"],
            roles["scores_why"],
            roles["positive"],
            roles["threshold"],
            roles["id"],
            roles["weight"],
            rows["read"],
            dict(rows["dropped"]),
            rows.get("labels_without_prediction", 0),
            rows["effective"],
            dict(data["options"]),
            data.get("labels_fingerprint"),
            roles.get("group"),
            rows.get("groups"),
            tuple(map(tuple, roles.get("by", ()))),
        )


@dataclass(frozen=True)
class ClassRow:
    """One class or label: rows in the truth (or their weight), and its metrics."""

    support: float
    metrics: Mapping[str, Score]

    def to_json(self) -> dict[str, Any]:
        """Support first, then the metrics by name."""
        return {"support": self.support, **{name: score.to_json() for name, score in self.metrics.items()}}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ClassRow:
        """Inverse of ``to_json``."""
        metrics = {name: Score.from_json(value) for name, value in data.items() if name != "support"}
        return cls(data["support"], metrics)


def label_of(by: Mapping[str, str | None]) -> str:
    """A slice in one word, unlike that of any other: nothing after the sign is no value.

    >>> label_of({"region": "eu", "device": None}), label_of({"tag": "a,b=c"})
    ('region=eu,device=', 'tag="a,b=c"')
    """
    return ",".join(f"{_word(name)}={'' if value is None else _word(value)}" for name, value in by.items())


def _word(text: str) -> str:
    return json.dumps(text, ensure_ascii=False) if not text or SPECIAL & set(text) else text


@dataclass(frozen=True)
class Slice:
    """Rows of one value of a column, or of one combination; None where they have no value there.

    ``metrics``: by full name. ``small``: fewer rows than ``--min-n``.
    """

    by: Mapping[str, str | None]
    n: int
    metrics: Mapping[str, Score]
    small: bool = False

    @property
    def label(self) -> str:
        """As it stands after the ``@`` of a rule's metric: ``region=eu,device=phone``."""
        return label_of(self.by)

    def to_json(self) -> dict[str, Any]:
        """What it is of, rows, metrics."""
        return {
            "by": dict(self.by),
            "n": self.n,
            "small": self.small,
            "metrics": {name: score.to_json() for name, score in self.metrics.items()},
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Slice:
        """Inverse of ``to_json``."""
        metrics = {name: Score.from_json(score) for name, score in data["metrics"].items()}
        return cls(dict(data["by"]), data["n"], metrics, data.get("small", False))


@dataclass(frozen=True)
class Note:
    """Something that a good colleague would say, with a code.

    ``count``: of the rows or names that it is about. ``rows``: the first of them, from 1. ``mend``: what to
    do about it.
    """

    code: str
    message: str
    count: int | None = None
    rows: tuple[int, ...] = ()
    mend: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Code and message; the rest where there is any."""
        out: dict[str, Any] = {"code": self.code, "message": self.message}
        if self.count is not None:
            out["count"] = self.count
        if self.rows:
            out["rows"] = list(self.rows)
        if self.mend is not None:
            out["try"] = self.mend
        return out

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Note:
        """Inverse of ``to_json``."""
        return cls(
            data["code"], data["message"], data.get("count"), tuple(data.get("rows", ())), data.get("try")
        )


@dataclass(frozen=True)
class BatchFigure:
    """What a habit makes of a metric: ``habit`` in words, ``wrong`` its figure, ``right`` all rows."""

    metric: str
    habit: str
    wrong: float | None
    right: float | None


@dataclass(frozen=True)
class Batches:
    """Rows of a batch, batches, rows of the last one; figures that averaging over them would have printed."""

    size: int
    count: int
    last: int
    figures: tuple[BatchFigure, ...]

    def to_json(self) -> dict[str, Any]:
        """Sizes and figures."""
        return {
            "size": self.size,
            "count": self.count,
            "last": self.last,
            "figures": [dict(vars(figure)) for figure in self.figures],
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Batches:
        """Inverse of ``to_json``."""
        figures = tuple(BatchFigure(**figure) for figure in data["figures"])
        return cls(data["size"], data["count"], data["last"], figures)


@dataclass(frozen=True)
class Config:
    """The file that options were taken from, and these options by their names in it."""

    path: str
    options: Mapping[str, Any]

    def to_json(self) -> dict[str, Any]:
        """Plain data."""
        return {"path": self.path, "options": dict(self.options)}


class NewerSchema(ValueError):
    """A report of a later schema version."""

    def __init__(self, version: int) -> None:
        super().__init__(f"schema version {version}; this release reads up to {SCHEMA_VERSION}")


@dataclass(frozen=True)
class Report:
    """Everything that renderers and the gate may know.

    ``classes``: names of the classes or labels; none for real values. ``confusion``: for one class a row.
    """

    version: str
    command: tuple[str, ...]
    task: str
    input: Provenance
    classes: tuple[str, ...]
    metrics: Mapping[str, Score]
    per_class: Mapping[str, ClassRow]
    confusion: tuple[tuple[float, ...], ...] | None
    notes: tuple[Note, ...] = ()
    gate: Gate | None = None
    batches: Batches | None = None
    seed: int = 0
    config: Config | None = None
    slices: tuple[Slice, ...] = ()

    @property
    def headline(self) -> str | None:
        """The metric that slices are ordered by: the usual one of the task, or the first with a good end."""
        usual = HEADLINES[self.task]
        if usual in self.metrics:
            return usual
        return next((name for name, score in self.metrics.items() if score.better != "none"), None)

    @property
    def before(self) -> Mapping[str, float | None]:
        """Values of the baseline by full name, where there is one to compare with."""
        return self.gate.baseline.values if self.gate and self.gate.baseline else {}

    def find(self, key: str) -> Score | None:
        """The score of a full name, also of one that stands in the rows of the classes or slices alone."""
        if key in self.metrics:
            return self.metrics[key]
        for place, sign in enumerate(key):
            if sign == "@" and key[place + 1 :] in self._by_label:
                return self._by_label[key[place + 1 :]].metrics.get(key[:place])
        name, _, cls = key.partition(":")
        if cls in self.per_class:
            return self.per_class[cls].metrics.get(name)
        return None

    @cached_property
    def _by_label(self) -> dict[str, Slice]:
        return {part.label: part for part in self.slices}

    def keyed(self) -> Iterator[tuple[str, Score]]:
        """Each score with its full name, as rules have it: ``recall:cat@region=eu``."""
        for name, cls, part, score in self.tidy():
            yield (
                name + (f":{cls}" if cls is not None else "") + (f"@{part}" if part is not None else ""),
                score,
            )

    def tidy(self) -> Iterator[tuple[str, str | None, str | None, Score]]:
        """Each score with its metric and, where it is of one class or slice, that."""
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

    def to_json(self) -> dict[str, Any]:
        """Plain data in a stable order; finite numbers and nulls only."""
        return {
            "schema_version": SCHEMA_VERSION,
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
            "notes": [note.to_json() for note in self.notes],
            "gate": self.gate.to_json() if self.gate else None,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Report:
        """Inverse of ``to_json``; what later reports of the same version hold may be missing.

        Raises a ``NewerSchema`` for a version that it does not know, and whatever a wrong key or type raises.
        """
        version = data["schema_version"]
        if type(version) is not int or version < 1:
            raise ValueError(f"{version!r} is no schema version")
        if version > SCHEMA_VERSION:
            raise NewerSchema(version)
        tool, gate, table = data["evalcli"], data["gate"], data["confusion_matrix"]
        return cls(
            tool["version"],
            tuple(tool["command"]),
            data["task"],
            Provenance.from_json(data["input"]),
            tuple(data["classes"]),
            {name: Score.from_json(score) for name, score in data["metrics"].items()},
            {name: ClassRow.from_json(row) for name, row in data["per_class"].items()},
            tuple(tuple(row) for row in table["counts"]) if table else None,
            tuple(map(Note.from_json, data["notes"])),
            Gate.from_json(gate) if gate is not None else None,
            Batches.from_json(data["batches"]) if data["batches"] else None,
            tool["seed"],
            Config(**tool["config"]) if tool.get("config") else None,
            tuple(map(Slice.from_json, data.get("slices", ()))),
        )

    def to_pandas(self) -> pd.DataFrame:
        """One row per metric, class and slice: metric, class, slice, value, low, high, method, n, reason."""
        import pandas as pd

        return pd.DataFrame(
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
                for metric, cls, part, score in self.tidy()
            ]
        )


def level_of(name: str) -> float | None:
    """Level of a column of predicted quantiles, as q_0.1; None for other columns.

    >>> level_of("q_0.1"), level_of("q_low"), level_of("q_2")
    (0.1, None, None)
    """
    try:
        level = float(name.removeprefix("q_")) if name.startswith("q_") else 0.0
    except ValueError:
        return None
    return level if 0 < level < 1 else None


@dataclass(frozen=True)
class Interval:
    """Both ends and the method."""

    low: float
    high: float
    method: str
