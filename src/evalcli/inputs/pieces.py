"""Pieces of fixed size from a stream of Arrow batches, and their scores as one array."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import numpy as np
import pyarrow as pa
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks import ScoreStore
from evalcli.errors import InputError
from evalcli.findings import Place, use
from evalcli.loaders.arrow_columns import Array, column_of, is_list, lengths, matrix, numbers, value_type
from evalcli.loaders.source import ByColumns
from evalcli.loaders.threads import Threads

BLOCK_BYTES = 4 << 20
"""Size of the scores of one block; with smaller ones, threads would wait for the interpreter too often."""
FEWEST_ROWS, MOST_ROWS = 1 << 12, 1 << 17
"""Minimum and maximum number of rows of a block."""


Placing = Callable[[str | None, int | None], Place]


def block_rows(width: int, itemsize: int = 4) -> int:
    """Rows per block, a power of two that depends only on the number and size of the scores per row."""
    rows = BLOCK_BYTES // (max(width, 1) * itemsize)
    return 1 << min(max(rows, FEWEST_ROWS), MOST_ROWS).bit_length() - 1


class Piece(Struct, frozen=True):
    """Consecutive rows in the file's order; ``start`` counts from 0.

    ``scores``: if they are already read, class-major, (m, rows).
    """

    start: int
    rows: int
    batches: tuple[pa.RecordBatch, ...]
    scores: Array | None = None


def pieces(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[Piece]:
    """Split a stream of batches into pieces of ``rows`` rows, without copying."""
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


def with_scores(
    rows_of: Iterable[Piece], source: ByColumns, columns: Sequence[str], store: ScoreStore, threads: Threads
) -> Iterator[Piece]:
    """Pieces whose scores are read column by column into a store."""
    present, following = 0, source.fill(columns, store.scores, threads)
    for piece in rows_of:
        while present < piece.start + piece.rows:
            present = next(following)
        yield replace(piece, scores=store.part(piece.start, piece.rows))


def numbered(total: int, rows: int) -> Iterator[Piece]:
    """Pieces of ``rows`` rows of which nothing is read yet."""
    for start in range(0, total, rows):
        yield Piece(start, min(rows, total - start), ())


def score_type(kinds: Iterable[pa.DataType]) -> np.dtype[np.floating]:
    """float32 if no column has a wider type."""
    narrow = {value_type(kind) for kind in kinds} <= {pa.float16(), pa.float32()}
    return np.dtype(np.float32 if narrow else np.float64)


def scores_of(
    piece: Piece, columns: Sequence[str], width: int, place_of: Placing, store: ScoreStore | None = None
) -> Array:
    """Scores of a piece, class-major: (width, rows), float32 if the piece has no wider type.

    ``place_of``: place of a column's row, for messages. ``store``: where they are written, if types agree.
    """
    if piece.scores is not None:
        return piece.scores
    dtype = score_type(batch.schema.field(name).type for batch in piece.batches for name in columns)
    out = None if store is None else store.part(piece.start, piece.rows)
    if out is None or out.dtype != dtype or out.shape != (width, piece.rows):
        out = np.empty((width, piece.rows), dtype)
    at = 0
    for batch in piece.batches:
        upto = at + batch.num_rows
        arrays = [column_of(batch, name) for name in columns]
        if len(columns) == 1 and is_list(arrays[0].type):
            out[:, at:upto] = _matrix(arrays[0], width, partial(place_of, columns[0]), piece.start + at).T
        else:
            for row, name, column in zip(out, columns, arrays, strict=True):
                if is_list(column.type):
                    raise InputError(
                        "one of several score columns contains lists",
                        where=place_of(name, piece.start + at),
                        found=f"{len(columns):,} columns",
                        hint=use("for the column of lists alone", score_cols=name),
                    )
                row[at:upto] = numbers(column)
        at = upto
    return out


def first_list_length(column: pa.Array) -> int:
    """Length of the first list of a list column."""
    sizes = lengths(column)
    return int(sizes[sizes >= 0][0]) if (sizes >= 0).any() else 0


def _matrix(column: pa.Array, width: int, place_of: Callable[[int], Place], start: int) -> Array:
    """Rows of a list column, (rows, width); a null list is a row of NaN."""
    sizes = lengths(column)
    odd = np.flatnonzero((sizes >= 0) & (sizes != width))
    if len(odd):
        raise InputError(
            "the lists of scores have different lengths",
            where=place_of(start + int(odd[0])),
            found=f"{sizes[odd[0]]} values, {width} in the first row",
            code="ragged-lists",
            hint="write one score per class in every row",
        )
    return matrix(column, width)
