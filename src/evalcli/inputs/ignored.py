"""Rows with a label to ignore (--ignore-label): they are marked, and their label is removed."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec.structs import replace

from evalcli.blocks import Array
from evalcli.errors import UsageError
from evalcli.findings import Blank, use
from evalcli.inputs.class_names import class_indices, parse_number
from evalcli.inputs.labels import MISSING, Labels, LabelSets, Reals, looked_up


def labels_without(labels: Labels, values: Sequence[str]) -> Labels:
    """Labels without some of the names; rows with these have a missing label and are marked as ignored."""
    if not values:
        return labels
    named = _places(labels.names, values)
    kept = [name for at, name in enumerate(labels.names) if at not in named]
    table = [MISSING if name not in kept else kept.index(name) for name in labels.names]
    return replace(
        labels,
        names=tuple(kept),
        codes=looked_up([*table, MISSING], labels.codes),
        ignored=np.isin(labels.codes, sorted(named)),
    )


def reals_without(reals: Reals, values: Sequence[str]) -> Reals:
    """True values without the values to ignore."""
    if not values:
        return reals
    numbers = [parse_number(value) for value in values]
    if None in numbers:
        raise UsageError(
            f"--ignore-label {values[numbers.index(None)]!r} is not a number, but the true values are",
            where=reals.where,
            hint=use("with a number", ignore_label=Blank("VALUE")),
        )
    ignored = np.isin(reals.values, np.array(numbers, np.float64))
    return replace(reals, values=np.where(ignored, np.nan, reals.values), ignored=ignored)


def sets_without(sets: LabelSets, values: Sequence[str]) -> LabelSets:
    """Label sets without some of the labels; rows with these are marked as ignored."""
    if not values:
        return sets
    named = sorted(_places(sets.names, values))
    kept = [at for at in range(len(sets.names)) if at not in named]
    return replace(
        sets,
        matrix=np.ascontiguousarray(sets.matrix[kept]),
        names=tuple(sets.names[at] for at in kept),
        ignored=np.asarray((sets.matrix[named] > 0).any(axis=0)),
    )


def indicator_marks(matrix: Array, values: Sequence[str]) -> Array | None:
    """Which cells of indicator columns, (k, n), are numbers to ignore; None if there are none."""
    numbers = [number for value in values if (number := parse_number(value)) is not None]
    marks = np.isin(matrix, np.array(numbers, np.float64))
    return marks if marks.any() else None


def _places(names: Sequence[str], values: Sequence[str]) -> set[int]:
    """Indices of the names that are among the values, in any spelling of a number."""
    found = class_indices(names, list(dict.fromkeys(values)))
    return {at for at, value in enumerate(found) if value is not None}
