"""What the command line was given, as the options of a run."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from evalcli.errors import UsageError, listed
from evalcli.inputs.options import Options
from evalcli.report.thresholds import MARK, Tuned, read_tuned

SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,15})?)\s*([KMGT]?)i?B?", re.IGNORECASE | re.ASCII)
PLAIN = (
    "label_col", "pred_col", "id_col", "by_order", "on_missing", "on_extra", "weight_col", "unweighted",
    "fold_names", "scores", "missing", "header", "decimal", "encoding", "input_format", "task", "positive",
    "threshold", "average", "zero_division", "bins", "confidence", "seed", "group", "min_n",
)  # fmt: skip
"""Given as they are."""
SEVERAL = ("label_cols", "score_cols", "null_values")
"""Repeatable, with commas between values."""


def options_of(given: Mapping[str, Any], **more: Any) -> Options:
    """Options by the names of a command's parameters; a parameter that it does not have keeps its default."""
    if not given["predictions"]:
        raise UsageError("no predictions are named", mend="name files, as preds.csv, or - for standard input")
    found = {name: given[name] for name in PLAIN if name in given}
    found |= {name: split(given[name]) for name in SEVERAL if name in given}
    delimiter = given["delimiter"]
    if given.get("jobs") is not None:
        found["jobs"] = given["jobs"]
    return Options(
        predictions=tuple(given["predictions"]),
        labels=tuple(given["labels"] or ()) or None,
        classes=_class_names(given["classes"]),
        delimiter="\t" if delimiter == "\\t" else delimiter,
        max_bytes=_size(given["max_bytes"]),
        metrics=split(given.get("metrics")) or ("default",),
        batches=given.get("explain_batches"),
        intervals=not given.get("no_intervals"),
        by=tuple(given.get("by") or ()),
        tuned=_tuned(given.get("threshold")),
        **found,
        **more,
    )


def _tuned(threshold: str | None) -> Tuned | None:
    """What a file of thresholds says."""
    return read_tuned(threshold.removeprefix(MARK)) if threshold and threshold.startswith(MARK) else None


def split(values: Sequence[str] | None) -> tuple[str, ...]:
    """Comma-separated values of a repeatable option."""
    return tuple(part.strip() for value in values or () for part in value.split(",") if part.strip())


def _class_names(value: str | None) -> tuple[str, ...]:
    """Class names from a file, one a line, or from commas."""
    if value is None:
        return ()
    file = Path(value)
    if "," not in value or _is_file(file):
        try:
            text = file.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise UsageError(
                f"--classes {value!r} is neither a readable file nor a list with commas", seen=str(error)
            ) from None
        names = tuple(line.strip() for line in text.splitlines() if line.strip())
    else:
        names = tuple(name.strip() for name in value.split(","))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise UsageError("--classes must name each class once", seen=listed(twice) or "no names")
    return names


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long for one
        return False


def _size(value: str | None) -> int | None:
    """Bytes from a number with K, M, G or T, each 1,024 times the one before."""
    if value is None:
        return None
    found = SIZE.fullmatch(value.strip())
    if not found or float(found[1]) <= 0:
        raise UsageError(f"--max-bytes {value!r} is not a size", mend="--max-bytes 20G")
    return int(float(found[1]) * 1024 ** " KMGT".index(found[2].upper() or " "))
