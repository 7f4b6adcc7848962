"""Thresholds from the command line or from a file, for the classes or labels of the data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evalcli.errors import UsageError
from evalcli.findings import Blank, instead, run, use
from evalcli.inputs.classes import Classes
from evalcli.inputs.options import Options
from evalcli.report.thresholds import FILE_PREFIX, StoredThresholds
from evalcli.tasks import BINARY, MULTILABEL, Task
from evalcli.text import join_names, suggest


def _number(text: str, whole: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = np.nan
    if not np.isfinite(value):
        file = whole.endswith(".json")
        hint = use("to read a file", threshold=f"{FILE_PREFIX}{whole}") if file else use(threshold=0.5)
        raise UsageError(f"--threshold {whole} is not a finite number", hint=hint)
    return value


def _stored_thresholds(tuned: StoredThresholds, task: Task, fits: bool, this: str) -> Mapping[str, float]:
    """Thresholds of a file; an error if they are for other data. ``this``: description of the data."""
    if tuned.task != task.name or not fits:
        what = "a threshold" if tuned.task == BINARY.name else "thresholds"
        raise UsageError(
            f"--threshold {FILE_PREFIX}{tuned.path} was chosen on different data",
            found=f"it contains {what} for {join_names(map(repr, tuned.thresholds))} of {tuned.task} data; "
            f"{this}",
            hint=run("evalcli", "threshold", Blank("FILE"), "-o", tuned.path, words="for this data"),
        )
    return tuned.thresholds


def class_threshold(options: Options, classes: Classes) -> float | None:
    """The threshold of binary data, from the command line or from a file."""
    text, tuned = options.threshold, options.tuned
    if tuned is None:
        return None if text is None else _number(text, text)
    positive = "" if classes.positive is None else classes.names[classes.positive]
    this = f"this is {classes.task}" + (f", positive {positive}" if positive else "")
    return _stored_thresholds(tuned, BINARY, set(tuned.thresholds) == {positive}, this)[positive]


def label_thresholds(options: Options, names: Sequence[str]) -> tuple[float, ...] | None:
    """A threshold per label: one for all, or comma-separated LABEL=T for some; NaN for the others."""
    text, tuned = options.threshold, options.tuned
    if tuned is not None:
        this = f"the labels are {join_names(names)}"
        thresholds = _stored_thresholds(tuned, MULTILABEL, set(tuned.thresholds) <= set(names), this)
        return tuple(thresholds.get(name, np.nan) for name in names)
    if text is None:
        return None
    parts = [part.rpartition("=") for part in text.split(",")]
    if len(parts) == 1 and not parts[0][1]:
        return (_number(text, text),) * len(names)
    given = {name.strip(): _number(value, text) for name, _, value in parts}
    unknown = [name for name in given if name not in names]
    if unknown:
        like = suggest(unknown[0], names)
        raise UsageError(
            f"--threshold {text}: no label {unknown[0]!r}",
            found=f"the labels are {join_names(names)}",
            hint=instead(unknown[0], like) if like else f"one of {join_names(names)}",
        )
    return tuple(given.get(name, np.nan) for name in names)
