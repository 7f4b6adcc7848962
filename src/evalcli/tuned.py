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
    except ValueError as error:
        raise _wrong(path, f"no JSON: {error}") from None
    try:
        if data["kind"] != KIND or data["schema_version"] != VERSION:
            raise ValueError(f"kind {data['kind']!r}, schema version {data['schema_version']!r}")
        thresholds = {str(name): float(value) for name, value in data["thresholds"].items()}
        if not all(map(math.isfinite, thresholds.values())):
            raise ValueError("a threshold is no finite number")
        source = data["input"]
        digests = frozenset(file["sha256"] for file in source["predictions"] if file["sha256"])
        return Tuned(path, data["task"], thresholds, digests, source["labels_fingerprint"])
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _wrong(path, f"{type(error).__name__}: {error}") from None


def _wrong(path: str, seen: str) -> InputError:
    return InputError(
        "this is not a file of thresholds",
        where=printable(path),
        seen=printable(seen[:200]),
        mend="evalcli threshold preds.csv -o threshold.json writes one; a number needs no @",
    )
