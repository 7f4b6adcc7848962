"""Arrow batches into blocks, cut alike whatever the file's own batches; rows without a value set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from evalcli.block import Array, Block, ScoreKind
from evalcli.classes import Classes
from evalcli.columns import is_list, lengths, matrix, numbers, value_type
from evalcli.errors import InputError, printable
from evalcli.labels import MISSING, read_labels
from evalcli.reading import Reading

BLOCK_BYTES = 2 << 20
"""Scores of one block: they stay in the shared cache while every view of them is computed."""


def block_rows(width: int, itemsize: int = 4) -> int:
    """Rows of a block, a power of two that depends on the number of score columns alone."""
    rows = BLOCK_BYTES // (max(width, 1) * itemsize)
    return 1 << min(max(rows, 8192), 1 << 16).bit_length() - 1


@dataclass(frozen=True)
class Piece:
    """Consecutive rows as they came: ``start`` counts from 0."""

    start: int
    rows: int
    batches: tuple[pa.RecordBatch, ...]


def pieces(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[Piece]:
    """Cut a stream of batches anew into pieces of ``rows`` rows, without copying."""
    held: list[pa.RecordBatch] = []
    have = start = 0
    for batch in batches:
        rest = batch
        while have + rest.num_rows >= rows:
            head = rest.slice(0, rows - have)
            yield Piece(start, rows, (*held, head))
            start, rest, held, have = start + rows, rest.slice(rows - have), [], 0
        if rest.num_rows:
            held.append(rest)
            have += rest.num_rows
    if have:
        yield Piece(start, have, tuple(held))


def scores_of(piece: Piece, columns: Sequence[str], width: int, path: str) -> Array:
    """Scores of a piece, class-major: (width, rows), float32 if the file holds no wider type."""
    kinds = {value_type(batch.schema.field(name).type) for batch in piece.batches for name in columns}
    dtype = np.float32 if kinds <= {pa.float16(), pa.float32()} else np.float64
    out = np.empty((width, piece.rows), dtype)
    at = 0
    for batch in piece.batches:
        upto = at + batch.num_rows
        found = [batch.column(batch.schema.get_field_index(name)) for name in columns]
        if len(columns) == 1 and is_list(found[0].type):
            where = f"{printable(path)}, column {printable(columns[0])}"
            out[:, at:upto] = _matrix(found[0], width, where, piece.start + at).T
        else:
            for row, column in zip(out, found, strict=True):
                row[at:upto] = numbers(column)
        at = upto
    return out


def list_width(column: pa.Array) -> int:
    """Scores in the first list of a list column."""
    sizes = lengths(column)
    return int(sizes[sizes >= 0][0]) if (sizes >= 0).any() else 0


def _matrix(column: pa.Array, width: int, where: str, start: int) -> Array:
    """Rows of a list column, (rows, width); a null list is a row of NaN."""
    sizes = lengths(column)
    odd = np.flatnonzero((sizes >= 0) & (sizes != width))
    if len(odd):
        raise InputError(
            "the lists of scores have different lengths",
            where=f"{where}, row {start + odd[0] + 1}",
            seen=f"{sizes[odd[0]]} values, {width} in the first row",
        )
    return matrix(column, width)


@dataclass(frozen=True)
class Tally:
    """Rows set aside by reason, with the first of each; values clipped; stored classes off the argmax."""

    dropped: dict[str, int] = field(default_factory=dict)
    first: dict[str, str] = field(default_factory=dict)
    rows: int = 0
    rounded: int = 0
    disagreements: int = 0

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
        )


@dataclass(frozen=True, eq=False)
class Assembler:
    """Makes blocks of pieces. All that was decided before the pass, and nothing that changes during it."""

    path: str
    columns: tuple[str, ...]
    width: int
    predicted: str | None
    truth: Array
    classes: Classes
    reading: Reading
    threshold: float | None
    eps: float

    def __call__(self, piece: Piece) -> tuple[Block, Tally]:
        """Type, check and align the rows of one piece."""
        truth = self.truth[piece.start : piece.start + piece.rows].astype(np.intp)
        keep = truth != MISSING
        dropped, first = self._noted("missing_label", ~keep, piece, "no label")
        scores = stored = None
        if self.predicted is not None:
            stored = self._stored(piece)
            more = self._noted("missing_prediction", keep & (stored == MISSING), piece, "no predicted class")
            dropped, first, keep = dropped | more[0], first | more[1], keep & (stored != MISSING)
        if self.columns:
            scores = scores_of(piece, self.columns, self.width, self.path)
            bad = self._not_finite(scores)
            if bad is not None:
                lost = keep & bad
                seen = " ".join(f"{v:.6g}" for v in scores[:, int(np.argmax(lost))][:6])
                more = self._noted("missing_scores", lost, piece, seen)
                dropped, first, keep = dropped | more[0], first | more[1], keep & ~bad
        if not keep.all():
            truth = truth[keep]
            stored = stored[keep] if stored is not None else None
            scores = np.ascontiguousarray(scores[:, keep]) if scores is not None else None
        rounded = 0
        if scores is not None:
            rounded = self.reading.check(scores, piece.start, printable(self.path))
            scores = self._settled(scores)
        block = Block(
            truth,
            scores,
            stored,
            len(self.classes.names),
            self.reading.kind,
            self.classes.positive,
            self.threshold,
            self.eps,
            rounded > 0,
        )
        return block, Tally(dropped, first, piece.rows, rounded, block.disagreements)

    def _settled(self, scores: Array) -> Array:
        if self.reading.kind is ScoreKind.PROBABILITIES:
            np.maximum(scores, 0.0, out=scores)
            scores += 0.0  # -0.0 becomes 0.0, whose bits order
        order = self.classes.columns
        if order is not None and order != tuple(range(len(order))):
            scores = scores[list(order)]
        return scores

    def _not_finite(self, scores: Array) -> Array | None:
        if not scores.size or (np.isfinite(scores.max()) and np.isfinite(scores.min())):
            return None
        finite = np.isfinite(scores)
        if self.reading.kind is ScoreKind.LOG_PROBABILITIES:
            finite |= np.isneginf(scores)
        bad = np.asarray(~finite.all(axis=0))
        return bad if bad.any() else None

    def _noted(
        self, reason: str, rows: Array, piece: Piece, seen: str
    ) -> tuple[dict[str, int], dict[str, str]]:
        count = int(np.count_nonzero(rows))
        if not count:
            return {}, {}
        return {reason: count}, {reason: f"row {piece.start + int(np.argmax(rows)) + 1}: {seen}"}

    def _stored(self, piece: Piece) -> Array:
        parts = []
        at = piece.start
        for batch in piece.batches:
            column = batch.column(batch.schema.get_field_index(self.predicted))
            parts.append(self._class_codes(column, at))
            at += batch.num_rows
        return np.concatenate(parts)

    def _class_codes(self, column: pa.Array, start: int) -> Array:
        where = f"{printable(self.path)}, column {printable(self.predicted or '')}"
        return read_labels([column], where).as_classes(self.classes.names, self.classes.by_index, start)
