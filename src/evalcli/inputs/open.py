"""The files of a run, opened: roles assigned, labels in memory, predictions ready to stream."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from evalcli.blocks import Array, ScoreKind
from evalcli.errors import AmbiguousInput, InputError, Place, UsageError, listed, nearest
from evalcli.inputs.groups import Strata, read_strata
from evalcli.inputs.ids_and_weights import is_place, names_rows
from evalcli.inputs.in_memory import Held, width_of
from evalcli.inputs.labels import Labels, LabelSets, Reals, amounts, read_indicators, read_label_lists
from evalcli.inputs.matching.index import RowIndex
from evalcli.inputs.matching.match import index_of, require_unique
from evalcli.inputs.options import Options
from evalcli.inputs.pieces import Piece, block_rows, pieces, scores_of
from evalcli.inputs.roles import LABEL_PREFIXES, Roles, assign
from evalcli.inputs.score_scale import Reading, decide, sum_to_one
from evalcli.loaders import Source, open_source
from evalcli.loaders.arrow_columns import is_numeric, lengths, numbers, value_type
from evalcli.report.report import level_of
from evalcli.tasks import TASKS

EPS = {"halffloat": 2.0**-10, "float": 2.0**-23, "double": 2.0**-52}
"""Resolution of Arrow's float types."""


SLICED = 4
"""Blocks in one where rows are sliced, so that a slice has more than a handful of rows of each."""
HALF = 0.5


