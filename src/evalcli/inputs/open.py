"""The files of a run, opened: roles assigned, labels in memory, predictions ready to stream."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np
import pyarrow as pa

from evalcli.blocks import Array
from evalcli.errors import AmbiguousInput, InputError, Place, UsageError
from evalcli.inputs.choices import TASKS
from evalcli.inputs.groups import Grouping, read_grouping
from evalcli.inputs.ids_and_weights import is_place, names_rows
from evalcli.inputs.in_memory import InMemoryColumns, list_width
from evalcli.inputs.labels import Labels, LabelSets, Reals
from evalcli.inputs.matching.index import RowIndex
from evalcli.inputs.matching.match import index_of, require_unique
from evalcli.inputs.options import Options
from evalcli.inputs.roles import Roles, assign
from evalcli.inputs.truth import read_truth
from evalcli.loaders.arrow_columns import is_numeric
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Source
from evalcli.report.provenance import level_of
from evalcli.text import join_names, suggest

HALF = 0.5


@dataclass(frozen=True)
class Inputs:
    """The files and what was read of them whole.

    ``labels``: None when in the predictions. ``width``: scores of a row. ``predicted``: only where it alone
    names classes. ``weight``: where it stands with the labels. ``indicators``: label sets came as 0 and 1.
    ``sure``: whether the task was told, or is plain from the names. ``index``: ids of the labels, where rows
    are matched by them. ``copies``: where they are not, how many rows repeat an id, and the first, from 1.
    ``unused``: a column of scores that tells how sure the predicted class is. ``grouping``: how rows are
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
    grouping: Grouping = field(default_factory=Grouping)

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
                found=f"shape ({rows:,}, {self.width:,}), and {len(self.truth):,} labels",
                hint="save it with a row for each example: np.save(path, scores.T)",
                code="transposed",
            )
        hint = "rows are matched by order: give both files the same rows, or a column of ids (--id-col)"
        if abs(rows - len(self.truth)) == 1:
            hint += "; is a first line taken for names, or names for a row? --header, --no-header"
        raise InputError(
            "predictions and labels have different numbers of rows",
            where=f"{self.place} and {self.labels.place()}",
            found=f"{rows:,} predictions, {len(self.truth):,} labels",
            hint=hint,
            code="rows-differ",
        )


def open_inputs(options: Options, opened: tuple[Source, Source | None] | None = None) -> Inputs:
    """Open the files, unless they are, find the columns, read the labels whole."""
    _require_task(options.task)
    predictions, labels = opened or open_sources(options)
    roles = assign(predictions, labels, options)
    width = _score_width(predictions, roles)
    quantiles = sum(level_of(name) is not None for name in predictions.columns) > 1
    task = "regression" if quantiles and options.task == "auto" else options.task
    holder = labels or predictions
    beside = [roles.weight] if roles.weight and roles.weight_with_labels else []
    asked_id = roles.id if labels is None and options.id_col is not None else roles.label_id
    read = InMemoryColumns(holder, options, asked_id, beside)
    truth, indicators = read_truth(read, roles, width, task)
    predicted = None
    if isinstance(truth, Labels):
        if not truth.names:
            raise InputError("every label is missing", where=truth.where, code="no-labels")
        alone = roles.predicted if not roles.scores else None
        predicted = InMemoryColumns(predictions, options).labels(alone) if alone else None
    weight = read.numbers(beside[0]) if beside else None
    index = read.index
    if index is not None and labels is not None and not _matches(predictions, labels, roles, index, options):
        index, roles = None, replace(roles, id=None, label_id=None)
    if index is not None:
        require_unique(index, holder.place(asked_id), "labels" if labels else "predictions")
    set_by_user = options.task != "auto" or bool(options.label_cols)
    sure = set_by_user or (roles.layout == "lists" and not indicators)
    unused = None
    if isinstance(truth, Labels) and width == 1 and _is_confidence(predictions, roles, truth, options):
        unused = roles.scores[0]
        roles, width = replace(roles, scores=(), class_names=None, prefix=""), 0
        predicted = InMemoryColumns(predictions, options).labels(str(roles.predicted))
    copies = _copies(predictions, roles) if labels is None and options.id_col is None else (0, ())
    inputs = Inputs(
        predictions=predictions,
        labels=labels,
        roles=roles,
        width=width,
        truth=truth,
        predicted=predicted,
        weight=weight,
        indicators=indicators,
        sure=sure,
        index=index if labels else None,
        copies=copies,
        unused=unused,
        grouping=read_grouping(predictions, labels, options),
    )
    inputs.require_rows(predictions.rows)
    return inputs


def _require_task(task: str) -> None:
    if task not in TASKS:
        like = suggest(task, TASKS)
        raise UsageError(
            f"unknown task {task!r}", hint=f"did you mean {like}?" if like else f"one of {join_names(TASKS)}"
        )


def _matches(predictions: Source, labels: Source, roles: Roles, index: RowIndex, options: Options) -> bool:
    """Whether rows are to be matched by what looks like their ids; a question where that is not plain."""
    name = roles.id
    if options.id_col is not None or name is None:
        return True
    if not is_place(name):
        return names_rows(name) or not index.repeated()[0]
    hidden = name in predictions.hidden
    if hidden and not index.is_permutation:
        # rows that were never named: labels that kept their places in a larger table do not name them either
        return False
    is_row_order = hidden or index_of(predictions, name).is_row_order
    if is_row_order == index.is_row_order:
        return True
    column = name if name == roles.label_id else f"{name}={roles.label_id}"
    side = "the labels'" if is_row_order else "the predictions'"
    raise AmbiguousInput(
        f"{side} index is in another order than the rows, and the other file's counts them",
        where=f"{predictions.place()} and {labels.place()}",
        found=f"columns {name}, {roles.label_id}",
        hint=f"--by-order if row 1 belongs to row 1; --id-col {column} if the index tells the rows",
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
    values = InMemoryColumns(predictions, options).numbers(roles.scores[0])
    values = values[np.isfinite(values)]
    if not len(values) or values.min() < HALF or values.max() > 1 or (values == HALF).all():
        return False
    return len(InMemoryColumns(predictions, options).labels(roles.predicted).names) > 1


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
        raise UsageError("predictions and labels cannot both come from standard input", hint="name a file")
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
        width = list_width([head] if head is not None else [], roles.scores)
    if not width:
        raise InputError("the lists of scores are empty", where=source.place(roles.scores[0]))
    return width
