"""Whole reports, from files or from arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike, fspath
from typing import Unpack

import numpy as np
import pyarrow as pa

from evalcli.api.errors import as_arguments
from evalcli.api.options import ArrayOptions, FileOptions, Names, options_from
from evalcli.api.report import Report
from evalcli.engine.inspect import inspect as inspect_files
from evalcli.engine.score import score as score_files
from evalcli.engine.threshold import choose_threshold, goal_of
from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.loaders.arrow_columns import numbers
from evalcli.loaders.given import columns_of, require_rows
from evalcli.loaders.table import Column, TableSource
from evalcli.report.inspection import Diagnosis
from evalcli.report.thresholds import ThresholdReport

Paths = str | PathLike[str] | Sequence[str | PathLike[str]]


def score(
    predictions: Paths,
    *,
    labels: Paths | None = None,
    metrics: Names = "default",
    by: Names | None = None,
    **options: Unpack[FileOptions],
) -> Report:
    """Score prediction files, as ``evalcli score`` does.

    ``predictions``, ``labels``: files, globs, folders or addresses; several are read as one table.
    ``metrics``: names, globs, "default" or "all". ``by``: columns whose values are also scored separately.
    ``options``: those of the command line by the same names. Raises an ``EvalcliError`` for every error that
    the user can fix.
    """
    given = {"labels": None if labels is None else _paths(labels), "metrics": metrics, "by": by, **options}
    with as_arguments():
        made = options_from({"predictions": _paths(predictions), **given}, "score", FileOptions)
        return Report.of(score_files(made))


def evaluate(
    y_true: object,
    y_score: object = None,
    *,
    y_pred: object = None,
    weight: object = None,
    group: object = None,
    by: object = None,
    classes: Sequence[str | int] | None = None,
    metrics: Names = "default",
    **options: Unpack[ArrayOptions],
) -> Report:
    """Score arrays: NumPy, lists, pandas, polars, Arrow, tensors of PyTorch and JAX.

    ``y_true``: labels (n,), indicators of 0 and 1, (n, labels), or real values (n,). ``y_score``:
    probabilities, logits or raw scores, (n,) of the positive class or (n, classes); the report says how they
    were read. ``y_pred``: predicted classes or real values, (n,), or indicators. ``weight``: (n,).
    ``group``: groups of dependent rows, (n,). ``by``: values of slices, (n,), or several by name.
    ``classes``: in the order of the columns of ``y_score``. ``options``: those of the command line by the
    same names. Raises an ``EvalcliError`` for every error that the user can fix.
    """
    if y_score is None and y_pred is None:
        raise TypeError("evaluate() needs y_score or y_pred beside y_true")
    arrays = {"y_true": y_true, "y_score": y_score, "y_pred": y_pred, "weight": weight, "group": group}
    return of_arrays({**arrays, "by": by}, {"classes": classes, "metrics": metrics, **options})


def of_arrays(arrays: Mapping[str, object], options: Mapping[str, object]) -> Report:
    """The report of ``evaluate``, from its arguments by name."""
    with as_arguments():
        table, roles = _table(**arrays)
        given = {"classes": table.class_names or None, **_given(options), **roles}
        made = options_from({"predictions": table.path, **given}, "evaluate", ArrayOptions)
        return Report.of(score_files(made, opened=(table, None)))


def _given(options: Mapping[str, object]) -> dict[str, object]:
    return {name: value for name, value in options.items() if value is not None}


def inspect(
    predictions: Paths,
    *,
    labels: Paths | None = None,
    by: Names | None = None,
    **options: Unpack[FileOptions],
) -> Diagnosis:
    """How files are read, and problems in them, as ``evalcli inspect`` tells; computes no metrics."""
    given = {"labels": None if labels is None else _paths(labels), "by": by, **options}
    with as_arguments():
        made = options_from({"predictions": _paths(predictions), **given}, "inspect", FileOptions)
        return inspect_files(made)


def threshold(
    predictions: Paths,
    *,
    labels: Paths | None = None,
    maximize: str | None = None,
    cost: Mapping[str, float] | None = None,
    min_precision: float | None = None,
    min_recall: float | None = None,
    max_fpr: float | None = None,
    **options: Unpack[FileOptions],
) -> ThresholdReport:
    """Choose a decision threshold, as ``evalcli threshold`` does.

    ``maximize``: a metric of one threshold, e.g. "f1". ``cost``: of a false positive and a false negative,
    {"fp": 1, "fn": 5}. ``min_precision``, ``min_recall``, ``max_fpr``: what the point must keep.
    """
    given = {"labels": None if labels is None else _paths(labels), **options}
    costs = [f"{name}={value}" for name, value in (cost or {}).items()]
    with as_arguments():
        made = options_from({"predictions": _paths(predictions), **given}, "threshold", FileOptions)
        goal = goal_of(maximize, costs, min_precision, min_recall, max_fpr)
        return choose_threshold(made, goal)


def _paths(given: Paths) -> str | tuple[str, ...]:
    if isinstance(given, (str, PathLike)):
        return fspath(given)
    return tuple(fspath(path) for path in given)


def _table(
    y_true: object,
    y_score: object = None,
    y_pred: object = None,
    weight: object = None,
    group: object = None,
    by: object = None,
) -> tuple[TableSource, dict[str, object]]:
    """The arguments as one table, and the options that tell what its columns are."""
    roles: dict[str, object] = {"label_col": "y_true"}
    names: tuple[str, ...] = ()
    truth, names_of_truth = _matrix("y_true", y_true)
    columns: dict[str, Column] = {"y_true": truth}
    if y_score is not None:
        columns["y_score"], names = _matrix("y_score", y_score)
        _refuse_text("y_score", columns["y_score"])
        roles["score_cols"] = ("y_score",)
        if names_of_truth and names and names_of_truth != names:
            raise InputError(
                "y_true and y_score have different columns",
                where=Place("y_true"),
                found=f"{', '.join(names_of_truth)}; {', '.join(names)}",
                hint="put them in the same order: y_score[y_true.columns]",
                code="classes-differ",
            )
    if y_pred is not None:
        columns["y_pred"], _ = _matrix("y_pred", y_pred)
        roles["pred_col"] = "y_pred"
    for name, value in (("weight", weight), ("group", group)):
        if value is not None:
            columns[name] = _vector(name, value)
            roles["weight_col" if name == "weight" else name] = name
    if by is not None:
        parts = columns_of("by", by)
        columns |= parts
        roles["by"] = tuple(parts)
    require_rows(columns, list(columns))
    return TableSource("arrays", columns, names or names_of_truth), roles


def _refuse_text(name: str, column: Column) -> None:
    text = (
        pa.types.is_large_string(column.type)
        if isinstance(column, pa.ChunkedArray)
        else column.dtype.kind in "US"
    )
    if text:
        raise InputError(
            f"{name} contains text, not scores",
            where=Place(name),
            hint="predicted classes are given by name: evaluate(y_true, y_pred=...)",
            code="not-a-number",
        )


def _matrix(name: str, value: object) -> tuple[Column, tuple[str, ...]]:
    """One column, and the names of its columns if it was a table of several."""
    columns = columns_of(name, value)
    if len(columns) == 1:
        return next(iter(columns.values())), ()
    parts = [_numbers(name, key, column) for key, column in columns.items()]
    return np.stack(parts, axis=1), tuple(columns)


def _numbers(name: str, key: str, column: Column) -> Column:
    if isinstance(column, pa.ChunkedArray):
        if not (
            pa.types.is_integer(column.type)
            or pa.types.is_floating(column.type)
            or pa.types.is_boolean(column.type)
        ):
            raise InputError(
                f"{name} has several columns, and one of them is not numeric",
                where=Place(name, key),
                found=str(column.type),
                hint=f"choose its columns: {name}[[...]]",
                code="array-type",
            )
        return np.concatenate([numbers(chunk) for chunk in column.chunks] or [np.empty(0)])
    return column


def _vector(name: str, value: object) -> Column:
    columns = columns_of(name, value)
    if len(columns) > 1:
        raise InputError(
            f"{name} must be a single column",
            where=Place(name),
            found=f"{len(columns)} columns: {', '.join(columns)}",
            hint=f'choose one: {name}["..."]',
            code="array-shape",
        )
    return next(iter(columns.values()))


__all__ = ["evaluate", "inspect", "score", "threshold"]
