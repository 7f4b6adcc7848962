"""Common columns of both files, if no column is named like an id: they identify rows, or show the order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa

from evalcli.errors import AmbiguousInput, EvalcliError
from evalcli.findings import Blank, use
from evalcli.inputs.class_names import canonical
from evalcli.inputs.column_names import LABEL_NAMES, is_id, names_rows, plain_name
from evalcli.inputs.in_memory import InMemoryColumns
from evalcli.inputs.labels import MISSING
from evalcli.inputs.matching.forms import MOST as MOST_IDS
from evalcli.inputs.matching.forms import Likeness, ids_in, likeness
from evalcli.inputs.matching.index import NONE, RowIndex
from evalcli.inputs.matching.keys import keys_of
from evalcli.inputs.matching.match import index_of
from evalcli.inputs.options import Options
from evalcli.inputs.roles import Roles
from evalcli.loaders.arrow_columns import column_of, is_list
from evalcli.loaders.source import Source
from evalcli.text import escape, join_names

MOST = 8
"""Maximum number of columns that are examined."""
MATCHED = 0.5
"""Smallest proportion of labels found in the predictions at which a column identifies rows."""


def common_ids(predictions: Source, labels: Source, roles: Roles, rows: int, options: Options) -> str | None:
    """A common column to match rows by; None if these columns are consistent with matching by order.

    A column whose rows differ between the files is a question. ``rows``: number of labels.
    """
    present = set(labels.columns)
    used = {*roles.scores, roles.predicted, roles.weight, roles.unused}
    both = [
        c for c in predictions.columns if c in present and c not in used and not is_list(predictions.types[c])
    ]
    both = [c for c in both if not is_list(labels.types[c])][:MOST]
    truth = roles.truth[0] if len(roles.truth) == 1 else None
    differing: list[tuple[str, int]] = []
    for name in sorted(both, key=lambda name: pa.types.is_floating(predictions.types[name])):
        if name != truth and plain_name(name) not in LABEL_NAMES:
            same_order = _by_name(predictions, labels, name)
            if same_order is not None:
                return name if not same_order else None
        count = _differences(predictions, labels, name, rows, options)
        if count:
            differing.append((name, count))
    if differing:
        raise _question(predictions, labels, truth, differing, rows)
    _refuse_other_names(predictions, labels, {*used, *roles.truth}, _named_id(predictions))
    return None


def _question(
    predictions: Source, labels: Source, truth: str | None, differing: Sequence[tuple[str, int]], rows: int
) -> AmbiguousInput:
    """The question about common columns whose rows differ between the files."""
    where = f"{predictions.place()} and {labels.place()}"
    for name, _ in differing:
        like = None if name == truth else _likeness(predictions, labels, name)
        if like is not None:
            drop = {"on_missing": like.missing, "on_extra": like.extra}
            return AmbiguousInput(
                f"column {escape(name)} is in both files, and its values differ only in "
                f"{join_names(like.differ)}: {like.matched:,} of {rows:,} match when folded",
                where=where,
                found=escape(name),
                hint=use(
                    "to match rows by it",
                    id_col=name,
                    fold_ids=True,
                    **{policy: "drop" for policy, count in drop.items() if count},
                ),
                code="columns-differ",
            )
    name, count = differing[0]
    predicted = use("if it contains predicted classes", pred_col=name) if name == truth else None
    another = use("to match rows by another column", id_col=Blank("NAME"))
    return AmbiguousInput(
        f"column {escape(name)} is in both files, and differs in {count:,} of {rows:,} rows that are matched "
        "by order",
        where=where,
        found=join_names(escape(name) for name, _ in differing),
        hint=(another if predicted is None else predicted | another)
        | use("if row 1 belongs to row 1", by_order=True),
        code="columns-differ",
    )


def _likeness(predictions: Source, labels: Source, name: str) -> Likeness | None:
    """The likeness of a column's values in both files, if they identify rows."""
    if not all(_may_name(source.types[name]) and _unique(source, name) for source in (predictions, labels)):
        return None
    left, right = ids_in(predictions, name, MOST_IDS), ids_in(labels, name, MOST_IDS)
    return None if left is None or right is None else likeness(left, right)


def _refuse_other_names(predictions: Source, labels: Source, used: set[str | None], ids: str | None) -> None:
    """Ask about columns of different names that identify the same rows, in another order."""
    sides = [
        [c for c in source.columns if c not in used and _may_name(source.types[c])][:MOST]
        for source in (predictions, labels)
    ]
    if ids is not None and pa.types.is_integer(predictions.types[ids]):
        whole = [c for c in labels.columns if c not in used and pa.types.is_integer(labels.types[c])]
        sides = [[*sides[0], ids], [*sides[1], *whole[:MOST]]]
    for name in sides[1] if sides[0] else ():
        index = _unique(labels, name)
        if index is None:
            continue
        for other in sides[0]:
            if _same_rows(predictions, other, index) is False:
                raise AmbiguousInput(
                    "columns of different names contain the same values, in another order",
                    where=f"{predictions.place()} and {labels.place()}",
                    found=f"{escape(other)}; {escape(name)}",
                    hint=use("to match rows by them", id_col=f"{other}={name}"),
                    code="which-id",
                )


def _named_id(predictions: Source) -> str | None:
    """The column of the predictions that is called an id, if there is one."""
    return next((c for c in predictions.columns if is_id(c) and names_rows(c)), None)


def _may_name(kind: pa.DataType) -> bool:
    """Whether values of a type may identify rows."""
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_dictionary(kind))


def _unique(source: Source, name: str) -> RowIndex | None:
    """The index of a column without duplicates; None for other columns."""
    try:
        index = index_of(source, name)
    except EvalcliError:
        return None
    return index if len(index) > 1 and not index.repeated()[0] else None


def _same_rows(source: Source, name: str, index: RowIndex) -> bool | None:
    """Whether a column contains the indexed values in their order; None if it contains other values."""
    try:
        found = [
            index.find(keys_of(column_of(batch, name), source.place(name), 0))
            for batch in source.batches([name], ids=[name])
        ]
    except EvalcliError:
        return None
    rows = np.concatenate(found) if found else np.empty(0, np.int64)
    if np.count_nonzero(rows != NONE) < MATCHED * len(index):
        return None
    return len(rows) == len(index) and bool((rows == np.arange(len(rows))).all())


def _by_name(predictions: Source, labels: Source, name: str) -> bool | None:
    """Whether a column identifies rows in the same order; None if it does not identify rows."""
    if pa.types.is_floating(predictions.types[name]) or pa.types.is_boolean(predictions.types[name]):
        return None
    index = _unique(labels, name)
    return (
        None if index is None or _unique(predictions, name) is None else _same_rows(predictions, name, index)
    )


def _differences(predictions: Source, labels: Source, name: str, rows: int, options: Options) -> int:
    """Number of rows in which a column differs; 0 if the files have different numbers of rows."""
    left, right = (InMemoryColumns(source, options).labels(name) for source in (predictions, labels))
    if len(left) != len(right) or len(left) != rows:
        return 0
    names = {canonical(text): at for at, text in enumerate(left.names)}
    table = np.array([*(names.get(canonical(text), -2) for text in right.names), MISSING])
    return int(np.count_nonzero(left.codes != table[right.codes]))


__all__ = ["common_ids"]
