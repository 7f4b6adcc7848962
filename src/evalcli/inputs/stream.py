"""The stream of predictions, in pieces of the required columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain

from msgspec import Struct

from evalcli.errors import InputError
from evalcli.inputs.open import Inputs
from evalcli.inputs.pieces import Piece, block_rows, pieces
from evalcli.loaders.arrow_columns import value_type

EPS = {"halffloat": 2.0**-10, "float": 2.0**-23, "double": 2.0**-52}
"""Resolution of Arrow's float types."""
SLICED = 4
"""Factor of the block size with slices, so that a slice has more rows per block."""


class Stream(Struct, frozen=True):
    """The predictions in pieces; ``first`` is examined before the pass and is also in ``pieces``.

    ``columns``: of scores. ``width``: scores per row. ``eps``: resolution of their type.
    """

    first: Piece
    pieces: Iterator[Piece]
    columns: tuple[str, ...]
    width: int
    eps: float


def open_stream(
    inputs: Inputs, columns: Sequence[str], predicted: str | None, width: int, ids: bool = False
) -> Stream:
    """Begin to read the required columns of the predictions. ``ids``: whether ids are always required."""
    roles, source = inputs.roles, inputs.predictions
    weight = [roles.weight] if roles.weight and not roles.weight_with_labels else []
    stored = [predicted] if predicted else []
    named = [roles.id] if roles.id and (ids or inputs.index is not None) else []
    wanted = list(dict.fromkeys([*columns, *stored, *weight, *named]))
    batches = source.batches(wanted, text=stored, ids=named)
    head = next((batch for batch in batches if batch.num_rows), None)
    if head is None:
        raise InputError(
            "the file has no rows", where=inputs.place, code="no-rows", hint="was it written completely?"
        )
    rows = block_rows(width) * (SLICED if inputs.grouping.slices else 1)
    cut = _with_labels(pieces(chain([head], batches), rows), inputs)
    first = next(cut)
    kinds = [str(value_type(source.types[name])) for name in columns]
    eps = max((EPS.get(kind, EPS["double"]) for kind in kinds), default=EPS["double"])
    return Stream(first=first, pieces=chain([first], cut), columns=tuple(columns), width=width, eps=eps)


def _with_labels(parts: Iterator[Piece], inputs: Inputs) -> Iterator[Piece]:
    """Yield the pieces, and refuse rows without labels."""
    for part in parts:
        end = part.start + part.rows
        if inputs.index is None and end > len(inputs.truth):
            inputs.require_rows(end + sum(rest.rows for rest in parts))
        yield part
