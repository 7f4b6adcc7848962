"""Sets of labels, one for each row, as indicators of 0 and 1."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import numpy as np

from evalcli.blocks import Array
from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.text import join_names

SETS = (set, frozenset, list, tuple)


def with_indicators(
    arrays: Mapping[str, object], classes: Sequence[str]
) -> tuple[dict[str, object], tuple[str, ...]]:
    """Arguments, of which sets of labels are made matrices (n, labels), and the names of their columns.

    Of predictions that are indicators, y_score is made, which is read as labels. ``classes``: the labels in
    their order; without them all that occur.
    """
    given = dict(arrays)
    read = {name: _sets(name, given.get(name)) for name in ("y_true", "y_pred")}
    sets = {name: found for name, found in read.items() if found is not None}
    names: tuple[str, ...] = ()
    if sets:
        names = tuple(classes) or tuple(
            sorted({label for rows in sets.values() for row in rows for label in row})
        )
        given |= {name: _matrix(name, rows, names) for name, rows in sets.items()}
    if _is_indicators(given.get("y_pred")) and given.get("y_true") is not None:
        if given.get("y_score") is not None:
            raise InputError(
                "y_pred has several columns, and there are scores as well",
                where=Place("y_pred"),
                hint="give y_score with threshold=, or y_pred alone",
                code="array-shape",
            )
        given["y_score"] = np.asarray(given.pop("y_pred")).astype(np.int8)
    return given, names


def _sets(name: str, value: object) -> list[set[str]] | None:
    """The labels of each row, as text, if the values are sets; lists of equally many numbers are a matrix."""
    rows = value.tolist() if isinstance(value, np.ndarray) and value.dtype == object else value
    if hasattr(rows, "to_list") and str(getattr(rows, "dtype", "")) == "object":
        rows = rows.to_list()
    if not isinstance(rows, (list, tuple)) or not rows or not all(isinstance(row, SETS) for row in rows):
        return None
    named = any(
        isinstance(row, (set, frozenset)) or any(isinstance(label, str) for label in row) for row in rows
    )
    if not named and len({len(row) for row in rows}) == 1:
        return None
    odd = [label for row in rows for label in row if not isinstance(label, (str, int, np.integer))]
    if odd:
        raise InputError(
            f"{name} has sets of labels, and one of them is no label",
            where=Place(name),
            found=repr(odd[0])[:60],
            hint="a label is text or a whole number",
            code="array-type",
        )
    return [{str(label) for label in row} for row in rows]


def _matrix(name: str, rows: Sequence[Collection[str]], names: Sequence[str]) -> Array:
    index = {label: place for place, label in enumerate(names)}
    unknown = sorted({label for row in rows for label in row if label not in index})
    if unknown:
        raise InputError(
            f"{name} has labels that classes does not name",
            where=Place(name),
            found=join_names(unknown),
            hint=f"classes={[*names, *unknown]}"[:200],
            code="unknown-label",
        )
    matrix = np.zeros((len(rows), len(names)), np.int8)
    for place, row in enumerate(rows):
        matrix[place, [index[label] for label in row]] = 1
    return matrix


def _is_indicators(value: object) -> bool:
    """Whether a matrix of predictions has a 0 or 1 for each of several labels."""
    if value is None or isinstance(value, (str, bytes)) or not hasattr(value, "__len__"):
        return False
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError):  # of tensors, which are no indicators then
        return False
    return (
        array.ndim == 2
        and array.shape[1] > 1
        and array.dtype.kind in "biuf"
        and bool(np.isin(array, (0, 1)).all())
    )


__all__ = ["with_indicators"]
