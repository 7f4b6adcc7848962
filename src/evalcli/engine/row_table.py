"""A block → an Arrow batch with truth, prediction, confidence and loss of each row."""

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


@dataclass(frozen=True, eq=False)
class RowTable:
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
    """Ids of every shard as one type: whole numbers in 64 bits, text as large strings."""
    if pa.types.is_dictionary(ids.type):
        ids = ids.dictionary_decode()
    if pa.types.is_integer(ids.type) and ids.type != pa.uint64():
        return ids.cast(pa.int64())
    return ids.cast(pa.large_string()) if pa.types.is_string(ids.type) else ids


def _named(codes: Array, names: Sequence[str]) -> pa.Array:
    return pa.DictionaryArray.from_arrays(from_numbers(codes.astype(np.int32)), from_texts(names))


def _of_classes(block: ClassBlock, names: Sequence[str]) -> dict[str, pa.Array]:
    has_probabilities, has_scores = block.has_probabilities, block.scores is not None
    none = pa.nulls(block.n, pa.float64())
    return {
        "truth": _named(block.truth, names),
        "predicted": _named(block.predicted, names),
        "confidence": from_numbers(block.confidence.astype(np.float64)) if has_probabilities else none,
        "loss": from_numbers(-block.log_true_probability[0] + 0.0) if has_probabilities else none,
        "rank": from_numbers(block.truth_rank.astype(np.int32) + 1)
        if has_scores
        else pa.nulls(block.n, pa.int32()),
        "correct": from_numbers(block.predicted == block.truth),
    }


def _of_label_sets(
    block: LabelSetBlock, names: Sequence[str], has_probabilities: bool
) -> dict[str, pa.Array]:
    none = pa.nulls(block.n, pa.float64())
    correct = block.truth == block.predicted
    if block.known is not None:
        correct |= ~block.known
    return {
        "truth": _sets(block.truth, names),
        "predicted": _sets(block.predicted, names),
        "confidence": from_numbers(block.confidence) if has_probabilities else none,
        "loss": from_numbers(-block.log_true_probability[0] + 0.0) if has_probabilities else none,
        "rank": from_numbers(block.coverage_depth.astype(np.int32))
        if block.known is None
        else pa.nulls(block.n, pa.int32()),
        "correct": from_numbers(correct.all(axis=0)),
    }


def _sets(matrix: Array, names: Sequence[str]) -> pa.Array:
    """The labels of each row, as a list."""
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
