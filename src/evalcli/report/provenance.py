"""Where a report's numbers come from."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct

from evalcli.report.json_values import (
    Json,
    JsonObject,
    as_object,
    list_at,
    lists_at,
    made,
    number_at,
    object_at,
    objects_at,
)


class InputFile(Struct, frozen=True):
    """One file that was read."""

    path: str
    rows: int | None
    sha256: str | None = None

    def to_json(self) -> JsonObject:
        """Path, rows and digest."""
        return {"path": self.path, "rows": self.rows, "sha256": self.sha256}


OF_PARTS = "parts:"
"""Beginning of a fingerprint of labels that come from several parts, each with labels of its own."""


class Provenance(Struct, frozen=True):
    """Where the numbers come from. ``labels``: None if they are in the files of predictions.

    ``threshold``: one number, or one per label. ``id``: the column that rows were matched by.
    ``labels_left``: labels without a prediction. ``effective``: Kish's effective number of weighted rows.
    ``group``: the column of groups of dependent rows, and ``groups`` their number; ``by``: the columns of
    each kind of slice. ``not_used``: further columns of predicted classes or scores, which no metric uses.
    ``fingerprint``: of the labels, identical in every format, and in any order if rows are matched by id.
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
    options: Mapping[str, Json]
    fingerprint: str | None = None
    group: str | None = None
    groups: int | None = None
    by: tuple[tuple[str, ...], ...] = ()
    not_used: tuple[str, ...] = ()

    @property
    def scored(self) -> int:
        """Rows that metrics are computed on."""
        return self.read - sum(self.dropped.values())

    @property
    def confidence(self) -> float:
        """The level of the intervals."""
        return number_at(self.options, "confidence")

    @property
    def excluded_classes(self) -> list[Json]:
        """Classes that averages were to leave out."""
        return list_at({"exclude_class": [], **self.options}, "exclude_class")

    def to_json(self) -> JsonObject:
        """The report's ``input``."""
        truth: Json = self.truth[0] if len(self.truth) == 1 else list(self.truth)
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
                "not_used": list(self.not_used),
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

    def _labels(self) -> Json:
        """The file, or a list of several."""
        files: list[Json] = [file.to_json() for file in self.labels or ()]
        return files if len(files) > 1 else files[0] if files else None

    @classmethod
    def from_json(cls, data: JsonObject) -> Provenance:
        """Inverse of ``to_json``."""
        roles: JsonObject = {"group": None, "by": [], "not_used": [], **object_at(data, "roles")}
        counts: JsonObject = {"labels_without_prediction": 0, "groups": None, **object_at(data, "rows")}
        options = dict(object_at(data, "options"))
        if roles["positive"] is not None and "exclude_class" not in options:
            options["average"] = None  # before binary data had averages, it was always macro
        truth, labels = roles["truth"], data["labels"]
        files = labels if isinstance(labels, list) else [labels]
        return made(
            cls,
            predictions=tuple(made(InputFile, **file) for file in objects_at(data, "predictions")),
            labels=tuple(made(InputFile, **as_object(file, "labels")) for file in files) if labels else None,
            truth=(truth,) if isinstance(truth, str) else tuple(list_at(roles, "truth")),
            scores=tuple(list_at(roles, "scores")),
            predicted=roles["predicted"],
            scores_as=roles["scores_as"],
            scores_why=roles["scores_why"],
            positive=roles["positive"],
            threshold=roles["threshold"],
            id=roles["id"],
            weight=roles["weight"],
            read=counts["read"],
            dropped=object_at(counts, "dropped"),
            labels_left=counts["labels_without_prediction"],
            effective=counts["effective"],
            options=options,
            fingerprint=data.get("labels_fingerprint"),
            group=roles["group"],
            groups=counts["groups"],
            by=lists_at(roles, "by"),
            not_used=tuple(list_at(roles, "not_used")),
        )


class Config(Struct, frozen=True):
    """The file that options were taken from, and these options by their names in it."""

    path: str
    options: Mapping[str, Json]

    def to_json(self) -> JsonObject:
        """Plain data."""
        return {"path": self.path, "options": dict(self.options)}


def level_of(name: str) -> float | None:
    """Level of a column of predicted quantiles, e.g. q_0.1; None for other columns.

    >>> level_of("q_0.1"), level_of("q_low"), level_of("q_2")
    (0.1, None, None)
    """
    try:
        level = float(name.removeprefix("q_")) if name.startswith("q_") else 0.0
    except ValueError:
        return None
    return level if 0 < level < 1 else None
