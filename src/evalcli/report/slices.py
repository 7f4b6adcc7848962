"""Scores of a part of the rows."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, convert

from evalcli.report.curves import RankedCurve
from evalcli.report.json_values import JsonObject, made, object_at, plain
from evalcli.report.score import Score, scores

SPECIAL = frozenset(',=@"')
"""Characters that need quotes in the name of a slice."""


def label_of(by: Mapping[str, str | None]) -> str:
    """The unique name of a slice; a missing value is empty.

    >>> label_of({"region": "eu", "device": None}), label_of({"tag": "a,b=c"})
    ('region=eu,device=', 'tag="a,b=c"')
    """
    return ",".join(f"{_word(name)}={'' if value is None else _word(value)}" for name, value in by.items())


def _word(text: str) -> str:
    if text and not SPECIAL & set(text):
        return text
    import json

    return json.dumps(text, ensure_ascii=False)


class Slice(Struct, frozen=True):
    """Rows of one value of a column, or of one combination; None for a missing value.

    ``metrics``: by full name. ``small``: fewer rows than ``--min-n``. ``curves``: some points of its
    curve, of binary data.
    """

    by: Mapping[str, str | None]
    n: int
    metrics: Mapping[str, Score]
    small: bool = False
    curves: tuple[RankedCurve, ...] = ()

    @property
    def label(self) -> str:
        """The name after the ``@`` of a rule's metric: ``region=eu,device=phone``."""
        return label_of(self.by)

    def to_json(self) -> JsonObject:
        """Values of its columns, rows, metrics."""
        return {
            "by": dict(self.by),
            "n": self.n,
            "small": self.small,
            "metrics": {name: score.to_json() for name, score in self.metrics.items()},
            **({"curves": plain(self.curves)} if self.curves else {}),
        }

    @classmethod
    def from_json(cls, data: JsonObject) -> Slice:
        """Inverse of ``to_json``."""
        return made(
            cls,
            by=object_at(data, "by"),
            n=data["n"],
            metrics=scores(object_at(data, "metrics")),
            small=data.get("small", False),
            curves=convert(data.get("curves", []), tuple[RankedCurve, ...]),
        )
