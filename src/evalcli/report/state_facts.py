"""What a state file says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct

from evalcli.report.json_values import JsonObject, plain

SCHEMA_VERSION = 1
KIND = "state"


class PartFacts(Struct, frozen=True):
    """One part: its file, its rows, and the digest that tells it from others.

    ``first_row``: its place, if it was given. ``labels``: fingerprint of its labels.
    """

    path: str
    rows: int
    digest: str
    first_row: int | None = None
    labels: str | None = None


class StateFacts(Struct, frozen=True):
    """The head of a state file, from which everything is read but the sums.

    ``size``: bytes of the file. ``ranking``: how scores are ranked, empty if they are not. ``draws``: what
    rows are sampled by. ``facts``: options and conventions by name. ``models``: of a comparison.
    """

    kind: ClassVar[str] = KIND

    path: str
    size: int
    format: int
    version: str
    task: str
    classes: tuple[str, ...]
    metrics: tuple[str, ...]
    ranking: str
    read: int
    scored: int
    dropped: Mapping[str, int]
    parts: tuple[PartFacts, ...]
    draws: str
    facts: Mapping[str, str]
    slices: int = 0
    fingerprint: str | None = None
    models: tuple[str, ...] = ()

    def to_json(self) -> JsonObject:
        """Plain data."""
        return {
            "schema_version": SCHEMA_VERSION,
            "kind": KIND,
            "evalcli": {"version": self.version},
            "path": self.path,
            "bytes": self.size,
            "format": self.format,
            "task": self.task,
            "classes": list(self.classes),
            "metrics": list(self.metrics),
            "ranking": self.ranking,
            "rows": {"read": self.read, "scored": self.scored, "dropped": dict(self.dropped)},
            "labels_fingerprint": self.fingerprint,
            "draws": self.draws,
            "facts": dict(self.facts),
            "slices": self.slices,
            "models": list(self.models),
            "parts": [plain(part) for part in self.parts],
        }
