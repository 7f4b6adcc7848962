"""The stream of predictions, in pieces of the required columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from msgspec import Struct

from evalcli.blocks import ScoreStore
from evalcli.errors import InputError
from evalcli.inputs.open import Inputs
from evalcli.inputs.pieces import Piece, block_rows, numbered, pieces, score_type, with_scores
from evalcli.loaders.arrow_columns import value_type
from evalcli.loaders.source import ByColumns
from evalcli.loaders.threads import threads

EPS = {"halffloat": 2.0**-10, "float": 2.0**-23, "double": 2.0**-52}
"""Resolution of Arrow's float types."""
MANY = 64
"""Number of columns from which they are read column by column, if the file allows."""
SLICED = 4
"""Factor of the block size with slices, so that a slice has more rows per block."""


class Stream(Struct, frozen=True):
    """The predictions in pieces; ``first`` is examined before the pass and is also in ``pieces``.

    ``columns``: of scores. ``width``: scores per row. ``eps``: resolution of their type. ``store``: where
    the scores of all rows are, if they are read column by column.
    """

    first: Piece
    pieces: Iterator[Piece]
    columns: tuple[str, ...]
    width: int
    eps: float
    store: ScoreStore | None = None


def open_stream(
    inputs: Inputs,
    columns: Sequence[str],
    predicted: str | None,
    width: int,
    jobs: int,
    room: int,
    ids: bool = False,
) -> Stream:
    """Begin to read the required columns of the predictions.

    ``room``: bytes that the scores of all rows may take. ``ids``: whether ids are always required.
    """
    roles, source = inputs.roles, inputs.predictions
    weight = [roles.weight] if roles.weight and not roles.weight_with_labels else []
    stored = [predicted] if predicted else []
    named = [roles.id] if roles.id and (ids or inputs.index is not None) else []
    wanted = list(dict.fromkeys([*columns, *stored, *weight, *named]))
    rows = block_rows(width) * (SLICED if inputs.grouping.slices else 1)
    apart = len(columns) >= MANY and isinstance(source, ByColumns) and source.can_fill(columns)
    store = store_of(inputs, columns, width, room) if apart else None
    if store is not None and isinstance(source, ByColumns):
        wanted = [name for name in wanted if name not in columns]
        total = store.scores.shape[1]
        plain = (
            pieces(source.batches(wanted, text=stored, ids=named), rows) if wanted else numbered(total, rows)
        )
        parts = with_scores(plain, source, columns, store, threads(jobs))
    else:
        parts = pieces(source.batches(wanted, text=stored, ids=named), rows)
    cut = _with_labels(parts, inputs)
    first = next(cut, None)
    if first is None:
        raise InputError(
            "the file has no rows", where=inputs.place, code="no-rows", hint="was it written completely?"
        )
    kinds = [str(value_type(source.types[name])) for name in columns]
    eps = max((EPS.get(kind, EPS["double"]) for kind in kinds), default=EPS["double"])
    return Stream(first, chain([first], cut), tuple(columns), width, eps, store)


def store_of(inputs: Inputs, columns: Sequence[str], width: int, room: int) -> ScoreStore | None:
    """Room for the scores of all rows, if their number is known and it is not more than ``room`` bytes."""
    kind, rows = score_type(inputs.predictions.types[name] for name in columns), inputs.rows_known
    if not rows or rows * width * kind.itemsize > room:
        return None
    return ScoreStore.of(width, rows, kind)


def _with_labels(parts: Iterator[Piece], inputs: Inputs) -> Iterator[Piece]:
    """Yield the pieces, and refuse rows without labels."""
    for part in parts:
        end = part.start + part.rows
        if inputs.index is None and end > len(inputs.truth):
            inputs.require_rows(end + sum(rest.rows for rest in parts))
        yield part
