"""Whole reports, from files or from arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Unpack

import numpy as np
import pyarrow as pa
from msgspec import Struct
from msgspec.structs import replace

from evalcli.api.errors import as_arguments
from evalcli.api.label_sets import with_indicators
from evalcli.api.options import (
    ArrayOptions,
    FileOptions,
    Metrics,
    Names,
    Paths,
    as_plain,
    options_from,
    paths_of,
    require_known,
    writer_of,
)
from evalcli.api.report import Inspection, Report, Thresholds
from evalcli.engine.inspect import inspect as inspect_files
from evalcli.engine.score import score as score_files
from evalcli.engine.threshold import choose_threshold, goal_of
from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.loaders.given import columns_of, numpy_of, require_rows
from evalcli.loaders.table import Column, TableSource
from evalcli.tasks import MULTILABEL

OPTIONS = {
    "y_true": "label_col",
    "y_score": "score_cols",
    "y_pred": "pred_col",
    "weight": "weight_col",
    "group": "group",
}
"""The options that tell what the columns of the arguments are."""
ROLES = {
    **{option: argument for argument, option in OPTIONS.items()},
    "label_cols": "y_true",
    "unweighted": "weight",
    "id_col": "y_true",
}
"""The arguments that hints speak of in place of options."""


def score(
    predictions: Paths,
    *,
    labels: Paths | None = None,
    metrics: Metrics = "default",
    by: Names | None = None,
    state: str | PathLike[str] | None = None,
    cluster: str | None = None,
    retries: int = 2,
    **options: Unpack[FileOptions],
) -> Report:
    """Score prediction files, as ``evalcli score`` does.

    ``predictions``, ``labels``: files, globs, folders or addresses; several are read as one table.
    ``metrics``: names, globs, "default" or "all". ``by``: columns whose values are also scored
    separately. ``state``: file for the sums of this run, which ``merge`` adds to those of others.
    ``cluster``: where each file is scored by itself, "local:4" or the address of a scheduler of Dask,
    ``retries`` times again if a worker dies. ``options``: those of the command line by the same names.
    Raises an ``EvalcliError`` for every error that the user can fix.
    """
    require_known(options, "score", FileOptions, ("labels", "metrics", "by", "state", "cluster", "retries"))
    given = {"labels": None if labels is None else paths_of(labels), "metrics": metrics, "by": by, **options}
    with as_arguments():
        read = {"predictions": paths_of(predictions), "stored": state is not None, **given}
        made = options_from(read, "score")
        on_state = writer_of(state, predictions, labels)
        if cluster is None:
            return Report.of(score_files(made, on_state=on_state))
        from evalcli.engine.shards import score_shards

        return Report.of(score_shards(made, cluster=cluster, retries=retries, on_state=on_state))


def evaluate(
    y_true: object,
    y_score: object = None,
    *,
    y_pred: object = None,
    weight: object = None,
    group: object = None,
    by: object = None,
    classes: Sequence[str | int] | None = None,
    metrics: Metrics = "default",
    **options: Unpack[ArrayOptions],
) -> Report:
    """Score arrays: NumPy, lists, pandas, polars, Arrow, tensors of PyTorch and JAX.

    ``y_true``: labels (n,), indicators of 0 and 1, (n, labels), or real values (n,). ``y_score``:
    probabilities, logits or raw scores, (n,) of the positive class or (n, classes); the report says how they
    were read. ``y_pred``: predicted classes or real values, (n,). ``weight``: (n,).
    ``group``: groups of dependent rows, (n,). ``by``: values of slices, (n,), or several by name.
    ``classes``: in the order of the columns of ``y_score``. ``options``: those of the command line by the
    same names. Raises an ``EvalcliError`` for every error that the user can fix.
    """
    require_known(options, "evaluate", ArrayOptions, (*OPTIONS, "by", "classes", "metrics"))
    arrays = {"y_true": y_true, "y_score": y_score, "y_pred": y_pred, "weight": weight, "group": group}
    with as_arguments(ROLES):
        names = [] if classes is None else [str(name) for name in classes]
        given = columns_given(arrays, {} if by is None else columns_of("by", by), names)
        return of_columns(given, {"classes": classes, "metrics": metrics, **options})


def of_columns(given: Columns, options: Mapping[str, object]) -> Report:
    """The report of ``evaluate``, of columns and its options."""
    with as_arguments(ROLES):
        given, classes = _reconciled(given, as_plain(options.get("classes")))
        table = TableSource("arrays", {**given.arguments, **given.slices}, given.class_names)
        roles: dict[str, object] = {
            option: argument for argument, option in OPTIONS.items() if argument in given.arguments
        }
        roles |= {"score_cols": [roles["score_cols"]]} if "score_cols" in roles else {}
        roles |= {"by": list(given.slices)} if given.slices else {}
        roles |= {"task": MULTILABEL.name} if given.of_sets and options.get("task") is None else {}
        made = options_from({"predictions": "arrays", **options, "classes": classes, **roles}, "evaluate")
        return Report.of(score_files(replace(made, opened=(table, None))))


def inspect(
    predictions: Paths,
    *,
    labels: Paths | None = None,
    by: Names | None = None,
    **options: Unpack[FileOptions],
) -> Inspection:
    """How files are read, and problems in them, as ``evalcli inspect`` tells; computes no metrics."""
    require_known(options, "inspect", FileOptions, ("labels", "by"))
    given = {"labels": None if labels is None else paths_of(labels), "by": by, **options}
    with as_arguments():
        made = options_from({"predictions": paths_of(predictions), **given}, "inspect")
        return Inspection.of(inspect_files(made))


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
) -> Thresholds:
    """Choose a decision threshold, as ``evalcli threshold`` does.

    ``maximize``: a metric of one threshold, e.g. "f1". ``cost``: of a false positive and a false negative,
    {"fp": 1, "fn": 5}. ``min_precision``, ``min_recall``, ``max_fpr``: what the point must keep.
    """
    require_known(options, "threshold", FileOptions, ("labels", "maximize", "cost"))
    if cost is not None and not isinstance(cost, Mapping):
        raise TypeError('threshold() takes cost as a mapping: cost={"fp": 1, "fn": 5}')
    given = {"labels": None if labels is None else paths_of(labels), **options}
    costs = [f"{name}={value}" for name, value in (cost or {}).items()]
    with as_arguments():
        made = options_from({"predictions": paths_of(predictions), **given}, "threshold")
        goal = goal_of(maximize, costs, min_precision, min_recall, max_fpr)
        return Thresholds.of(choose_threshold(made, goal))


class Columns(Struct, frozen=True, eq=False):
    """What is scored. ``arguments``: by name; ``slices``: columns whose values are scored separately.

    ``names``: by argument, of the columns of those that were tables. ``of_sets``: rows have sets of labels.
    """

    arguments: dict[str, Column]
    slices: dict[str, Column]
    names: dict[str, tuple[str, ...]]
    of_sets: bool = False

    @property
    def class_names(self) -> tuple[str, ...]:
        """Names of the columns of scores, or else of the truth."""
        return self.names.get("y_score") or self.names.get("y_true") or ()


def columns_given(
    arrays: Mapping[str, object], slices: Mapping[str, Column], classes: Sequence[str] = ()
) -> Columns:
    """Arguments as columns. Raises an ``InputError`` for those that do not go together.

    ``classes``: labels in the order of their columns, if they are known.
    """
    arrays, of_sets = with_indicators(arrays, classes)
    if arrays.get("y_true") is None or all(arrays.get(name) is None for name in ("y_score", "y_pred")):
        raise TypeError("y_true is needed, and y_score or y_pred beside it")
    columns: dict[str, Column] = {}
    names: dict[str, tuple[str, ...]] = {"y_true": of_sets} if of_sets else {}
    for name, value in arrays.items():
        if value is None:
            continue
        if name in ("y_true", "y_score"):
            columns[name], found = _matrix(name, value)
            names |= {name: found} if found else {}
        else:
            columns[name] = _vector(name, value)
    if of_sets and "y_score" in columns:
        names.setdefault("y_score", of_sets)
    if "y_score" in columns:
        _refuse_text("y_score", columns["y_score"])
    if len(names) == 2 and names["y_true"] != names["y_score"]:
        raise InputError(
            "y_true and y_score have different columns",
            where=Place("y_true"),
            found=f"{', '.join(names['y_true'])}; {', '.join(names['y_score'])}",
            hint="put them in the same order: y_score[y_true.columns]",
            code="classes-differ",
        )
    for name in slices:
        if name in OPTIONS or "," in name:
            raise InputError(
                f"a slice cannot be named {name!r}",
                where=Place(name),
                found="the name of an argument" if name in OPTIONS else "a comma, which joins names",
                hint="give it another name: by={'part': ...}",
                code="column-twice",
            )
    require_rows({**columns, **slices}, [*columns, *slices])
    return Columns(columns, dict(slices), names, bool(of_sets))


def _reconciled(given: Columns, classes: object) -> tuple[Columns, object]:
    """Columns of scores in the order of ``classes``, if they have these names; the classes."""
    known = given.class_names
    if not known or not isinstance(classes, list):
        return given, list(known) if known and classes is None else classes
    wanted = [str(name) for name in classes]
    if sorted(wanted) != sorted(known) or wanted == list(known):
        return given, classes
    order = [known.index(name) for name in wanted]
    arguments = {
        name: column[:, order] if name in given.names and isinstance(column, np.ndarray) else column
        for name, column in given.arguments.items()
    }
    return replace(given, arguments=arguments, names=dict.fromkeys(given.names, tuple(wanted))), classes


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
    kind = column.type if isinstance(column, pa.ChunkedArray) else None
    tests = (pa.types.is_integer, pa.types.is_floating, pa.types.is_boolean)
    if kind is not None and not any(test(kind) for test in tests):
        raise InputError(
            f"{name} has several columns, and one of them is not numeric",
            where=Place(name, key),
            found=str(kind),
            hint=f"choose its columns: {name}[[...]]",
            code="array-type",
        )
    return numpy_of(name, column)


def _vector(name: str, value: object) -> Column:
    columns = columns_of(name, value)
    column = next(iter(columns.values()))
    width = column.shape[1] if isinstance(column, np.ndarray) and column.ndim == 2 else len(columns)
    if width > 1:
        several = "; of label sets, give them as y_score=y_pred.astype(float) with metrics=[...]"
        raise InputError(
            f"{name} must be a single column",
            where=Place(name),
            found=f"{width} columns" + (f": {', '.join(columns)}" if len(columns) > 1 else ""),
            hint=f'choose one: {name}["..."]' + (several if name == "y_pred" else ""),
            code="array-shape",
        )
    return column


__all__ = ["evaluate", "inspect", "score", "threshold"]
