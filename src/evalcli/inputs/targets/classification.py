"""The target with one class per row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks import Array, ClassBlock, ScoreKind
from evalcli.errors import UsageError
from evalcli.findings import Blank, omit, use
from evalcli.inputs.class_names import by_index
from evalcli.inputs.classes import Classes, resolve
from evalcli.inputs.labels import MISSING, Labels
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.targets.base import Chosen, Rows, named
from evalcli.inputs.targets.thresholds import class_threshold
from evalcli.loaders.arrow_columns import from_numbers
from evalcli.tasks import Task


class ClassTarget(Struct, frozen=True, eq=False):
    """One class per row. ``codes``: class index, -1 if missing, (n,), in a small integer type."""

    classes: Classes
    codes: Array
    columns: tuple[str, ...]
    width: int
    predicted: str | None
    threshold: float | None
    available: frozenset[str]
    passed_over: str | None = None
    levels: ClassVar[tuple[float, ...]] = ()
    partial: ClassVar[bool] = False
    gaps: ClassVar[bool] = False

    @property
    def task(self) -> Task:
        """Kind of task: binary or multiclass."""
        return self.classes.task

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes."""
        return self.classes.names

    @property
    def assumed(self) -> str | None:
        """The assumption about the order of the classes, or None."""
        return self.classes.assumed

    @property
    def positive(self) -> int | None:
        """Index of the positive class of binary data."""
        return self.classes.positive

    @property
    def order(self) -> tuple[int, ...] | None:
        """Position of the score column of each class, or None if they are in order."""
        return self.classes.columns

    @property
    def score_columns(self) -> tuple[str, ...]:
        """The columns of scores."""
        return self.columns

    @property
    def prediction_column(self) -> str | None:
        """The column of predicted classes."""
        return self.predicted

    def part(self, rows: Chosen) -> tuple[Array, Array]:
        """Class index of some rows, and which rows have a label."""
        truth = self.codes[rows]
        return truth, truth != MISSING

    def codes_of(self, labels: Labels, start: int) -> Array:
        """Class index of labels from the predictions; ``start``: number of rows before them."""
        places = self.classes.by_index and by_index(labels.names, self.names)
        return labels.to_indices(self.names, places, self.classes.folded, start)

    def block(self, rows: Rows) -> ClassBlock:
        """The block of some rows, with scores in the order of the classes."""
        order, scores = self.order, rows.scores
        if scores is not None and order is not None and order != tuple(range(len(order))):
            ordered = scores[list(order)]
            if rows.store is not None and rows.store.holds(scores):
                scores[...] = ordered  # a part of the store, as before
            else:
                scores = ordered
        return ClassBlock(
            truth=rows.truth,
            scores=scores,
            given_predictions=rows.given_predictions,
            k=len(self.names),
            kind=rows.kind,
            positive=self.positive,
            threshold=self.threshold,
            eps=rows.eps,
            has_rounding=rows.has_rounding,
            weight=rows.weight,
            row_hashes=rows.row_hashes,
            store=rows.store,
        )

    def row_columns(self, block: ClassBlock) -> dict[str, pa.Array]:
        """Columns of the row table."""
        has_probabilities, has_scores = block.has_probabilities, block.scores is not None
        none = pa.nulls(block.n, pa.float64())
        return {
            "truth": named(block.truth, self.names),
            "predicted": named(block.predicted, self.names),
            "confidence": from_numbers(block.confidence.astype(np.float64)) if has_probabilities else none,
            "loss": from_numbers(-block.log_true_probability[0] + 0.0) if has_probabilities else none,
            "rank": from_numbers(block.truth_rank.astype(np.int32) + 1)
            if has_scores
            else pa.nulls(block.n, pa.int32()),
            "correct": from_numbers(block.predicted == block.truth),
        }

    def needed(self, scores: bool, levels: Sequence[tuple[float, ...] | None]) -> ClassTarget:
        """Without scores, if they are not needed and the file has the predicted classes."""
        return self if scores or self.predicted is None else replace(self, columns=(), width=0)

    def not_used(self, scores: tuple[str, ...]) -> tuple[str, ...]:
        """Predicted classes if a threshold decides, and scores that no metric needs."""
        predictions = (self.passed_over,) if self.passed_over else ()
        return predictions if self.columns else (*predictions, *scores)

    def scores_as(self, kind: ScoreKind) -> str | None:
        """The scale of the scores."""
        return kind.value if self.columns else None

    def truth_rows(self) -> Sequence[Array]:
        """The class indices."""
        return [self.codes]

    def portable(self, values: Array) -> Array:
        """Class indices by the order of names."""
        rank = np.empty(len(self.names) + 1, "<i4")
        rank[np.argsort(self.names)] = np.arange(len(self.names))
        rank[MISSING] = MISSING
        return rank[values]


def available_scores(options: Options, width: int) -> frozenset[str]:
    """What the scores provide for metrics, as keys of ``LACKS``; ``width``: scores per row."""
    if not width:
        return frozenset()
    return frozenset({"scores"} if options.scores == "raw" else {"scores", "probabilities"})


def class_target(inputs: Inputs, truth: Labels, options: Options) -> ClassTarget:
    """The target of binary or multiclass data. A threshold overrides predicted classes in the file."""
    roles = inputs.roles
    classes = resolve(roles, inputs.width, truth, inputs.predicted, options, inputs.place)
    threshold = class_threshold(options, classes)
    if threshold is not None and not roles.scores:
        raise UsageError(
            "--threshold requires scores; the file contains predicted classes only",
            where=inputs.place,
            hint=use("with the column of the scores", score_cols=Blank("NAME")) | omit("threshold"),
        )
    return ClassTarget(
        classes=classes,
        codes=truth.to_indices(classes.names, classes.by_index, classes.folded),
        columns=roles.scores,
        width=inputs.width,
        predicted=roles.predicted if threshold is None else None,
        threshold=threshold,
        available=available_scores(options, inputs.width),
        passed_over=roles.predicted if threshold is not None else None,
    )
