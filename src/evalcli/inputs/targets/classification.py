"""The target with one class per row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalcli.blocks import Array, Block, ClassBlock
from evalcli.errors import UsageError
from evalcli.findings import Blank, omit, use
from evalcli.inputs.class_names import by_index
from evalcli.inputs.classes import Classes, resolve
from evalcli.inputs.labels import MISSING, Labels
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.targets.base import Chosen, Rows
from evalcli.inputs.targets.thresholds import class_threshold
from evalcli.tasks import Task


@dataclass(frozen=True, eq=False)
class ClassTarget:
    """One class per row. ``codes``: class index, -1 if missing, (n,).

    Of every target, ``columns`` are the score columns and ``width`` the number of scores per row;
    ``predicted`` is the column of predicted classes; ``available`` is what metrics may require.
    ``passed_over``: a column of predicted classes that is not used, since a threshold decides.
    """

    classes: Classes
    codes: Array
    columns: tuple[str, ...]
    width: int
    predicted: str | None
    threshold: float | None
    available: frozenset[str]
    passed_over: str | None = None

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

    def part(self, rows: Chosen) -> tuple[Array, Array]:
        """Class index of some rows, and which rows have a label."""
        truth = self.codes[rows].astype(np.intp)
        return truth, truth != MISSING

    def codes_of(self, labels: Labels, start: int) -> Array:
        """Class index of labels from the predictions; ``start``: number of rows before them."""
        places = self.classes.by_index and by_index(labels.names, self.names)
        return labels.to_indices(self.names, places, self.classes.folded, start)

    def block(self, rows: Rows) -> Block:
        """The block of some rows, with scores in the order of the classes."""
        order, scores = self.classes.columns, rows.scores
        if scores is not None and order is not None and order != tuple(range(len(order))):
            scores = scores[list(order)]
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
        )


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
