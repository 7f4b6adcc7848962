"""Opening of a run's files: roles assigned, labels in memory, predictions ready to stream."""

from __future__ import annotations

import pyarrow as pa
from msgspec import Struct, field
from msgspec.structs import replace

from evalcli.blocks import Array
from evalcli.errors import AmbiguousInput, InputError, UsageError
from evalcli.findings import Blank, Hint, Place, as_hint, maybe, use
from evalcli.inputs.choices import TASKS
from evalcli.inputs.column_names import LABEL_NAMES, names_rows, plain_name
from evalcli.inputs.evidence import Evidence
from evalcli.inputs.groups import Grouping, read_grouping
from evalcli.inputs.ids_and_weights import is_place
from evalcli.inputs.in_memory import InMemoryColumns, list_width
from evalcli.inputs.labels import Labels
from evalcli.inputs.matching.common import common_ids
from evalcli.inputs.matching.forms import Fold, folded_index
from evalcli.inputs.matching.index import RowIndex
from evalcli.inputs.matching.match import index_of, require_unique
from evalcli.inputs.misplaced import (
    in_one_order,
    refuse_matrix_of_labels,
    refuse_misplaced,
    refuse_pooled,
    refuse_same_file,
    refuse_split_pattern,
    refuse_swapped_values,
    with_intention,
)
from evalcli.inputs.options import Options
from evalcli.inputs.predicted_sets import with_indicators
from evalcli.inputs.roles import Roles, assign
from evalcli.inputs.truth import Truth, read_truth
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Source
from evalcli.report.provenance import level_of
from evalcli.tasks import REGRESSION
from evalcli.text import join_names, suggest


class Inputs(Struct, frozen=True):
    """The files, and the columns of them that are read whole.

    ``labels``: None if they are in the predictions. ``width``: scores per row. ``predicted``: only if there
    are no scores. ``weight``: only if it is in the labels' file. ``indicators``: whether label sets are
    columns of 0 and 1. ``sure``: whether the task was given or is clear from the layout. ``index``: ids of
    the labels, if rows are matched by ids; ``matched_by_name``: whether by a common column that is not named
    like an id. ``copies``: number of rows with a duplicate id, and the first of them, from 1, if labels and
    predictions are in one file. ``like_labels``: columns without a role that contain values of the labels.
    ``grouping``: groups and slices. ``fold``: how ids of the predictions are folded, or None.
    """

    predictions: Source
    labels: Source | None
    roles: Roles
    width: int
    truth: Truth
    predicted: Labels | None
    weight: Array | None
    indicators: bool
    sure: bool
    index: RowIndex | None
    matched_by_name: bool = False
    copies: tuple[int, tuple[int, ...]] = (0, ())
    like_labels: tuple[str, ...] = ()
    grouping: Grouping = field(default_factory=Grouping)
    fold: Fold | None = None

    @property
    def place(self) -> Place:
        """Place of the predictions, for messages."""
        return self.predictions.place()

    @property
    def weight_source(self) -> Source:
        """The file of the weights."""
        return self.labels if self.labels and self.roles.weight_with_labels else self.predictions

    @property
    def rows_ahead(self) -> int | None:
        """Number of rows to read, if known."""
        known = self.predictions.rows
        return known if known is not None or self.labels is None else len(self.truth)

    @property
    def rows_known(self) -> int | None:
        """Number of rows of the predictions, if it is known or follows from the labels."""
        known = self.predictions.rows
        return known if known is not None or self.index is not None else len(self.truth)

    def require_rows(self, rows: int | None) -> None:
        """Refuse predictions that do not have one row per label; ``rows`` is None if not yet known."""
        if self.labels is None or self.index is not None or rows is None or rows == len(self.truth):
            return
        matrix = self.truth.usual_task.several_labels and len(self.truth.names) == rows == self.width
        if rows < self.width == len(self.truth) or (matrix and len(self.truth) < rows):
            raise InputError(
                "the matrix of scores seems to be transposed",
                where=self.place,
                found=f"shape ({rows:,}, {self.width:,}), and {len(self.truth):,} labels",
                hint="save it with one row per example: np.save(path, scores.T)",
                code="transposed",
            )
        hint = as_hint("rows are matched by order: give both files the same rows, or a column of ids")
        if abs(rows - len(self.truth)) == 1:
            hint = self._header_hint() | hint
        known = len(self.truth.names) if self.truth.usual_task.exclusive else 0
        if known > 1 and self.width <= 1 and rows == known * len(self.truth):
            raise InputError(
                "the scores seem to be flattened, with one number per row and class",
                where=self.place,
                found=f"{rows:,} numbers, {len(self.truth):,} labels of {known} classes",
                hint=f"np.save(path, scores.reshape({len(self.truth)}, {known}))",
                code="flattened",
            )
        raise InputError(
            "predictions and labels have different numbers of rows",
            where=f"{self.place} and {self.labels.place()}",
            found=f"{rows:,} predictions, {len(self.truth):,} labels",
            hint=hint,
            code="rows-differ",
        )

    def _header_hint(self) -> Hint:
        """The hint if a row was read as a header, or a header as a row."""
        files = [file for source in (self.predictions, self.labels) if source for file in source.files]
        if any("no header" in file.form for file in files):
            return use("if every file has a header", header=True)
        names = self.labels.columns if self.labels else ()
        text = all(file.form.startswith("CSV") for file in files)
        first = text and len(names) == 1 and plain_name(names[0]) not in LABEL_NAMES
        return use(f"if {names[0]} is the first label", header=False) if first else Hint(())


