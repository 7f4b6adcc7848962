"""The files of a run, opened: roles assigned, labels in memory, predictions ready to stream."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from evalcli.blocks import Array, ScoreKind
from evalcli.columns import is_list, is_numeric, lengths, numbers, value_type
from evalcli.errors import AmbiguousInput, InputError, UsageError, listed, nearest, printable
from evalcli.labels import (
    Labels,
    LabelSets,
    Reals,
    amounts,
    read_indicators,
    read_label_lists,
    read_labels,
)
from evalcli.loaders import Source, open_source
from evalcli.options import Options
from evalcli.pieces import Piece, block_rows, list_width, pieces, scores_of
from evalcli.reading import Reading, decide, sum_to_one
from evalcli.roles import IDS, LABEL_PREFIXES, Roles, assign, level_of

EPS = {"halffloat": 2.0**-10, "float": 2.0**-23, "double": 2.0**-52}
"""Resolution of Arrow's float types."""


TASKS = ("auto", "binary", "multiclass", "multilabel", "regression")


@dataclass(frozen=True)
class Inputs:
    """The files and what was read of them whole.

    ``labels``: None when in the predictions. ``width``: scores of a row. ``predicted``: only where it alone
    names classes. ``weight``: where it stands with the labels. ``indicators``: label sets came as 0 and 1.
    ``sure``: whether the task was told, or is plain from the names.
    """

    predictions: Source
    labels: Source | None
    roles: Roles
    width: int
    truth: Labels | LabelSets | Reals
    predicted: Labels | None
    weight: Array | None
    indicators: bool
    sure: bool

    @property
    def path(self) -> str:
        """Path of the predictions, for a message."""
        return printable(self.predictions.path)

    @property
    def weight_where(self) -> str:
        """File and column of the weights, for a message."""
        source = self.labels if self.labels and self.roles.weight_with_labels else self.predictions
        return _place(source, self.roles.weight or "")

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
    if options.task not in TASKS:
        like = nearest(options.task, TASKS)
        raise UsageError(
            f"unknown task {options.task!r}",
            mend=f"did you mean {like}?" if like else f"one of {listed(TASKS)}",
        )
    predictions = open_source(options.predictions, format=options.input_format, delimiter=options.delimiter)
    labels = open_source(options.labels, delimiter=options.delimiter) if options.labels else None
    roles = assign(predictions, labels, options)
    width = _score_width(predictions, roles)
    quantiles = sum(level_of(name) is not None for name in predictions.columns) > 1
    task = "regression" if quantiles and options.task == "auto" else options.task
    truth, indicators = _truth(labels or predictions, roles, width, task)
    predicted = None
    if isinstance(truth, Labels):
        if not truth.names:
            raise InputError("every label is missing", where=truth.where)
        alone = roles.predicted if not roles.scores else None
        predicted = _column(predictions, alone) if alone else None
    weight = None
    if roles.weight and roles.weight_with_labels and labels:
        weight = _numbers(labels, roles.weight)
    told = options.task != "auto" or bool(options.label_cols)
    sure = told or (roles.layout == "lists" and not indicators)
    inputs = Inputs(predictions, labels, roles, width, truth, predicted, weight, indicators, sure)
    inputs.require_rows(predictions.rows)
    return inputs


def _score_width(source: Source, roles: Roles) -> int:
    """Scores of a row: columns, or the length of the first list."""
    if not roles.listed:
        return len(roles.scores)
    kind = source.types[roles.scores[0]]
    if pa.types.is_fixed_size_list(kind):
        width: int = kind.list_size
    else:
        head = next((batch for batch in source.batches(roles.scores) if batch.num_rows), None)
        width = _width([head] if head is not None else [], roles.scores)
    if not width:
        place = f"{printable(source.path)}, column {printable(roles.scores[0])}"
        raise InputError("the lists of scores are empty", where=place)
    return width


