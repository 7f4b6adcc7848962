"""A digest of the labels of a run: identical for the same labels in any format."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from evalcli.blocks import Array
from evalcli.inputs.labels import MISSING
from evalcli.inputs.matching.index import RowIndex
from evalcli.inputs.targets.classification import ClassTarget
from evalcli.inputs.targets.multilabel import LabelSetTarget
from evalcli.inputs.targets.target import Target

PART = 1 << 20


def fingerprint(target: Target, index: RowIndex | None) -> str:
    """SHA-256 of names and values in row order; with an index in the order of ids, whatever the row order.

    It does not depend on the order of classes or labels.
    """
    import json
    from hashlib import sha256

    digest = sha256()
    order: Array | slice = slice(None)
    if index is not None:
        order, ids = index.canonical_order()
        for begin in range(0, len(ids), PART):
            digest.update(ids[begin : begin + PART].astype("<u8").tobytes())
    digest.update(json.dumps(sorted(target.names)).encode())
    for row in _rows(target):
        chosen = row[order]
        for begin in range(0, len(chosen), PART):
            digest.update(np.ascontiguousarray(_portable(chosen[begin : begin + PART], target)).tobytes())
    return digest.hexdigest()


def _rows(target: Target) -> Sequence[Array]:
    """The truth as rows of numbers: one, or one per label in the order of names."""
    if isinstance(target, ClassTarget):
        return [target.codes]
    if isinstance(target, LabelSetTarget):
        return [target.matrix[j] for j in np.argsort(target.names)]
    return [target.values]


def _portable(values: Array, target: Target) -> Array:
    """Values whose bytes are the same on all machines and for all orders of the classes."""
    if isinstance(target, ClassTarget):
        rank = np.empty(len(target.names) + 1, "<i4")
        rank[np.argsort(target.names)] = np.arange(len(target.names))
        rank[MISSING] = MISSING
        return rank[values]
    if isinstance(target, LabelSetTarget):
        return values.astype(np.int8)
    return np.where(np.isnan(values), np.nan, values + 0.0).astype("<f8")
