"""One value with its interval, or why there is none."""

from __future__ import annotations

import math

from msgspec import Struct

from evalcli.report.json_values import JsonObject, as_object, list_at, made

TURNED_OFF = "intervals were turned off"
"""The reason for a missing interval with --no-intervals."""


class Score(Struct, frozen=True):
    """One metric's value, or None with the reason.

    ``n``: the number of rows behind the value. For a share of rows it is the denominator: for recall the
    rows of the class, for precision those predicted as it. For a plain mean over classes, a curve and an
    area it is the fewest rows of any class that these need. For everything else, and without a value, it is
    all rows. Weighted rows count as their effective number, (Σ w)² / Σ w². ``threshold``: the score from
    which a row is predicted positive, if the metric chooses one. ``error``: the largest error of the value,
    if it is not exact.
    """

    value: float | None
    better: str
    n: int
    reason: str | None = None
    interval: Interval | None = None
    interval_reason: str | None = None
    excluded_classes: tuple[str, ...] = ()
    threshold: float | None = None
    error: float | None = None

    @property
    def interval_ends(self) -> tuple[float, float] | None:
        """Both ends, if there is an interval."""
        return None if self.interval is None else (self.interval.low, self.interval.high)

    def __float__(self) -> float:
        """The value; NaN if there is none."""
        return math.nan if self.value is None else float(self.value)

    def __format__(self, spec: str) -> str:
        """As its number: ``f"{score:.3f}"``."""
        return format(float(self), spec) if spec else str(self)

    def to_json(self) -> JsonObject:
        """Value, interval or the reasons for their absence."""
        out: JsonObject = {"value": self.value}
        if self.value is None:
            out["reason"] = self.reason
        elif self.interval is not None:
            out["interval"] = [self.interval.low, self.interval.high]
            out["interval_method"] = self.interval.method
        else:
            out["interval_reason"] = self.interval_reason
        if self.threshold is not None:
            out["threshold"] = self.threshold
        if self.error is not None:
            out["largest_error"] = self.error
        if self.excluded_classes:
            out["classes_left_out"] = list(self.excluded_classes)
        return {**out, "better": self.better, "n": self.n}

    @classmethod
    def from_json(cls, data: JsonObject) -> Score:
        """Inverse of ``to_json``; refuses a value that is not a number."""
        value = data["value"]
        plain = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        if value is not None and not plain:
            raise ValueError(f"{value!r} is not a value of a metric")
        interval = None
        if data.get("interval"):
            ends = list_at(data, "interval")
            interval = made(Interval, low=ends[0], high=ends[1], method=data["interval_method"])
        return made(
            cls,
            value=value,
            better=data["better"],
            n=data["n"],
            reason=data.get("reason"),
            interval=interval,
            interval_reason=data.get("interval_reason"),
            excluded_classes=tuple(list_at({"classes_left_out": [], **data}, "classes_left_out")),
            threshold=data.get("threshold"),
            error=data.get("largest_error"),
        )


def scores(data: JsonObject) -> dict[str, Score]:
    """Scores by name, from JSON."""
    return {name: Score.from_json(as_object(score, name)) for name, score in data.items()}


class Interval(Struct, frozen=True):
    """Both ends and the method."""

    low: float
    high: float
    method: str

    def widened(self, error: float, ends: tuple[float, float]) -> Interval:
        """With the error of a value that is not exact, within the range of its metric."""
        return Interval(max(self.low - error, ends[0]), min(self.high + error, ends[1]), self.method)
