"""A file of thresholds → the thresholds, and the rows that they were chosen on."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from evalcli.errors import InputError, UsageError, printable

KIND, VERSION = "thresholds", 1
MARK = "@"
"""Before the name of a file of thresholds."""


@dataclass(frozen=True)
class Tuned:
    """Thresholds from a file, and the rows that they were chosen on."""

    path: str
    task: str
    thresholds: Mapping[str, float]
    digests: frozenset[str]
    fingerprint: str | None


def read_tuned(path: str) -> Tuned:
    """What ``evalcli threshold`` wrote; refuses anything else."""
    try:
        data = json.loads(Path(path).read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(
            f"--threshold {MARK}{path}: the file cannot be read",
            seen=error.strerror,
            mend="evalcli threshold preds.csv -o threshold.json writes one",
        ) from None
    except (ValueError, RecursionError):
        raise _wrong(path, "no JSON") from None
    if not isinstance(data, dict) or data.get("kind") != KIND:
        report = isinstance(data, dict) and "metrics" in data
        raise _wrong(path, "a report of scores" if report else "something else")
    if data.get("schema_version") != VERSION:
        raise InputError(
            "the file of thresholds was written by another release",
            where=printable(path),
            seen=f"schema version {data.get('schema_version')!r}; this release reads {VERSION}",
            mend="choose the thresholds again with this release",
        )
    try:
        thresholds = {str(name): float(value) for name, value in data["thresholds"].items()}
        if not thresholds or not all(map(math.isfinite, thresholds.values())):
            raise ValueError
        source = data["input"]
        digests = frozenset(file["sha256"] for file in source["predictions"] if file["sha256"])
        return Tuned(path, data["task"], thresholds, digests, source["labels_fingerprint"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise _wrong(path, "a file of thresholds that lacks some of them, or was changed") from None


def _wrong(path: str, seen: str) -> InputError:
    return InputError(
        "this is not a file of thresholds",
        where=printable(path),
        seen=seen,
        mend="evalcli threshold preds.csv -o threshold.json writes one; a number needs no @",
    )
