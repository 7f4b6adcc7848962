"""The files of a run, opened: roles assigned, labels in memory, predictions ready to stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np

from evalcli.assembly import Piece, block_rows, list_width, pieces, scores_of
from evalcli.block import ScoreKind
from evalcli.columns import is_list, value_type
from evalcli.errors import InputError, printable
from evalcli.labels import Labels, read_labels, read_one_hot
from evalcli.loaders import Source, open_source
from evalcli.options import Options
from evalcli.reading import Reading, decide
from evalcli.roles import IDS, LABEL_PREFIXES, Roles, assign

EPS = {"halffloat": 2.0**-10, "float": 2.0**-23, "double": 2.0**-52}
"""Resolution of Arrow's float types."""


@dataclass(frozen=True)
class Inputs:
    """``labels``: None when in the predictions. ``predicted``: only where it alone names classes."""

    predictions: Source
    labels: Source | None
    roles: Roles
    truth: Labels
    predicted: Labels | None

    @property
    def path(self) -> str:
        """Path of the predictions, for a message."""
        return printable(self.predictions.path)

    @property
    def shared_ids(self) -> tuple[str, ...]:
        """Columns of both files that look like the rows' names."""
        theirs = self.labels.columns if self.labels else ()
        return tuple(name for name in IDS if name in theirs and name in self.predictions.columns)

    def require_rows(self, rows: int | None) -> None:
        """Refuse predictions that do not have a row for each label; ``rows`` is None when not yet known."""
        if self.labels is None or rows is None or rows == len(self.truth):
            return
        raise InputError(
            "predictions and labels have different numbers of rows",
            where=f"{self.path} and {printable(self.labels.path)}",
            seen=f"{rows:,} predictions, {len(self.truth):,} labels",
            mend="rows are matched by order: give both files the same rows",
        )


def open_inputs(options: Options) -> Inputs:
    """Open the files, find the columns, read the labels whole."""
    predictions = open_source(options.predictions, format=options.input_format, delimiter=options.delimiter)
    labels = open_source(options.labels, delimiter=options.delimiter) if options.labels else None
    roles = assign(predictions, labels, options)
    inputs = Inputs(predictions, labels, roles, *_names(predictions, labels, roles))
    inputs.require_rows(predictions.rows)
    return inputs


def _names(predictions: Source, labels: Source | None, roles: Roles) -> tuple[Labels, Labels | None]:
    """Read the labels; and the predicted classes' names, where no score column names the classes."""
    source = labels or predictions
    alone = roles.predicted if not roles.scores else None
    together = [alone] if alone and labels is None else []
    columns = [*roles.truth, *together]
    table = source.table(columns, text=columns)
    where = printable(source.path)
    if not table.num_rows:
        raise InputError("the file has no rows", where=where)
    if roles.one_hot:
        truth = _one_hot(source, roles, where)
    else:
        truth = read_labels(table.column(roles.truth[0]).chunks, _place(source, roles.truth[0]))
    if not truth.names:
        raise InputError("every label is missing", where=truth.where)
    if alone is None:
        return truth, None
    if not together:
        table = predictions.table([alone], text=[alone])
    return truth, read_labels(table.column(alone).chunks, _place(predictions, alone))


def _place(source: Source, column: str) -> str:
    where = printable(source.path)
    return where if source.columns == (column,) else f"{where}, column {printable(column)}"


def _one_hot(source: Source, roles: Roles, where: str) -> Labels:
    batches = list(source.batches(roles.truth))
    rows = sum(batch.num_rows for batch in batches)
    width = _width(batches[:1], roles.truth)
    matrix = scores_of(Piece(0, rows, tuple(batches)), roles.truth, width, source.path).T
    names = roles.truth if len(roles.truth) > 1 else tuple(map(str, range(width)))
    prefix = next((p for p in LABEL_PREFIXES if all(n.startswith(p) and n != p for n in names)), "")
    return read_one_hot(matrix, [name.removeprefix(prefix) for name in names], where)


def _width(batches: Sequence[Any], columns: Sequence[str]) -> int:
    if len(columns) != 1 or not batches:
        return len(columns)
    column = batches[0].column(batches[0].schema.get_field_index(columns[0]))
    return list_width(column) if is_list(column.type) else 1


@dataclass(frozen=True)
class Stream:
    """The predictions cut to pieces; ``first`` is looked at before the pass and stands in ``pieces`` too.

    ``width``: score columns, 0 when there are none. ``eps``: resolution of their type.
    """

    first: Piece
    pieces: Iterator[Piece]
    width: int
    eps: float


def open_stream(inputs: Inputs) -> Stream:
    """Begin to read the predictions, only the columns that have a role."""
    roles, source = inputs.roles, inputs.predictions
    stored = [roles.predicted] if roles.predicted else []
    batches = source.batches([*roles.scores, *stored], text=stored)
    head = next((batch for batch in batches if batch.num_rows), None)
    if head is None:
        raise InputError("the file has no rows", where=inputs.path)
    width = _width([head], roles.scores) if roles.scores else 0
    if roles.listed and not width:
        place = f"{inputs.path}, column {printable(roles.scores[0])}"
        raise InputError("the lists of scores are empty", where=place)
    cut = _with_labels(pieces(chain([head], batches), block_rows(width)), inputs)
    first = next(cut)
    kinds = [str(value_type(source.types[name])) for name in roles.scores]
    eps = max((EPS.get(kind, EPS["double"]) for kind in kinds), default=EPS["double"])
    return Stream(first, chain([first], cut), width, eps)


def _with_labels(parts: Iterator[Piece], inputs: Inputs) -> Iterator[Piece]:
    """The pieces, as long as there are labels for all their rows."""
    for part in parts:
        end = part.start + part.rows
        if end > len(inputs.truth):
            inputs.require_rows(end + sum(rest.rows for rest in parts))
        yield part


def read_kind(inputs: Inputs, stream: Stream, asked: str) -> Reading:
    """Decide how the scores are read, by the whole first block."""
    columns = inputs.roles.scores
    if not columns:
        return Reading(ScoreKind.RAW, "no scores")
    scores = scores_of(stream.first, columns, stream.width, inputs.predictions.path)
    finite = np.isfinite(scores).all(axis=0)
    if not finite.all():
        scores = scores[:, finite]
    return decide(asked, scores, inputs.roles.prefix, inputs.path, stream.eps)
