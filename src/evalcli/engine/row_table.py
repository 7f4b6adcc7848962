"""A block → what is known of each of its rows: truth, prediction, how sure, how wrong; as an Arrow batch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from evalcli.blocks import Array, Block, ClassBlock, LabelSetBlock, RealBlock
from evalcli.inputs.pieces import Piece
from evalcli.inputs.targets.target import Target
from evalcli.loaders.arrow_columns import column_of, from_numbers, from_texts

MEANINGS = {
    "row": "row of the predictions, from 1",
    "id": "its id, where there is a column of ids",
    "truth": "true class, labels or value",
    "predicted": "predicted class, labels or value",
    "error": "of real values, which have neither confidence, rank nor correct: predicted less true",
    "confidence": "probability given to the predicted class; of several labels, to the least sure one",
    "loss": "-ln of the probability given to the truth (of several labels their mean); "
    "absolute error of a real value, or the mean pinball loss of quantiles",
    "rank": "rank of the true class by score, from 1; of several labels, how deep one has to go for all",
    "correct": "whether prediction and truth are the same",
    "weight": "weight of the row, where rows have one",
}
"""The columns of the table of rows."""


@dataclass(frozen=True, eq=False)
class RowTable:
    """Makes batches of blocks. ``id``: a column of the predictions."""

    target: Target
    id: str | None
    weighted: bool

    def batch(self, block: Block, piece: Piece, kept: Array) -> pa.RecordBatch:
        """What is known of the rows of a block, which are those of the piece that were kept."""
        positions = np.flatnonzero(kept)
        columns = {"row": from_numbers(positions + piece.start + 1)}
        if self.id is not None:
            columns["id"] = _ids(piece, self.id, positions)
        columns |= self._of(block)
        if self.weighted and block.weight is not None:
            columns["weight"] = from_numbers(block.weight)
        return pa.RecordBatch.from_arrays(list(columns.values()), list(columns))

    def _of(self, block: Block) -> dict[str, pa.Array]:
        if isinstance(block, RealBlock):
            return _of_reals(block)
        if isinstance(block, LabelSetBlock):
            return _of_label_sets(block, self.target.names, "probabilities" in self.target.available)
        return _of_classes(block, self.target.names)


def _ids(piece: Piece, name: str, positions: Array) -> pa.Array:
    parts = [column_of(batch, name) for batch in piece.batches]
    whole = pa.concat_arrays(list(map(_one_type, parts)))
    return whole if len(positions) == len(whole) else whole.take(from_numbers(positions))


def _one_type(ids: pa.Array) -> pa.Array:
    """Ids of every shard in one type: whole numbers in 64 bits, texts as large strings."""
    if pa.types.is_dictionary(ids.type):
        ids = ids.dictionary_decode()
    if pa.types.is_integer(ids.type) and ids.type != pa.uint64():
        return ids.cast(pa.int64())
    return ids.cast(pa.large_string()) if pa.types.is_string(ids.type) else ids


def _named(codes: Array, names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(from_numbers(codes.astype(np.int32)), from_texts(names))


def _of_classes(block: ClassBlock, names: Sequence[str]) -> dict[str, pa.Array]:
    sure, scored = block.has_probabilities, block.scores is not None
    none = pa.nulls(block.n, pa.float64())
    return {
        "truth": _named(block.truth, names),
        "predicted": _named(block.predicted, names),
        "confidence": from_numbers(block.confidence.astype(np.float64)) if sure else none,
        "loss": from_numbers(-block.log_true_probability[0] + 0.0) if sure else none,
        "rank": from_numbers(block.truth_rank.astype(np.int32) + 1)
        if scored
        else pa.nulls(block.n, pa.int32()),
        "correct": from_numbers(block.predicted == block.truth),
    }


def _of_label_sets(block: LabelSetBlock, names: Sequence[str], sure: bool) -> dict[str, pa.Array]:
    none = pa.nulls(block.n, pa.float64())
    right = block.truth == block.predicted
    if block.known is not None:
        right |= ~block.known
    return {
        "truth": _sets(block.truth, names),
        "predicted": _sets(block.predicted, names),
        "confidence": from_numbers(block.confidence) if sure else none,
        "loss": from_numbers(-block.log_true_probability[0] + 0.0) if sure else none,
        "rank": from_numbers(block.coverage_depth.astype(np.int32))
        if block.known is None
        else pa.nulls(block.n, pa.int32()),
        "correct": from_numbers(right.all(axis=0)),
    }


def _sets(matrix: Array, names: Sequence[str]) -> pa.Array:
    """Lists of the labels that rows have."""
    rows, labels = np.nonzero(matrix.T)
    ends = np.zeros(matrix.shape[1] + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=matrix.shape[1]), out=ends[1:])
    return pa.ListArray.from_arrays(from_numbers(ends), _named(labels, names).dictionary_decode())


def _of_reals(block: RealBlock) -> dict[str, pa.Array]:
    if block.predicted is None:
        none = pa.nulls(block.n, pa.float64())
        columns = {"predicted": none, "error": none, "loss": from_numbers(block.pinball)}
    else:
        columns = {
            "predicted": from_numbers(block.predicted_value),
            "error": from_numbers(block.error),
            "loss": from_numbers(block.absolute_error),
        }
    return {"truth": from_numbers(block.truth), **columns}
