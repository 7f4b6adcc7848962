"""A block → an Arrow batch with truth, prediction, confidence and loss of each row."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from msgspec import Struct

from evalcli.blocks import Array, Block
from evalcli.inputs.pieces import Piece
from evalcli.inputs.targets.base import Target
from evalcli.loaders.arrow_columns import column_of, from_numbers

MEANINGS = {
    "row": "row number in the predictions, from 1",
    "id": "id of the row, if there is an id column",
    "truth": "true class, labels or value",
    "predicted": "predicted class, labels or value",
    "error": "predicted minus true value (regression, in place of confidence, rank and correct)",
    "confidence": "probability of the predicted class; with several labels, of the least certain one",
    "loss": "-ln of the probability of the truth (with several labels, their mean); "
    "regression: absolute error, or mean pinball loss of quantiles",
    "rank": "rank of the true class by score, from 1; with several labels, the depth that covers all",
    "correct": "whether the prediction is correct",
    "weight": "sample weight of the row, if rows have one",
}
"""The columns of the row table."""


class RowTable(Struct, frozen=True, eq=False):
    """Converts blocks to batches. ``id``: a column of the predictions."""

    target: Target
    id: str | None
    weighted: bool

    def batch(self, block: Block, piece: Piece, kept: Array) -> pa.RecordBatch:
        """The rows of a block as a batch; ``kept``: which rows of the piece they are."""
        positions = np.flatnonzero(kept)
        columns = {"row": from_numbers(positions + piece.start + 1)}
        if self.id is not None:
            columns["id"] = _ids(piece, self.id, positions)
        columns |= self.target.row_columns(block)
        if self.weighted and block.weight is not None:
            columns["weight"] = from_numbers(block.weight)
        return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))


def _ids(piece: Piece, name: str, positions: Array) -> pa.Array:
    parts = [column_of(batch, name) for batch in piece.batches]
    whole = pa.concat_arrays(list(map(_one_type, parts)))
    return whole if len(positions) == len(whole) else whole.take(from_numbers(positions))


def _one_type(ids: pa.Array) -> pa.Array:
    """Ids of every shard as one type: whole numbers in 64 bits, text as large strings."""
    if pa.types.is_dictionary(ids.type):
        ids = ids.dictionary_decode()
    if pa.types.is_integer(ids.type) and ids.type != pa.uint64():
        return ids.cast(pa.int64())
    return ids.cast(pa.large_string()) if pa.types.is_string(ids.type) else ids
