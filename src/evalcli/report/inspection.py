"""The typed result of ``inspect``; nothing of how it looks. JSON schema version 1."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from msgspec import Struct
from msgspec.structs import asdict

from evalcli.findings import Finding
from evalcli.report.json_values import JsonObject

SCHEMA_VERSION = 1
Verdict = Literal["clean", "warnings", "not scorable"]


class FileRow(Struct, frozen=True):
    """One file. ``rows``: None if it was not read to its end."""

    side: str
    path: str
    form: str
    rows: int | None


class ColumnRow(Struct, frozen=True):
    """One column. ``values``: its range, or some of its values. ``missing``: nulls, NaN and empty texts."""

    side: str
    name: str
    type: str
    values: str
    missing: int
    infinite: int
    role: str


class Diagnosis(Struct, frozen=True):
    """``reading``: how the files are read, by topic (task, classes, scores, rows), in words."""

    kind: ClassVar[str] = "inspection"

    version: str
    command: tuple[str, ...]
    files: tuple[FileRow, ...]
    columns: tuple[ColumnRow, ...]
    reading: Mapping[str, str]
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The level of the worst finding."""
        levels = {finding.level for finding in self.findings}
        return "not scorable" if "error" in levels else "warnings" if "warning" in levels else "clean"

    def to_json(self) -> JsonObject:
        """Plain data in a stable order."""
        return {
            "schema_version": SCHEMA_VERSION,
            "evalcli": {"version": self.version, "command": list(self.command)},
            "verdict": self.verdict,
            "files": [asdict(file) for file in self.files],
            "columns": [asdict(column) for column in self.columns],
            "reading": dict(self.reading),
            "findings": [finding.to_json() for finding in self.findings],
        }
