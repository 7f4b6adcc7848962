"""The column or columns of truth, read whole: classes, label sets or real values."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from evalcli.errors import InputError
from evalcli.inputs.in_memory import InMemoryColumns
from evalcli.inputs.labels import Labels, LabelSets, Reals, read_indicators, read_label_lists
from evalcli.inputs.roles import LABEL_PREFIXES, Roles
from evalcli.loaders.arrow_columns import is_numeric, lengths, numbers, value_type


def read_truth(
    read: InMemoryColumns, roles: Roles, width: int, task: str
) -> tuple[Labels | LabelSets | Reals, bool]:
    """Read the truth in the form that the task wants; and whether it came as columns of 0 and 1."""
    source = read.source
    place = source.place(roles.truth[0])
    if roles.layout == "column" and task == "multilabel":
        raise InputError(
            "multilabel data needs a column of 0 and 1 for each label, or a list of labels a row",
            where=place,
            hint="name the columns with --label-cols",
        )
    if roles.layout == "column":
        return _of_column(read, roles.truth[0], task), False
    if task == "regression":
        raise InputError(
            "regression needs one column of true values",
            where=source.place(),
            hint="name it with --label-col",
        )
    if roles.layout == "lists":
        column = read.chunks(roles.truth[0])
        array = pa.types.is_fixed_size_list(source.types[roles.truth[0]])
        if not array and not _are_indicators(column, width):
            if task in ("binary", "multiclass"):
                raise InputError(
                    f"a list of labels a row is multilabel, not {task}", where=place, hint="leave --task out"
                )
            return read_label_lists(column, place), False
    for name in roles.truth:
        kind = value_type(source.types[name])
        if not is_numeric(kind):
            raise InputError(
                "a label column does not hold 0 and 1",
                where=source.place(name),
                found=str(kind),
                code="not-indicators",
            )
    sets = _indicators(read, roles)
    exclusive = task in ("binary", "multiclass") or (task == "auto" and not roles.paired and sets.exclusive)
    return (sets.as_labels() if exclusive else sets), True


def _of_column(read: InMemoryColumns, name: str, task: str) -> Labels | Reals:
    """Labels as they stand in the file, or numbers where some of them are not whole."""
    place, kind = read.source.place(name), read.source.types[name]
    if task == "regression":
        if not is_numeric(kind):
            raise InputError("regression needs true values that are numbers", where=place, found=str(kind))
        return Reals(read.numbers(name), place)
    if task == "auto" and pa.types.is_floating(kind):
        values = read.numbers(name)
        finite = values[np.isfinite(values)]
        if (finite != np.rint(finite)).any():
            return Reals(values, place)
    labels = read.labels(name)
    if task == "auto" and labels.real:
        values = np.array([*map(float, labels.names), np.nan])
        return Reals(values[labels.codes], place)
    return labels


def _are_indicators(chunks: Sequence[Any], width: int) -> bool:
    """Whether lists hold 0 or 1 for every label, rather than the labels themselves."""
    if not all(is_numeric(chunk.type.value_type) for chunk in chunks):
        return False
    for chunk in chunks:
        sizes, values = lengths(chunk), numbers(chunk.flatten())
        if (sizes[sizes >= 0] != width).any() or not np.isin(values, (0, 1)).all():
            return False
    return True


def _indicators(read: InMemoryColumns, roles: Roles) -> LabelSets:
    matrix = read.matrix(roles.truth)
    names = roles.truth if len(roles.truth) > 1 else tuple(map(str, range(len(matrix))))
    prefix = next((p for p in LABEL_PREFIXES if all(n.startswith(p) and n != p for n in names)), "")
    return read_indicators(matrix, [name.removeprefix(prefix) for name in names], read.source.place())