def _truth(source: Source, roles: Roles, width: int, task: str) -> tuple[Labels | LabelSets | Reals, bool]:
    """Read the truth in the form that the task wants; and whether it came as columns of 0 and 1."""
    where = printable(source.path)
    if roles.layout == "column" and task == "multilabel":
        raise InputError(
            "multilabel data needs a column of 0 and 1 for each label, or a list of labels a row",
            where=_place(source, roles.truth[0]),
            mend="name the columns with --label-cols",
        )
    if roles.layout == "column":
        return _of_column(source, roles.truth[0], task), False
    if task == "regression":
        raise InputError(
            "regression needs one column of true values", where=where, mend="name it with --label-col"
        )
    if roles.layout == "lists":
        column = source.table(roles.truth).column(roles.truth[0]).chunks
        place = _place(source, roles.truth[0])
        if not sum(map(len, column)):
            raise InputError("the file has no rows", where=where)
        array = pa.types.is_fixed_size_list(source.types[roles.truth[0]])
        if not array and not _are_indicators(column, width):
            if task in ("binary", "multiclass"):
                raise InputError(
                    f"a list of labels a row is multilabel, not {task}", where=place, mend="leave --task out"
                )
            return read_label_lists(column, place), False
    sets = _indicators(source, roles, where)
    exclusive = task in ("binary", "multiclass") or (task == "auto" and not roles.paired and sets.exclusive)
    return (sets.as_labels() if exclusive else sets), True


def _of_column(source: Source, name: str, task: str) -> Labels | Reals:
    """Labels as they stand in the file, or numbers where some of them are not whole."""
    place = _place(source, name)
    kind = source.types[name]
    if task == "regression":
        if not is_numeric(kind):
            raise InputError("regression needs true values that are numbers", where=place, seen=str(kind))
        return Reals(_numbers(source, name), place)
    if task == "auto" and is_numeric(kind) and pa.types.is_floating(kind):
        values = _numbers(source, name)
        finite = values[np.isfinite(values)]
        if (finite != np.rint(finite)).any():
            return Reals(values, place)
    labels = _column(source, name)
    if task == "auto" and labels.real:
        values = np.array([*map(float, labels.names), np.nan])
        return Reals(values[labels.codes], place)
    return labels


def _column(source: Source, name: str) -> Labels:
    table = source.table([name], text=[name])
    if not table.num_rows:
        raise InputError("the file has no rows", where=printable(source.path))
    return read_labels(table.column(name).chunks, _place(source, name))


def _numbers(source: Source, name: str) -> Array:
    """A numeric column, (n,), float64, NaN where missing."""
    chunks = [numbers(chunk) for chunk in source.table([name]).column(name).chunks if len(chunk)]
    if not chunks:
        raise InputError("the file has no rows", where=printable(source.path))
    return np.concatenate(chunks).astype(np.float64, copy=False)


def _place(source: Source, column: str) -> str:
    where = printable(source.path)
    return where if source.columns == (column,) else f"{where}, column {printable(column)}"


def _are_indicators(chunks: Sequence[Any], width: int) -> bool:
    """Whether lists hold 0 or 1 for every label, rather than the labels themselves."""
    if not all(is_numeric(chunk.type.value_type) for chunk in chunks):
        return False
    for chunk in chunks:
        sizes, values = lengths(chunk), numbers(chunk.flatten())
        if (sizes[sizes >= 0] != width).any() or not np.isin(values, (0, 1)).all():
            return False
    return True


def _indicators(source: Source, roles: Roles, where: str) -> LabelSets:
    batches = list(source.batches(roles.truth))
    rows = sum(batch.num_rows for batch in batches)
    if not rows:
        raise InputError("the file has no rows", where=where)
    width = _width(batches[:1], roles.truth)
    matrix = scores_of(Piece(0, rows, tuple(batches)), roles.truth, width, source.path)
    names = roles.truth if len(roles.truth) > 1 else tuple(map(str, range(width)))
    prefix = next((p for p in LABEL_PREFIXES if all(n.startswith(p) and n != p for n in names)), "")
    return read_indicators(matrix, [name.removeprefix(prefix) for name in names], where)


def _width(batches: Sequence[Any], columns: Sequence[str]) -> int:
    if len(columns) != 1 or not batches:
        return len(columns)
    column = batches[0].column(batches[0].schema.get_field_index(columns[0]))
    return list_width(column) if is_list(column.type) else 1


