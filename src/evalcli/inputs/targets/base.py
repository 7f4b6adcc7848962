"""What every target answers, whatever its kind, and its rows before they become a block."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
from msgspec import Struct

from evalcli.blocks import Array, Block, ScoreKind, ScoreStore
from evalcli.errors import UsageError
from evalcli.findings import flag, omit
from evalcli.inputs.labels import Labels
from evalcli.inputs.options import Options
from evalcli.loaders.arrow_columns import from_numbers, from_texts
from evalcli.tasks import Task

Chosen = slice | Array
"""Rows of the truth: a slice, or an array of indices."""


class Rows(Struct, frozen=True, eq=False):
    """Arrays with rows last, and the scale of their scores.

    ``eps``: resolution of the file's float type. ``has_rounding``: whether probabilities have rounding
    errors. ``row_hashes``: hashes for sampling, or None. ``store``: what ``scores`` may be a part of.
    """

    truth: Array
    scores: Array | None
    given_predictions: Array | None
    weight: Array | None
    kind: ScoreKind
    eps: float
    has_rounding: bool
    row_hashes: Array | None = None
    store: ScoreStore | None = None

    @property
    def values(self) -> Array:
        """The scores, which must exist."""
        if self.scores is None:
            raise ValueError("these rows have no scores")
        return self.scores


class Target(Protocol):
    """What is predicted: the truth, and the columns of the predictions."""

    @property
    def task(self) -> Task:
        """Its kind."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the classes or labels."""
        ...

    @property
    def positive(self) -> int | None:
        """Index of the positive class of binary data."""
        ...

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns that are read as numbers."""
        ...

    @property
    def width(self) -> int:
        """Numbers per row in these columns."""
        ...

    @property
    def predicted(self) -> str | None:
        """The column of predicted classes, which are read as labels."""
        ...

    @property
    def passed_over(self) -> str | None:
        """A column of predicted classes that is not used, since a threshold decides."""
        ...

    @property
    def score_columns(self) -> tuple[str, ...]:
        """The columns of scores or quantiles."""
        ...

    @property
    def prediction_column(self) -> str | None:
        """The column of predicted classes or values."""
        ...

    @property
    def order(self) -> tuple[int, ...] | None:
        """Position of the score column of each class; None if they are in order."""
        ...

    @property
    def assumed(self) -> str | None:
        """The assumption about the order of the classes or scores, or None."""
        ...

    @property
    def available(self) -> frozenset[str]:
        """What metrics may require, as keys of ``LACKS``."""
        ...

    @property
    def levels(self) -> tuple[float, ...]:
        """Levels of the predicted quantiles."""
        ...

    @property
    def threshold(self) -> float | dict[str, float] | None:
        """The threshold that was given, or those of some labels."""
        ...

    @property
    def partial(self) -> bool:
        """Whether some rows have both known and missing labels."""
        ...

    @property
    def gaps(self) -> bool:
        """Whether such rows are scored."""
        ...

    def part(self, rows: Chosen) -> tuple[Array, Array]:
        """The truth of some rows, and which of them can be scored."""
        ...

    def codes_of(self, labels: Labels, start: int) -> Array:
        """Class index of predicted classes; ``start``: number of rows before them."""
        ...

    def block(self, rows: Rows) -> Block:
        """The block of some rows."""
        ...

    def row_columns(self, block: Any) -> dict[str, pa.Array]:
        """Columns of the row table for the rows of a block that this target made."""
        ...

    def needed(self, scores: bool, levels: Sequence[tuple[float, ...] | None]) -> Target:
        """The target with only the columns that are needed.

        ``scores``: whether scores are. ``levels``: quantiles that each statistic needs, None for the
        predicted values.
        """
        ...

    def not_used(self, scores: tuple[str, ...]) -> tuple[str, ...]:
        """Columns that are not used: predictions if a threshold decides, and scores that no metric needs."""
        ...

    def scores_as(self, kind: ScoreKind) -> str | None:
        """How the score columns are read, in a word; None if none are."""
        ...

    def truth_rows(self) -> Sequence[Array]:
        """The truth as rows of numbers: one, or one per label in the order of names."""
        ...

    def portable(self, values: Array) -> Array:
        """Values of the truth whose bytes are the same on all machines and for all orders of the classes."""
        ...


def no_predicted_classes() -> TypeError:
    """The error of a target that has no column of predicted classes."""
    return TypeError("only classes have predictions in the file")


def named(codes: Array, names: Sequence[str]) -> pa.Array:
    """Names of classes by their codes, as a dictionary."""
    return pa.DictionaryArray.from_arrays(from_numbers(codes.astype(np.int32)), from_texts(names))


def refuse_options_of_others(options: Options, task: Task) -> None:
    """Refuse options of other tasks."""
    if options.positive is not None and "positive" not in task.options:
        raise UsageError("--positive needs binary data", found=f"the task is {task}", hint=omit("positive"))
    given = {
        "threshold": options.threshold is not None,
        "classes": bool(options.classes),
        "scores": options.scores != "auto",
        "exclude_class": bool(options.exclude_class),
    }
    for name, is_given in given.items():
        if is_given and name not in task.options:
            raise UsageError(f"{flag(name)} has no meaning for {task}", hint=omit(name))
