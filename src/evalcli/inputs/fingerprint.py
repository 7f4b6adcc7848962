"""A digest of the labels of a run: identical for the same labels in any format."""

from __future__ import annotations

import numpy as np

from evalcli.blocks import Array
from evalcli.inputs.matching.index import RowIndex
from evalcli.inputs.targets.base import Target

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
    for row in target.truth_rows():
        chosen = row[order]
        for begin in range(0, len(chosen), PART):
            digest.update(np.ascontiguousarray(target.portable(chosen[begin : begin + PART])).tobytes())
    return digest.hexdigest()