@dataclass(frozen=True)
class Inputs:
    """The files and what was read of them whole.

    ``labels``: None when in the predictions. ``width``: scores of a row. ``predicted``: only where it alone
    names classes. ``weight``: where it stands with the labels. ``indicators``: label sets came as 0 and 1.
    ``sure``: whether the task was told, or is plain from the names. ``index``: ids of the labels, where rows
    are matched by them. ``copies``: where they are not, how many rows repeat an id, and the first, from 1.
    ``unused``: a column of scores that tells how sure the predicted class is. ``strata``: how rows are
    parted.
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
    index: RowIndex | None
    copies: tuple[int, tuple[int, ...]] = (0, ())
    unused: str | None = None
    strata: Strata = field(default_factory=Strata)

    @property
    def place(self) -> Place:
        """The predictions, for a message."""
        return self.predictions.place()

    @property
    def weight_source(self) -> Source:
        """The file of the weights."""
        return self.labels if self.labels and self.roles.weight_with_labels else self.predictions

    @property
    def rows_ahead(self) -> int | None:
        """How many rows there are to read, as far as that is known."""
        known = self.predictions.rows
        return known if known is not None or self.labels is None else len(self.truth)

    def require_rows(self, rows: int | None) -> None:
        """Refuse predictions that do not have a row for each label; ``rows`` is None when not yet known."""
        if self.labels is None or self.index is not None or rows is None or rows == len(self.truth):
            return
        matrix = isinstance(self.truth, LabelSets) and len(self.truth.names) == rows == self.width
        if rows < self.width == len(self.truth) or (matrix and len(self.truth) < rows):
            raise InputError(
                "the matrix of scores seems to be transposed",
                where=self.place,
                seen=f"shape ({rows:,}, {self.width:,}), and {len(self.truth):,} labels",
                mend="save it with a row for each example: np.save(path, scores.T)",
                code="transposed",
            )
        mend = "rows are matched by order: give both files the same rows, or a column of ids (--id-col)"
        if abs(rows - len(self.truth)) == 1:
            mend += "; is a first line taken for names, or names for a row? --header, --no-header"
        raise InputError(
            "predictions and labels have different numbers of rows",
            where=f"{self.place} and {self.labels.place()}",
            seen=f"{rows:,} predictions, {len(self.truth):,} labels",
            mend=mend,
            code="rows-differ",
        )


def open_inputs(options: Options, opened: tuple[Source, Source | None] | None = None) -> Inputs:
    """Open the files, unless they are, find the columns, read the labels whole."""
    known = ("auto", *TASKS)
    if options.task not in known:
        like = nearest(options.task, known)
        raise UsageError(
            f"unknown task {options.task!r}",
            mend=f"did you mean {like}?" if like else f"one of {listed(known)}",
        )
    predictions, labels = opened or open_sources(options)
    roles = assign(predictions, labels, options)
    width = _score_width(predictions, roles)
    quantiles = sum(level_of(name) is not None for name in predictions.columns) > 1
    task = "regression" if quantiles and options.task == "auto" else options.task
    holder = labels or predictions
    beside = [roles.weight] if roles.weight and roles.weight_with_labels else []
    asked_id = roles.id if labels is None and options.id_col is not None else roles.label_id
    read = Held(holder, options, asked_id, beside)
    truth, indicators = _truth(read, roles, width, task)
    predicted = None
    if isinstance(truth, Labels):
        if not truth.names:
            raise InputError("every label is missing", where=truth.where, code="no-labels")
        alone = roles.predicted if not roles.scores else None
        predicted = Held(predictions, options).labels(alone) if alone else None
    weight = read.numbers(beside[0]) if beside else None
    index = read.index
    if index is not None and labels is not None and not _matches(predictions, labels, roles, index, options):
        index, roles = None, replace(roles, id=None, label_id=None)
    if index is not None:
        require_unique(index, holder.place(asked_id), "labels" if labels else "predictions")
    if labels is None:
        index = None
    told = options.task != "auto" or bool(options.label_cols)
    sure = told or (roles.layout == "lists" and not indicators)
    unused = None
    if isinstance(truth, Labels) and width == 1 and _is_confidence(predictions, roles, truth, options):
        unused = roles.scores[0]
        roles, width = replace(roles, scores=(), class_names=None, prefix=""), 0
        predicted = Held(predictions, options).labels(str(roles.predicted))
    copies = _copies(predictions, roles) if labels is None and options.id_col is None else (0, ())
    strata = read_strata(predictions, labels, options)
    inputs = Inputs(
        *(predictions, labels, roles, width, truth, predicted, weight, indicators, sure, index, copies),
        unused,
        strata,
    )
    inputs.require_rows(predictions.rows)
    return inputs


def _matches(predictions: Source, labels: Source, roles: Roles, index: RowIndex, options: Options) -> bool:
    """Whether rows are to be matched by what looks like their ids; a question where that is not plain."""
    name = roles.id
    if options.id_col is not None or name is None:
        return True
    if not is_place(name):
        return names_rows(name) or not index.repeated()[0]
    hidden = name in predictions.hidden
    if hidden and not index.counts:
        # rows that were never named: labels that kept their places in a larger table do not name them either
        return False
    straight = hidden or index_of(predictions, name).straight
    if straight == index.straight:
        return True
    column = name if name == roles.label_id else f"{name}={roles.label_id}"
    other = "the labels'" if straight else "the predictions'"
    raise AmbiguousInput(
        f"{other} index is in another order than the rows, and the other file's counts them",
        where=f"{predictions.place()} and {labels.place()}",
        seen=f"columns {name}, {roles.label_id}",
        mend=f"--by-order if row 1 belongs to row 1; --id-col {column} if the index tells the rows",
        code="which-order",
    )


def _is_confidence(predictions: Source, roles: Roles, truth: Labels, options: Options) -> bool:
    """Whether a lone score is how sure the predicted class is, not the probability of the positive one.

    There are more than two classes; or it never falls under one half, though both are predicted.
    """
    if options.score_cols or not roles.predicted or len(truth.names) != 2:
        return not options.score_cols and roles.predicted is not None and len(truth.names) > 2
    if roles.listed or not is_numeric(predictions.types[roles.scores[0]]):
        return False
    values = Held(predictions, options).numbers(roles.scores[0])
    values = values[np.isfinite(values)]
    if not len(values) or values.min() < HALF or values.max() > 1 or (values == HALF).all():
        return False
    return len(Held(predictions, options).labels(roles.predicted).names) > 1


def _copies(source: Source, roles: Roles) -> tuple[int, tuple[int, ...]]:
    """Rows that repeat an id, where a column is called one; of ids that are none, nothing."""
    if roles.id is None or roles.id in source.hidden or is_place(roles.id):
        return 0, ()
    try:
        count, rows = index_of(source, roles.id).repeated()
    except InputError:
        return 0, ()
    return count, tuple(row + 1 for row in rows)


def open_sources(options: Options) -> tuple[Source, Source | None]:
    """The predictions, and the labels where they stand in files of their own."""
    names = (options.predictions,) if isinstance(options.predictions, str) else options.predictions
    if not options.labels:
        return open_source(names, options.settings(options.input_format)), None
    if "-" in names and "-" in ((options.labels,) if isinstance(options.labels, str) else options.labels):
        raise UsageError("predictions and labels cannot both come from standard input", mend="name a file")
    return (
        open_source(names, options.settings(options.input_format)),
        open_source(options.labels, options.settings()),
    )


def _score_width(source: Source, roles: Roles) -> int:
    """Scores of a row: columns, or the length of the first list."""
    if not roles.listed:
        return len(roles.scores)
    kind = source.types[roles.scores[0]]
    if pa.types.is_fixed_size_list(kind):
        width: int = kind.list_size
    else:
        head = next((batch for batch in source.batches(roles.scores) if batch.num_rows), None)
        width = width_of([head] if head is not None else [], roles.scores)
    if not width:
        raise InputError("the lists of scores are empty", where=source.place(roles.scores[0]))
    return width


def _truth(read: Held, roles: Roles, width: int, task: str) -> tuple[Labels | LabelSets | Reals, bool]:
    """Read the truth in the form that the task wants; and whether it came as columns of 0 and 1."""
    source = read.source
    place = source.place(roles.truth[0])
    if roles.layout == "column" and task == "multilabel":
        raise InputError(
            "multilabel data needs a column of 0 and 1 for each label, or a list of labels a row",
            where=place,
            mend="name the columns with --label-cols",
        )
    if roles.layout == "column":
        return _of_column(read, roles.truth[0], task), False
    if task == "regression":
        raise InputError(
            "regression needs one column of true values",
            where=source.place(),
            mend="name it with --label-col",
        )
    if roles.layout == "lists":
        column = read.chunks(roles.truth[0])
        array = pa.types.is_fixed_size_list(source.types[roles.truth[0]])
        if not array and not _are_indicators(column, width):
            if task in ("binary", "multiclass"):
                raise InputError(
                    f"a list of labels a row is multilabel, not {task}", where=place, mend="leave --task out"
                )
            return read_label_lists(column, place), False
    for name in roles.truth:
        kind = value_type(source.types[name])
        if not is_numeric(kind):
            raise InputError(
                "a label column does not hold 0 and 1",
                where=source.place(name),
                seen=str(kind),
                code="not-indicators",
            )
    sets = _indicators(read, roles)
    exclusive = task in ("binary", "multiclass") or (task == "auto" and not roles.paired and sets.exclusive)
    return (sets.as_labels() if exclusive else sets), True


def _of_column(read: Held, name: str, task: str) -> Labels | Reals:
    """Labels as they stand in the file, or numbers where some of them are not whole."""
    place, kind = read.source.place(name), read.source.types[name]
    if task == "regression":
        if not is_numeric(kind):
            raise InputError("regression needs true values that are numbers", where=place, seen=str(kind))
        return Reals(read.numbers(name), place)
    if task == "auto" and pa.types.is_floating(kind):
        values = read.numbers(name)
        finite = values[np.isfinite(values)]
        if (finite != np.rint(finite)).any():
            return Reals(values, place)
    labels = read.labels(name)
    if task == "auto" and labels.real:
        values = np.array([*map(float, labels.names), np.nan])
        return Reals(values[labels.codes], place)
    return labels


def _are_indicators(chunks: Sequence[Any], width: int) -> bool:
    """Whether lists hold 0 or 1 for every label, rather than the labels themselves."""
    if not all(is_numeric(chunk.type.value_type) for chunk in chunks):
        return False
    for chunk in chunks:
        sizes, values = lengths(chunk), numbers(chunk.flatten())
        if (sizes[sizes >= 0] != width).any() or not np.isin(values, (0, 1)).all():
            return False
    return True


def _indicators(read: Held, roles: Roles) -> LabelSets:
    matrix = read.matrix(roles.truth)
    names = roles.truth if len(roles.truth) > 1 else tuple(map(str, range(len(matrix))))
    prefix = next((p for p in LABEL_PREFIXES if all(n.startswith(p) and n != p for n in names)), "")
    return read_indicators(matrix, [name.removeprefix(prefix) for name in names], read.source.place())


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


def open_stream(
    inputs: Inputs, columns: Sequence[str], predicted: str | None, width: int, ids: bool = False
) -> Stream:
    """Begin to read the predictions, only the columns that are needed. ``ids``: those of rows, anyway."""
    roles, source = inputs.roles, inputs.predictions
    weight = [roles.weight] if roles.weight and not roles.weight_with_labels else []
    stored = [predicted] if predicted else []
    named = [roles.id] if roles.id and (ids or inputs.index is not None) else []
    wanted = list(dict.fromkeys([*columns, *stored, *weight, *named]))
    batches = source.batches(wanted, text=stored, ids=named)
    head = next((batch for batch in batches if batch.num_rows), None)
    if head is None:
        raise InputError("the file has no rows", where=inputs.place, code="no-rows")
    rows = block_rows(width) * (SLICED if inputs.strata.slices else 1)
    cut = _with_labels(pieces(chain([head], batches), rows), inputs)
    first = next(cut)
    kinds = [str(value_type(source.types[name])) for name in columns]
    eps = max((EPS.get(kind, EPS["double"]) for kind in kinds), default=EPS["double"])
    return Stream(first, chain([first], cut), tuple(columns), width, eps)


def _with_labels(parts: Iterator[Piece], inputs: Inputs) -> Iterator[Piece]:
    """The pieces, as long as there are labels for all their rows."""
    for part in parts:
        end = part.start + part.rows
        if inputs.index is None and end > len(inputs.truth):
            inputs.require_rows(end + sum(rest.rows for rest in parts))
        yield part


def read_kind(inputs: Inputs, stream: Stream, asked: str, task: str, ranked: bool) -> Reading:
    """Decide how the scores are read, by the whole first block.

    ``ranked``: the columns hold scores, not predicted labels.
    """
    if not stream.columns or task == "regression":
        return Reading(ScoreKind.RAW, "no scores")
    scores = scores_of(stream.first, stream.columns, stream.width, inputs.predictions.place)
    place: Callable[[int], Place] = partial(inputs.predictions.place, None)
    finite = np.isfinite(scores).all(axis=0)
    if not finite.any():  # unless they are logarithms of 0
        finite = (np.isfinite(scores) | np.isneginf(scores)).all(axis=0)
    if not finite.all():
        kept, scores = np.flatnonzero(finite), scores[:, finite]
        place = _among(inputs.predictions, kept)
    several = task == "multilabel"
    if several and not ranked:
        other = np.flatnonzero(((scores != 0) & (scores != 1)).any(axis=0))
        if not len(other):
            return Reading(ScoreKind.RAW, "whole numbers 0 and 1")
        raise AmbiguousInput(
            "cannot tell how to read the scores: whole numbers, but not only 0 and 1",
            where=place(int(other[0])),
            seen=" ".join(f"{value:g}" for value in scores[:, other[0]][:6]),
            mend="say --scores logits or --scores raw",
        )
    if several and not inputs.sure and len(scores) > 1 and sum_to_one(scores).all():
        raise AmbiguousInput(
            "the labels have columns of their own, but the scores of each row sum to 1",
            where=inputs.place,
            seen=f"scores {listed(stream.columns)}; {_ones(inputs.truth)}",
            mend="say --task multilabel; for one class a row --task multiclass, --label-col, or --score-cols "
            "with one column",
            code="one-hot-or-several",
        )
    reading = decide(
        asked,
        scores,
        inputs.roles.prefix,
        place,
        stream.eps,
        exclusive=not several,
        else_say=", or --task multilabel if a row may have several labels" if inputs.indicators else "",
    )
    if task == "binary" and len(scores) == 1 and not inputs.sure and asked == "auto":
        _refuse_two_amounts(inputs, reading)
    return reading


def _ones(truth: object) -> str:
    """Which rows of label columns have none or several ones."""
    ones = (truth.matrix > 0).sum(axis=0) if isinstance(truth, LabelSets) else np.ones(0)
    odd = np.flatnonzero(ones != 1) + 1
    return (
        f"{len(odd):,} rows have none or several labels, the first ones {listed(map(str, odd[:5].tolist()))}"
    )


def _among(source: Source, rows: Array) -> Callable[[int], Place]:
    """Where one of some rows stands."""
    return lambda row: source.place(None, int(rows[row]))


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