def open_inputs(options: Options, opened: tuple[Source, Source | None] | None = None) -> Inputs:
    """Open the files unless ``opened``, find the columns, and read the labels whole."""
    _require_task(options.task)
    predictions, labels = opened or open_sources(options)
    quantiles = sum(level_of(name) is not None for name in predictions.columns) > 1
    task = options.asked_task or (REGRESSION if quantiles else None)
    refuse_misplaced(predictions, labels, options)
    try:
        roles, evidence = assign(predictions, labels, options, task)
    except InputError as error:
        if error.code == "no-label-column":
            raise with_intention(error, options.files, options) from None
        raise
    width = _score_width(predictions, roles)
    truth, indicators = _truth(predictions, labels, evidence, width)
    sets = truth.usual_task.several_labels
    if sets and not roles.scores and roles.predicted is not None and not indicators:
        predictions, roles = with_indicators(predictions, roles, truth, options)
        width = len(roles.scores)
    if sets and roles.layout == "column":  # several labels in one field
        roles = replace(roles, layout="lists")
    refuse_swapped_values(predictions, labels, roles, truth, evidence)
    beside = roles.weight if roles.weight_with_labels else None
    weight = evidence.read.numbers(beside) if beside else None
    roles, index, by_name = _index(predictions, labels, roles, truth, evidence)
    index, fold = _folded(predictions, labels, roles, index, options)
    ordered = in_one_order(predictions, labels, options) if labels and index is None else None
    if ordered is not None:
        return open_inputs(options, (ordered, labels))
    inputs = Inputs(
        predictions=predictions,
        labels=labels,
        roles=roles,
        width=width,
        truth=truth,
        predicted=_predicted_alone(predictions, roles, truth, options),
        weight=weight,
        indicators=indicators,
        sure=_is_sure(options) or (roles.layout == "lists" and not indicators),
        index=index if labels else None,
        matched_by_name=by_name,
        copies=_copies(predictions, roles) if labels is None and options.id_col is None else (0, ()),
        like_labels=tuple(evidence.like_labels(roles.free)),
        grouping=read_grouping(predictions, labels, options),
        fold=fold,
    )
    inputs.require_rows(inputs.predictions.rows)
    refuse_pooled(inputs.predictions, inputs.roles.id, inputs.truth, options)
    return inputs


def _truth(predictions: Source, labels: Source | None, evidence: Evidence, width: int) -> tuple[Truth, bool]:
    """The labels, and whether they are columns of 0 and 1."""
    truth = evidence.labels
    if truth is not None:
        if truth.usual_task.exclusive and not truth.names:
            raise InputError(
                "every label is missing",
                where=truth.where,
                code="no-labels",
                hint=use("with another column", label_col=Blank("NAME")),
            )
        return truth, False
    try:
        return read_truth(evidence.read, evidence.truth, width, evidence.task, evidence.options)
    except InputError as error:
        refuse_matrix_of_labels(predictions, labels, error)
        raise


def _is_sure(options: Options) -> bool:
    """Whether the user specified the kind of task."""
    return options.asked_task is not None or bool(options.label_cols) or options.label_sep is not None


def _predicted_alone(predictions: Source, roles: Roles, truth: Truth, options: Options) -> Labels | None:
    """Predicted classes, if there are no scores to name the classes."""
    if not truth.usual_task.exclusive or roles.scores or roles.predicted is None:
        return None
    return InMemoryColumns(predictions, options).labels(roles.predicted)


