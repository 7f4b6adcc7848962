"""Groups of options → the options of a run."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from msgspec.structs import asdict

from evalcli.cli.options.groups import split
from evalcli.cli.own import load_plugins
from evalcli.definitions import CostMatrix
from evalcli.errors import UsageError
from evalcli.findings import Blank, use
from evalcli.inputs.options import Options, definition_of, size
from evalcli.report.thresholds import FILE_PREFIX, StoredThresholds, read_thresholds
from evalcli.text import join_names, split_names
from evalcli.whole import read_whole


def options_of(*groups: Any, **more: Any) -> Options:
    """The options of a run from the fields of groups, by their names; what no group has keeps its default."""
    given = {name: value for group in groups for name, value in asdict(group).items()}
    if not given["predictions"]:
        raise UsageError("no prediction file given", hint="e.g. preds.csv, or - for standard input")
    load_plugins(given.get("plugin"))
    if given.get("explain_batches") is not None:
        given["batches"] = given["explain_batches"]
    given["intervals"] = not given.get("no_intervals")
    given["tuned"] = _tuned(given.get("threshold"))
    if given.get("jobs") is None:
        given.pop("jobs", None)
    known = set(Options.__struct_fields__) & set(given)
    return Options(**{name: READ.get(name, _as_given)(given[name]) for name in known}, **more)


def _as_given(value: Any) -> Any:
    return value


def _tuned(threshold: str | None) -> StoredThresholds | None:
    """The thresholds of a file, if one is given."""
    return (
        read_thresholds(threshold.removeprefix(FILE_PREFIX))
        if threshold and threshold.startswith(FILE_PREFIX)
        else None
    )


def class_names(value: str | None) -> tuple[str, ...]:
    """Class names from a file, one per line, or comma-separated."""
    if value is None:
        return ()
    file = Path(value)
    if "," not in value or _is_file(file):
        try:
            text = read_whole(file).decode("utf-8-sig")
        except (OSError, UnicodeDecodeError, ValueError) as error:
            raise UsageError(
                f"--classes {value!r} is neither a readable file nor a comma-separated list",
                found=str(error),
                hint=use("with names", classes=Blank("A,B,...")),
            ) from None
        names = tuple(line.strip() for line in text.splitlines() if line.strip())
    else:
        names = tuple(name.strip() for name in value.split(","))
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or not names:
        raise UsageError(
            "--classes must name each class once",
            found=join_names(twice) or "no names",
            hint=use("with different names", classes=Blank("NAMES")),
        )
    return names


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # a name too long for a file
        return False


def _costs(path: str) -> CostMatrix:
    from evalcli.metrics.costs import read_costs

    return read_costs(path)


READ: dict[str, Any] = {
    "predictions": tuple,
    "labels": lambda value: tuple(value or ()) or None,
    "by": lambda value: tuple(value or ()),
    "exclude_class": lambda value: tuple(value or ()),
    "ignore_label": lambda value: tuple(value or ()),
    "label_cols": split,
    "score_cols": split,
    "null_values": split,
    "metrics": lambda value: split_names(value) or ("default",),
    "classes": class_names,
    "delimiter": lambda value: "\t" if value == "\\t" else value,
    "cost_matrix": lambda value: None if value is None else _costs(value),
    "define": lambda value: tuple(map(definition_of, value or ())),
    "max_bytes": partial(size, "max_bytes"),
    "memory": partial(size, "memory"),
}
"""Readers of values that are not used as typed."""
