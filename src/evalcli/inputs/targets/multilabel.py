"""The target with any number of labels per row, and how labels and scores are paired."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import ClassVar

import numpy as np
import pyarrow as pa
from msgspec import Struct

from evalcli.blocks import Array, LabelSetBlock, ScoreKind
from evalcli.errors import AmbiguousInput, InputError, UsageError
from evalcli.findings import Blank, Place, use
from evalcli.inputs.class_names import class_indices, parse_number
from evalcli.inputs.column_names import stems
from evalcli.inputs.labels import MISSING, Labels, LabelSets
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.targets.base import Chosen, Rows, named, no_predicted_classes, refuse_options_of_others
from evalcli.inputs.targets.classification import available_scores
from evalcli.inputs.targets.thresholds import label_thresholds
from evalcli.loaders.arrow_columns import from_numbers, is_whole, value_type
from evalcli.tasks import MULTILABEL, Task
from evalcli.text import join_names


class LabelSetTarget(Struct, frozen=True, eq=False):
    """Any number of labels per row. ``matrix``: 1, 0, or -1 if missing, (k, n).

    ``thresholds``: of each label, NaN if not given. With ``gaps``, each label is scored over the rows where
    it is known.
    """

    names: tuple[str, ...]
    matrix: Array
    columns: tuple[str, ...]
    width: int
    thresholds: tuple[float, ...] | None
    available: frozenset[str]
    assumed: str | None = None
    partial: bool = False
    gaps: bool = False
    task: ClassVar[Task] = MULTILABEL
    positive: ClassVar[int | None] = None
    predicted: ClassVar[str | None] = None
    passed_over: ClassVar[str | None] = None
    prediction_column: ClassVar[str | None] = None
    order: ClassVar[tuple[int, ...] | None] = None
    levels: ClassVar[tuple[float, ...]] = ()

    @property
    def score_columns(self) -> tuple[str, ...]:
        """The columns of scores."""
        return self.columns

    @property
    def threshold(self) -> float | dict[str, float] | None:
        """The thresholds that were given, by label; a number if it is that of every label."""
        if self.thresholds is None:
            return None
        given = {name: t for name, t in zip(self.names, self.thresholds, strict=True) if not isnan(t)}
        values = set(given.values())
        return values.pop() if len(values) == 1 and len(given) == len(self.names) else given

    def part(self, rows: Chosen) -> tuple[Array, Array]:
        """Indicators of some rows, -1 if missing, and which rows have enough labels to be scored."""
        truth = self.matrix[:, rows]
        known = truth != MISSING
        return truth, np.asarray(known.any(axis=0) if self.gaps else known.all(axis=0))

    def block(self, rows: Rows) -> LabelSetBlock:
        """The block of some rows."""
        return LabelSetBlock(
            truth=rows.truth > 0,
            known=rows.truth != MISSING if self.gaps else None,
            scores=rows.values,
            kind=rows.kind,
            thresholds=self.thresholds,
            eps=rows.eps,
            has_rounding=rows.has_rounding,
            weight=rows.weight,
            row_hashes=rows.row_hashes,
            store=rows.store,
        )

    def codes_of(self, labels: Labels, start: int) -> Array:
        """Not for label sets."""
        raise no_predicted_classes()

    def row_columns(self, block: LabelSetBlock) -> dict[str, pa.Array]:
        """Columns of the row table."""
        has_probabilities = "probabilities" in self.available
        none = pa.nulls(block.n, pa.float64())
        correct = block.truth == block.predicted
        if block.known is not None:
            correct |= ~block.known
        return {
            "truth": _lists(block.truth, self.names),
            "predicted": _lists(block.predicted, self.names),
            "confidence": from_numbers(block.confidence) if has_probabilities else none,
            "loss": from_numbers(-block.log_true_probability[0] + 0.0) if has_probabilities else none,
            "rank": from_numbers(block.coverage_depth.astype(np.int32))
            if block.known is None
            else pa.nulls(block.n, pa.int32()),
            "correct": from_numbers(correct.all(axis=0)),
        }

    def needed(self, scores: bool, levels: Sequence[tuple[float, ...] | None]) -> LabelSetTarget:
        """All of it: the scores decide which labels are predicted."""
        return self

    def not_used(self, scores: tuple[str, ...]) -> tuple[str, ...]:
        """No columns."""
        return ()

    def scores_as(self, kind: ScoreKind) -> str | None:
        """The scale of the scores, or that they are predicted labels."""
        return kind.value if "scores" in self.available else "labels"

    def truth_rows(self) -> Sequence[Array]:
        """A row of the matrix per label, in the order of names."""
        return [self.matrix[j] for j in np.argsort(self.names)]

    def portable(self, values: Array) -> Array:
        """Indicators in one byte."""
        return values.astype(np.int8)


def _lists(matrix: Array, names: Sequence[str]) -> pa.Array:
    """The labels of each row, as a list."""
    rows, labels = np.nonzero(matrix.T)
    ends = np.zeros(matrix.shape[1] + 1, np.int32)
    np.cumsum(np.bincount(rows, minlength=matrix.shape[1]), out=ends[1:])
    return pa.ListArray.from_arrays(from_numbers(ends), named(labels, names).dictionary_decode())


def label_set_target(inputs: Inputs, truth: LabelSets, options: Options) -> LabelSetTarget:
    """The target of multilabel data; labels and scores are paired by name or, if that is clear, by order."""
    refuse_options_of_others(options, MULTILABEL)
    roles, width = inputs.roles, inputs.width
    if not roles.scores:
        raise InputError(
            "multilabel data requires a score (or 0/1) for each label",
            where=inputs.place,
            hint=use("with one column per label", score_cols=Blank("NAMES")),
        )
    if options.classes and len(options.classes) != width:
        raise UsageError(
            f"{len(options.classes)} labels are given, but there are {width} scores per row",
            where=inputs.place,
            hint=use("with all labels in the order of the scores", classes=Blank("NAMES")),
        )
    score_names = options.classes or (stems(roles.scores, roles.prefix) if not roles.listed else ())
    names, matrix, assumed = _in_columns_order(inputs, truth, score_names, options)
    duplicates = [name for name in names if names.count(name) > 1]
    if duplicates:
        raise UsageError(
            "duplicate label name", found=join_names(duplicates), hint="give each label its own name"
        )
    thresholds = label_thresholds(options, names)
    types = [value_type(inputs.predictions.types[name]) for name in roles.scores]
    # integers are predicted labels, not scores
    held = (
        frozenset[str]()
        if options.scores == "auto" and all(map(is_whole, types))
        else available_scores(options, width)
    )
    return LabelSetTarget(
        names=names,
        matrix=matrix,
        columns=roles.scores,
        width=width,
        thresholds=thresholds,
        available=held,
        assumed=assumed,
        partial=truth.partial,
        gaps=truth.partial and (options.missing == "drop" or truth.marked),
    )


def _in_columns_order(
    inputs: Inputs, truth: LabelSets, score_names: tuple[str, ...], options: Options
) -> tuple[tuple[str, ...], Array, str | None]:
    """Names of the labels, the matrix in the order of the score columns, and the assumption about it."""
    roles, width = inputs.roles, inputs.width
    if roles.layout == "lists" and not inputs.indicators:
        names = score_names or truth.names
        if len(names) != width:
            raise AmbiguousInput(
                f"{len(names)} different labels, {width} score columns",
                where=truth.where,
                found=f"labels {join_names(names)}",
                hint=use("with all labels in the order of the columns", classes=Blank("NAMES")),
            )
        order = f"the scores have no names: assumed to be the labels in sorted order, {join_names(names)}"
        return names, truth.ordered(names), None if score_names else order
    if len(truth.names) != width:
        raise InputError(
            f"{len(truth.names)} label columns, {width} score columns",
            where=_places(truth, inputs.place),
            found=f"labels {join_names(truth.names)}; scores {join_names(roles.scores)}",
            hint=use("with the same labels", label_cols=Blank("NAMES"), score_cols=Blank("NAMES")),
        )
    if inputs.labels is None and score_names and inputs.predictions.class_names == score_names:
        return score_names, truth.matrix, None  # the names are those of both
    set_by_user = bool(options.score_cols or options.classes)
    return _paired(truth, score_names, inputs.place, set_by_user)


def _places(truth: LabelSets, where: Place) -> Place | str:
    """Place of both files, or of the single one."""
    return where if truth.where == where else f"{truth.where} and {where}"


def _paired(
    truth: LabelSets, score_names: tuple[str, ...], where: Place, set_by_user: bool
) -> tuple[tuple[str, ...], Array, str | None]:
    """Names of the labels, the matrix in the order of the score columns, and the assumption about it.

    They are paired by name, or by order if the names of one side are numbers or the user named the columns
    (``set_by_user``).
    """
    label_names = stems(truth.names)
    if not score_names:
        return label_names, truth.matrix, None
    indices = class_indices(label_names, score_names)
    paired = [index for index in indices if index is not None]
    if not paired and (
        set_by_user or any(parse_number(name) is not None for name in (score_names[0], label_names[0]))
    ):
        by_order = (
            f"scores {join_names(score_names)} are assumed to be labels {join_names(label_names)}, in this "
            "order"
        )
        return score_names, truth.matrix, by_order if parse_number(label_names[0]) is None else None
    if sorted(paired) != list(range(len(score_names))):
        unmatched = [name for name, index in zip(label_names, indices, strict=True) if index is None]
        raise AmbiguousInput(
            "label columns and score columns do not match by name",
            where=_places(truth, where),
            found=f"no scores for {join_names(unmatched)}; scores for {join_names(score_names)}",
            hint=use("in the same order", label_cols=Blank("NAMES"), score_cols=Blank("NAMES")),
        )
    out = np.empty_like(truth.matrix)
    out[paired] = truth.matrix
    return score_names, out, None