def _index(
    predictions: Source,
    labels: Source | None,
    roles: Roles,
    truth: Truth,
    evidence: Evidence,
) -> tuple[Roles, RowIndex | None, bool]:
    """The index of the labels' ids if rows are matched by ids; and whether the ids are a common column."""
    index, options, holder = evidence.read.index, evidence.options, labels or predictions
    if index is not None and labels is not None and not _matches(predictions, labels, roles, index, options):
        index, roles = None, replace(roles, id=None, label_id=None)
    by_name = False
    if index is None and labels is not None and not options.by_order:
        name = common_ids(predictions, labels, roles, len(truth), options)
        if name is not None:
            by_name, index = True, index_of(labels, name)
            roles = replace(roles, id=name, label_id=name, free=tuple(c for c in roles.free if c != name))
    if index is not None:
        asked = roles.id if labels is None else roles.label_id
        require_unique(index, holder.place(asked), "labels" if labels else "predictions")
    return roles, index, by_name


def _folded(
    predictions: Source, labels: Source | None, roles: Roles, index: RowIndex | None, options: Options
) -> tuple[RowIndex | None, Fold | None]:
    """The index of folded ids, and how ids of the predictions are folded, if that was requested."""
    names = roles.id, roles.label_id
    if not options.fold_ids or labels is None or index is None or names[0] is None or names[1] is None:
        return index, None
    return folded_index(predictions, names[0], labels, names[1])


def _require_task(task: str) -> None:
    if task not in TASKS:
        like = suggest(task, TASKS)
        raise UsageError(
            f"unknown task {task!r}", hint=maybe(task=like) if like else f"one of {join_names(TASKS)}"
        )


def _matches(predictions: Source, labels: Source, roles: Roles, index: RowIndex, options: Options) -> bool:
    """Whether to match rows by the likely id columns; a question if that is ambiguous."""
    name = roles.id
    if options.id_col is not None or name is None:
        return True
    if not is_place(name):
        return names_rows(name) or not index.repeated()[0]
    hidden = name in predictions.hidden
    if hidden and not index.is_permutation:
        # rows without ids: labels with an index of a larger table do not identify them either
        return False
    is_row_order = hidden or index_of(predictions, name).is_row_order
    if is_row_order == index.is_row_order:
        return True
    column = name if name == roles.label_id else f"{name}={roles.label_id}"
    side = "the index of the labels" if is_row_order else "the index of the predictions"
    raise AmbiguousInput(
        f"{side} is not in row order, that of the other file is",
        where=f"{predictions.place()} and {labels.place()}",
        found=f"columns {name}, {roles.label_id}",
        hint=use("if row 1 belongs to row 1", by_order=True)
        | use("if the index identifies the rows", id_col=column),
        code="which-order",
    )


def _copies(source: Source, roles: Roles) -> tuple[int, tuple[int, ...]]:
    """Number of rows with a duplicate id, and the first of them; (0, ()) without usable ids."""
    if roles.id is None or roles.id in source.hidden or is_place(roles.id):
        return 0, ()
    try:
        count, rows = index_of(source, roles.id).repeated()
    except InputError:
        return 0, ()
    return count, tuple(row + 1 for row in rows)


def open_sources(options: Options) -> tuple[Source, Source | None]:
    """The predictions, and the labels if they are in separate files."""
    if options.opened is not None:
        return options.opened
    names = options.files
    if not options.labels:
        try:
            return open_source(names, options.settings(options.input_format)), None
        except InputError as error:
            raise with_intention(error, names, options) from None
    label_names = options.label_files
    if "-" in names and "-" in label_names:
        raise UsageError(
            "predictions and labels cannot both come from standard input", hint="give a file for one of them"
        )
    refuse_split_pattern(names, label_names)
    try:
        predictions = open_source(names, options.settings(options.input_format))
    except InputError as error:
        raise with_intention(error, names, options) from None
    labels = open_source(label_names, options.settings())
    refuse_same_file(predictions, labels)
    return predictions, labels


def _score_width(source: Source, roles: Roles) -> int:
    """Scores per row: the number of columns, or the length of the first list."""
    if not roles.listed:
        return len(roles.scores)
    kind = source.types[roles.scores[0]]
    if pa.types.is_fixed_size_list(kind):
        width: int = kind.list_size
    else:
        head = next((batch for batch in source.batches(roles.scores) if batch.num_rows), None)
        width = list_width([head] if head is not None else [], roles.scores)
    if not width:
        raise InputError(
            "the lists of scores are empty",
            where=source.place(roles.scores[0]),
            hint=use("with another column", score_cols=Blank("NAMES")),
        )
    return width
