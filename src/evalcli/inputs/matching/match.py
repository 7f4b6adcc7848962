"""Matching of predictions to rows of the labels by ids, and what is unmatched."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array
from evalcli.errors import EXAMPLES, InputError
from evalcli.findings import Blank, Place, use
from evalcli.inputs.matching.forms import Fold
from evalcli.inputs.matching.index import NONE, IndexBuilder, RowIndex
from evalcli.inputs.matching.keys import Keys, as_texts, keys_of
from evalcli.inputs.pieces import Piece
from evalcli.loaders.arrow_columns import column_of
from evalcli.loaders.remembered import Remembered
from evalcli.loaders.source import Source
from evalcli.text import join_names


class Matching(Struct, frozen=True, eq=False):
    """Which label belongs to each prediction.

    ``column``: of ids in the predictions. ``matched``: which labels have a prediction so far, (n,), bool.
    ``fold``: how ids of the predictions are folded, if they are.

    Threads only set entries of ``matched``, so that their order does not matter.
    """

    index: RowIndex
    predictions: Source
    column: str
    matched: Array
    fold: Fold | None = None

    @classmethod
    def by(cls, index: RowIndex, predictions: Source, column: str, fold: Fold | None = None) -> Matching:
        """A matching without any prediction so far."""
        return cls(index, predictions, column, np.zeros(len(index), np.bool_), fold)

    def rows(self, piece: Piece) -> tuple[Array, tuple[str, ...]]:
        """Row of the labels for each row of a piece, -1 if there is none; and the first unmatched ids."""
        parts, unmatched_ids, at = [], [], piece.start
        for batch in piece.batches:
            keys = keys_of(column_of(batch, self.column), self.predictions.place(self.column), at)
            rows = self._find(keys)
            unmatched = np.flatnonzero(rows == NONE)[:EXAMPLES]
            unmatched_ids += [_name(keys, int(row)) for row in unmatched]
            self.matched[rows[rows != NONE] if len(unmatched) else rows] = True
            parts.append(rows)
            at += batch.num_rows
        return np.concatenate(parts), tuple(unmatched_ids[:EXAMPLES])

    @property
    def unmatched_labels(self) -> int:
        """Number of labels without a prediction."""
        return int(len(self.matched) - np.count_nonzero(self.matched))

    def unmatched_label_ids(self) -> list[str]:
        """Ids of the first labels without a prediction."""
        return [self.index.name(int(row)) for row in np.flatnonzero(~self.matched)[:EXAMPLES]]

    def require_single(self, labelled: int) -> None:
        """Refuse predictions with duplicate ids; ``labelled``: number of predictions with a label."""
        if labelled <= np.count_nonzero(self.matched):
            return
        parts, at = [], 0
        for batch in self.predictions.batches([self.column], ids=[self.column]):
            parts.append(
                self._find(keys_of(column_of(batch, self.column), self.predictions.place(self.column), at))
            )
            at += batch.num_rows
        found = np.concatenate(parts)
        order = np.argsort(found, kind="stable")
        again = (np.diff(found[order], prepend=NONE) == 0) & (found[order] != NONE)
        rows = np.sort(order[again])
        names = [self.index.name(int(row)) for row in found[rows[:EXAMPLES]]]
        if len(rows):
            raise _repeated(
                len(rows), rows[:EXAMPLES].tolist(), names, self.predictions.place(self.column), "predictions"
            )

    def _find(self, keys: Keys) -> Array:
        return self.index.find(keys if self.fold is None else self.fold(keys))


def index_of(source: Source, name: str) -> RowIndex:
    """The index of a column of ids, read separately."""
    if isinstance(source, Remembered):
        return source.once(("index", name), lambda: _index_of(source, name))
    return _index_of(source, name)


def _index_of(source: Source, name: str) -> RowIndex:
    builder = IndexBuilder(source.place(name))
    for batch in source.batches([name], ids=[name]):
        builder.add(column_of(batch, name))
    return builder.done()


def require_unique(index: RowIndex, place: Place, what: str) -> None:
    """Refuse duplicate ids."""
    count, rows = index.repeated()
    if count:
        raise _repeated(count, rows, list(map(index.name, rows)), place, what)


def _repeated(count: int, rows: Sequence[int], names: Sequence[str], place: Place, what: str) -> InputError:
    """The error for rows with duplicate ids; ``rows`` and ``names``: the first of them."""
    return InputError(
        f"{count:,} rows of the {what} repeat an id",
        where=place.at(row=rows[0] + 1),
        found=f"ids {join_names(dict.fromkeys(names), EXAMPLES)}, rows "
        f"{join_names((f'{row + 1:,}' for row in rows), EXAMPLES)}",
        hint="drop the duplicates" | use("if another column contains the ids", id_col=Blank("NAME")),
        code="duplicate-ids",
    )


def _name(keys: Keys, row: int) -> str:
    return as_texts(keys)[row] if not isinstance(keys, np.ndarray) else str(int(keys[row]))


__all__ = ["Matching", "index_of", "require_unique"]