@dataclass(frozen=True)
class Stream:
    """The predictions cut to pieces; ``first`` is looked at before the pass and stands in ``pieces`` too.

    ``columns``: of scores. ``width``: scores of a row. ``eps``: resolution of their type.
    """

    first: Piece
    pieces: Iterator[Piece]
    columns: tuple[str, ...]
    width: int
    eps: float


def open_stream(inputs: Inputs, columns: Sequence[str], predicted: str | None, width: int) -> Stream:
    """Begin to read the predictions, only the columns that are needed."""
    roles, source = inputs.roles, inputs.predictions
    weight = [roles.weight] if roles.weight and not roles.weight_with_labels else []
    stored = [predicted] if predicted else []
    batches = source.batches(list(dict.fromkeys([*columns, *stored, *weight])), text=stored)
    head = next((batch for batch in batches if batch.num_rows), None)
    if head is None:
        raise InputError("the file has no rows", where=inputs.path)
    cut = _with_labels(pieces(chain([head], batches), block_rows(width)), inputs)
    first = next(cut)
    kinds = [str(value_type(source.types[name])) for name in columns]
    eps = max((EPS.get(kind, EPS["double"]) for kind in kinds), default=EPS["double"])
    return Stream(first, chain([first], cut), tuple(columns), width, eps)


def _with_labels(parts: Iterator[Piece], inputs: Inputs) -> Iterator[Piece]:
    """The pieces, as long as there are labels for all their rows."""
    for part in parts:
        end = part.start + part.rows
        if end > len(inputs.truth):
            inputs.require_rows(end + sum(rest.rows for rest in parts))
        yield part


def read_kind(inputs: Inputs, stream: Stream, asked: str, task: str, ranked: bool) -> Reading:
    """Decide how the scores are read, by the whole first block.

    ``ranked``: the columns hold scores, not predicted labels.
    """
    if not stream.columns or task == "regression":
        return Reading(ScoreKind.RAW, "no scores")
    scores = scores_of(stream.first, stream.columns, stream.width, inputs.predictions.path)
    finite = np.isfinite(scores).all(axis=0)
    if not finite.any():  # unless they are logarithms of 0
        finite = (np.isfinite(scores) | np.isneginf(scores)).all(axis=0)
    if not finite.all():
        scores = scores[:, finite]
    several = task == "multilabel"
    if several and not ranked:
        other = np.flatnonzero(((scores != 0) & (scores != 1)).any(axis=0))
        if not len(other):
            return Reading(ScoreKind.RAW, "whole numbers 0 and 1")
        raise AmbiguousInput(
            "cannot tell how to read the scores: whole numbers, but not only 0 and 1",
            where=f"{inputs.path}, row {np.flatnonzero(finite)[other[0]] + 1}",
            seen=" ".join(f"{value:g}" for value in scores[:, other[0]][:6]),
            mend="say --scores logits or --scores raw",
        )
    if several and not inputs.sure and len(scores) > 1 and sum_to_one(scores).all():
        raise AmbiguousInput(
            "the labels have columns of their own, but the scores of each row sum to 1",
            where=inputs.path,
            seen=f"scores {listed(stream.columns)}",
            mend="say --task multilabel; for one class a row --label-col, or --score-cols with one column",
        )
    reading = decide(
        asked,
        scores,
        inputs.roles.prefix,
        inputs.path,
        stream.eps,
        exclusive=not several,
        else_say=", or --task multilabel if a row may have several labels" if inputs.indicators else "",
    )
    if task == "binary" and len(scores) == 1 and not inputs.sure and asked == "auto":
        _refuse_two_amounts(inputs, reading)
    return reading


def _refuse_two_amounts(inputs: Inputs, reading: Reading) -> None:
    """Labels of 100 and 200 beside scores of their size are amounts, not classes."""
    if not isinstance(inputs.truth, Labels) or reading.kind is not ScoreKind.LOGITS:
        return
    values = amounts(inputs.truth.names)
    if values is not None and not set(values) <= {-1.0, 0.0, 1.0, 2.0}:
        raise AmbiguousInput(
            "cannot tell whether the labels are classes or amounts",
            where=inputs.truth.where,
            seen=f"labels {listed(inputs.truth.names)}, and scores outside [0, 1]",
            mend="say --task regression for amounts, --task binary for classes",
        )
