"""Pieces into blocks: typed, checked and aligned; rows without a value set aside and counted."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from evalcli.blocks import Array, Block, ClassBlock, ScoreKind
from evalcli.columns import numbers
from evalcli.errors import InputError, printable
from evalcli.labels import MISSING, read_labels
from evalcli.pieces import Piece, scores_of
from evalcli.reading import Reading
from evalcli.targets import ClassTarget, Rows, Target

LIGHTEST, HEAVIEST = 1e-100, 1e100
"""Weights whose products with each other neither vanish nor overflow."""


@dataclass(frozen=True)
class Tally:
    """Rows set aside by reason, with the first of each; values clipped; stored classes off the argmax.

    ``weight`` and ``squares``: sums of the weights and of their squares.
    """

    dropped: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    rounded: int = 0
    disagreements: int = 0
    weight: float = 0.0
    squares: float = 0.0

    def __add__(self, other: Tally) -> Tally:
        dropped = dict(self.dropped)
        for reason, count in other.dropped.items():
            dropped[reason] = dropped.get(reason, 0) + count
        return Tally(
            dropped,
            {**other.first, **self.first},
            self.rows + other.rows,
            self.rounded + other.rounded,
            self.disagreements + other.disagreements,
            self.weight + other.weight,
            self.squares + other.squares,
        )

    @property
    def scored(self) -> int:
        """Rows that were not set aside."""
        return self.rows - sum(self.dropped.values())

    @property
    def effective(self) -> float:
        """Kish's effective number of rows: how many equal ones would tell as much."""
        return self.weight / (self.squares / self.weight) if self.squares else 0.0


@dataclass(eq=False)
class _Kept:
    """Which rows of a piece are kept, and why the others are not."""

    piece: Piece
    keep: Array
    dropped: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)

    def number(self, place: int) -> int:
        """Row of the file, counted from 1, of one that is kept."""
        return self.piece.start + int(np.flatnonzero(self.keep)[place]) + 1

    def drop(self, reason: str, rows: Array, seen: str) -> None:
        """Set rows aside that were still kept."""
        lost = self.keep & rows
        count = int(np.count_nonzero(lost))
        if count:
            self.dropped[reason] = count
            self.first[reason] = f"row {self.piece.start + int(np.argmax(lost)) + 1}: {seen}"
            self.keep = self.keep & ~rows


@dataclass(frozen=True, eq=False)
class Assembler:
    """Makes blocks of pieces. All that was decided before the pass, and nothing that changes during it.

    ``weight``: its column in the predictions, or the weights themselves; ``weight_where``: for a message.
    """

    path: str
    target: Target
    weight: str | Array | None
    weight_where: str
    reading: Reading
    eps: float

    def __call__(self, piece: Piece) -> tuple[Block, Tally]:
        """Type, check and align the rows of one piece."""
        truth, found = self.target.part(piece.start, piece.rows)
        weight = self._weights(piece)
        # rows of no weight are not looked at, whatever they lack
        rows = _Kept(piece, np.ones(piece.rows, np.bool_) if weight is None else weight != 0)
        rows.drop("missing_label", ~found, "no label")
        stored = self._stored(piece) if self.target.predicted is not None else None
        if stored is not None:
            rows.drop("missing_prediction", stored == MISSING, "no predicted class")
        columns, width = self.target.columns, self.target.width
        scores = scores_of(piece, columns, width, self.path) if columns else None
        if scores is not None:
            bad = self._not_finite(scores)
            if bad is not None:
                seen = " ".join(f"{v:.6g}" for v in scores[:, int(np.argmax(rows.keep & bad))][:6])
                rows.drop("missing_scores", bad, seen)
        if weight is not None:
            rows.drop("missing_weight", np.isnan(weight), "no weight")
        if not rows.keep.all():
            keep = rows.keep
            truth = np.ascontiguousarray(truth[..., keep])
            stored = stored[keep] if stored is not None else None
            weight = weight[keep] if weight is not None else None
            scores = np.ascontiguousarray(scores[:, keep]) if scores is not None else None
        rounded = 0
        if scores is not None:
            rounded = self.reading.check(scores, rows.number, printable(self.path))
            if self.reading.kind is ScoreKind.PROBABILITIES:
                np.maximum(scores, 0.0, out=scores)
                scores += 0.0  # -0.0 becomes 0.0, whose bits order
            elif self.reading.kind is ScoreKind.LOG_PROBABILITIES:
                np.minimum(scores, 0.0, out=scores)
        block = self.target.block(
            Rows(truth, scores, stored, weight, self.reading.kind, self.eps, rounded > 0)
        )
        off = block.disagreements if isinstance(block, ClassBlock) else 0
        total, squares = (weight.sum(), weight @ weight) if weight is not None else (block.n, block.n)
        return block, Tally(rows.dropped, rows.first, piece.rows, rounded, off, float(total), float(squares))

    def _weights(self, piece: Piece) -> Array | None:
        if self.weight is None:
            return None
        if isinstance(self.weight, str):
            place = piece.batches[0].schema.get_field_index(self.weight)
            found = np.concatenate([numbers(batch.column(place)) for batch in piece.batches])
            found = found.astype(np.float64, copy=False)
        else:
            found = self.weight[piece.start : piece.start + piece.rows]
        bad = ((found != 0) & (found < LIGHTEST)) | (found > HEAVIEST)
        if bad.any():
            row = int(np.argmax(bad))
            wrong = found[row] < 0 or np.isinf(found[row])
            raise InputError(
                f"a weight is {'negative or infinite' if wrong else 'too small or too large to be squared'}",
                where=f"{self.weight_where}, row {piece.start + row + 1}",
                seen=f"{found[row]:g}",
                mend="leave such rows out of the file"
                if wrong
                else "only ratios of weights matter: multiply all of them by one number",
            )
        return found

    def _not_finite(self, scores: Array) -> Array | None:
        if not scores.size or (np.isfinite(scores.max()) and np.isfinite(scores.min())):
            return None
        finite = np.isfinite(scores)
        if self.reading.kind is ScoreKind.LOG_PROBABILITIES:
            finite |= np.isneginf(scores)
        bad = np.asarray(~finite.all(axis=0))
        return bad if bad.any() else None

    def _stored(self, piece: Piece) -> Array:
        parts = []
        at = piece.start
        for batch in piece.batches:
            column = batch.column(batch.schema.get_field_index(self.target.predicted))
            parts.append(self._class_codes(column, at))
            at += batch.num_rows
        return np.concatenate(parts)

    def _class_codes(self, column: pa.Array, start: int) -> Array:
        if not isinstance(self.target, ClassTarget):
            raise TypeError("only classes are stored")
        where = f"{printable(self.path)}, column {printable(self.target.predicted or '')}"
        found = read_labels([column], where)
        return self.target.codes_of(found, start)
