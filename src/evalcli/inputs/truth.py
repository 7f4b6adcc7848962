"""The truth, read whole: classes, label sets or real values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from msgspec.structs import replace

from evalcli.blocks import Array
from evalcli.errors import AmbiguousInput, InputError, UsageError
from evalcli.findings import Blank, Place, omit, use
from evalcli.inputs.class_names import canonical
from evalcli.inputs.column_names import LABEL_PREFIXES
from evalcli.inputs.ignored import indicator_marks, labels_without, reals_without, sets_without
from evalcli.inputs.in_memory import InMemoryColumns
from evalcli.inputs.labels import LabelSets, Reals, read_indicators, read_label_lists
from evalcli.inputs.options import Options
from evalcli.inputs.tags import look_like_tags, split_tags
from evalcli.inputs.truth_columns import TruthColumns
from evalcli.loaders.arrow_columns import is_numeric, lengths, numbers, value_type
from evalcli.tasks import Task
from evalcli.text import join_names


class Truth(Protocol):
    """What every truth answers: labels, label sets or real values."""

    def __len__(self) -> int: ...

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes or labels."""
        ...

    @property
    def where(self) -> Place:
        """The file and its column."""
        ...

    @property
    def ignored(self) -> Array | None:
        """Rows whose label the user wants to ignore, (n,), bool, or None."""
        ...

    @property
    def usual_task(self) -> Task:
        """Its kind of task, unless the user asks for another; two classes may be binary."""
        ...

    @property
    def exclusive(self) -> bool:
        """Whether every row has exactly one label, as far as it has any."""
        ...

    @property
    def row_values(self) -> Array | None:
        """A number per row, (n,): class index or true value; None if a row may have several labels."""
        ...

    def odd_rows(self) -> Array:
        """Rows, from 0, with no or several labels where one is expected."""
        ...


def column_truth(read: InMemoryColumns, name: str, task: Task | None, options: Options) -> Truth:
    """One truth column, read whole: labels, tags, or real values if some of them are not integers."""
    place, kind = read.source.place(name), read.source.types[name]
    if options.label_sep is not None and task is not None and "label_sep" not in task.options:
        raise UsageError(
            "--label-sep is for multilabel data",
            found=f"--task {task}",
            hint=use(task="multilabel") | omit("label_sep"),
        )
    if options.label_sep is not None or (task is not None and task.several_labels):
        return _tags(read, name, options)
    if task is not None and not task.has_classes:
        if not is_numeric(kind):
            raise InputError(
                f"{task} requires true values that are numbers",
                where=place,
                found=str(kind),
                hint=use("with a column of numbers", label_col=Blank("NAME")),
            )
        return reals_without(Reals(read.numbers(name), place), options.ignore_label)
    if task is None and pa.types.is_floating(kind):
        reals = reals_without(Reals(read.numbers(name), place), options.ignore_label)
        if _has_fractions(reals.values):
            return reals
    labels = labels_without(read.labels(name), options.ignore_label)
    if task is None and labels.real:
        values = np.array([*map(float, labels.names), np.nan])
        return Reals(values[labels.codes], place, labels.ignored)
    sign = look_like_tags(labels.names) if task is None and not options.classes else None
    if sign is not None:
        raise AmbiguousInput(
            "cannot tell whether the labels are classes, or several labels per field",
            where=place,
            found=join_names(map(repr, labels.names), 4),
            hint=use("for several labels", task="multilabel", label_sep=sign)
            | use("for classes", task="multiclass"),
            code="classes-or-tags",
        )
    return labels


def _has_fractions(values: Array) -> bool:
    """Whether some are finite and not integers; mostly the first rows tell."""
    rows = 1 << 13
    parts = (values[first : first + rows] for first in range(0, len(values), rows))
    return any(bool((np.isfinite(part) & (part != np.rint(part))).any()) for part in parts)


def _tags(read: InMemoryColumns, name: str, options: Options) -> LabelSets:
    if is_numeric(read.source.types[name]) and not pa.types.is_null(read.source.types[name]):
        labels = read.labels(name)
        if labels.real or set(map(canonical, labels.names)) <= {"0", "1"}:
            raise InputError(
                "multilabel data requires an indicator column (0/1) per label, or a list of labels per row",
                where=read.source.place(name),
                hint=use("with one column per label", label_cols=Blank("NAMES")),
            )
    else:
        labels = read.labels(name)
    sets = split_tags(labels, options.label_sep, bool(options.null_values))
    return sets_without(sets, options.ignore_label)


def read_truth(
    read: InMemoryColumns, truth: TruthColumns, width: int, task: Task | None, options: Options
) -> tuple[Truth, bool]:
    """Read columns or lists of the truth in the form that the task requires; and whether they are indicators.

    ``width``: scores per row.
    """
    source = read.source
    place = source.place(truth.columns[0])
    if options.label_sep is not None:
        raise UsageError(
            "--label-sep separates several labels in one text field", where=place, hint=omit("label_sep")
        )
    if task is not None and not task.has_classes:
        raise InputError(
            f"{task} requires one column of true values",
            where=source.place(),
            hint=use("with that column", label_col=Blank("NAME")),
        )
    if truth.layout == "lists":
        column = read.chunks(truth.columns[0])
        array = pa.types.is_fixed_size_list(source.types[truth.columns[0]])
        if not array and not _are_indicators(column, width):
            if task is not None and task.exclusive:
                raise InputError(
                    f"lists of labels per row are multilabel data, not {task}", where=place, hint=omit("task")
                )
            return sets_without(read_label_lists(column, place), options.ignore_label), False
    for name in truth.columns:
        kind = value_type(source.types[name])
        if not is_numeric(kind):
            raise InputError(
                "a label column is not an indicator column (0/1)",
                where=source.place(name),
                found=str(kind),
                code="not-indicators",
                hint=use("with the indicator columns", label_cols=Blank("NAMES"))
                | use("with the one label column", label_col=Blank("NAME")),
            )
    sets = _indicators(read, truth.columns, options)
    exclusive = task.exclusive if task is not None else not truth.paired and sets.exclusive
    return (sets.as_labels() if exclusive else sets), True


def _are_indicators(chunks: Sequence[Any], width: int) -> bool:
    """Whether lists contain 0 or 1 for every label, not the labels themselves."""
    if not all(is_numeric(chunk.type.value_type) for chunk in chunks):
        return False
    for chunk in chunks:
        sizes, values = lengths(chunk), numbers(chunk.flatten())
        if (sizes[sizes >= 0] != width).any() or not np.isin(values, (0, 1)).all():
            return False
    return True


def _indicators(read: InMemoryColumns, columns: Sequence[str], options: Options) -> LabelSets:
    matrix = read.matrix(columns)
    marks = indicator_marks(matrix, options.ignore_label)
    plain = marks is None or not np.isnan(matrix).any()
    if marks is not None:
        matrix = np.where(marks, np.nan, matrix)
    names = tuple(columns) if len(columns) > 1 else tuple(map(str, range(len(matrix))))
    prefix = next((p for p in LABEL_PREFIXES if all(n.startswith(p) and n != p for n in names)), "")
    sets = read_indicators(matrix, [name.removeprefix(prefix) for name in names], read.source.place())
    if marks is None:
        return sets
    return replace(sets, ignored=np.asarray(marks.all(axis=0)), marked=plain)
