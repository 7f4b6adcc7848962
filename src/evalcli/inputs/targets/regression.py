"""The target with a real value per row: columns of predicted values and of quantiles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pyarrow as pa
from msgspec import Struct

from evalcli.blocks import Array, RealBlock, ScoreKind
from evalcli.errors import AmbiguousInput, InputError
from evalcli.findings import Blank, use
from evalcli.inputs.column_names import PREDICTED_NAMES
from evalcli.inputs.labels import Labels, Reals
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.targets.base import Chosen, Rows, no_predicted_classes, refuse_options_of_others
from evalcli.loaders.arrow_columns import from_numbers, is_numeric
from evalcli.loaders.source import Source
from evalcli.report.provenance import level_of
from evalcli.tasks import REGRESSION, Task
from evalcli.text import join_names

SMALLEST = 1e-150
"""Largest of all true values below which squares underflow."""


class RealTarget(Struct, frozen=True, eq=False):
    """A real value per row. ``point``: whether the first column is the predicted value; quantiles follow."""

    values: Array
    columns: tuple[str, ...]
    point: bool
    levels: tuple[float, ...]
    task: ClassVar[Task] = REGRESSION
    names: ClassVar[tuple[str, ...]] = ()
    positive: ClassVar[int | None] = None
    predicted: ClassVar[str | None] = None
    passed_over: ClassVar[str | None] = None
    order: ClassVar[tuple[int, ...] | None] = None
    assumed: ClassVar[str | None] = None
    threshold: ClassVar[float | None] = None
    partial: ClassVar[bool] = False
    gaps: ClassVar[bool] = False

    @property
    def width(self) -> int:
        """Number of columns of predictions."""
        return len(self.columns)

    @property
    def score_columns(self) -> tuple[str, ...]:
        """The columns of quantiles."""
        return self.columns[int(self.point) :]

    @property
    def prediction_column(self) -> str | None:
        """The column of predicted values."""
        return self.columns[0] if self.point else None

    @property
    def available(self) -> frozenset[str]:
        """What metrics may require."""
        kinds = {"point": self.point, "quantiles": bool(self.levels)}
        return frozenset(name for name, present in kinds.items() if present)

    def part(self, rows: Chosen) -> tuple[Array, Array]:
        """True values of some rows, and which are finite."""
        truth = self.values[rows]
        return truth, np.isfinite(truth)

    def block(self, rows: Rows) -> RealBlock:
        """The block of some rows."""
        values = rows.values.astype(np.float64, copy=False)
        point = values[0] if self.point else None
        return RealBlock(
            truth=rows.truth,
            predicted=point,
            quantiles=values[int(self.point) :],
            levels=self.levels,
            weight=rows.weight,
            row_hashes=rows.row_hashes,
        )

    def codes_of(self, labels: Labels, start: int) -> Array:
        """Not for real values."""
        raise no_predicted_classes()

    def row_columns(self, block: RealBlock) -> dict[str, pa.Array]:
        """Columns of the row table."""
        if block.predicted is None:
            none = pa.nulls(block.n, pa.float64())
            columns = {"predicted": none, "error": none, "loss": from_numbers(block.pinball)}
        else:
            columns = {
                "predicted": from_numbers(block.predicted_value),
                "error": from_numbers(block.error),
                "loss": from_numbers(block.absolute_error),
            }
        return {"truth": from_numbers(block.truth), **columns}

    def needed(self, scores: bool, levels: Sequence[tuple[float, ...] | None]) -> RealTarget:
        """With the quantiles of these levels only, and without predicted values if none are needed."""
        if not self.levels:
            return self
        wanted = {level for some in levels for level in some or ()}
        point = self.point and (None in levels or not wanted)
        named = zip(self.levels, self.score_columns, strict=True)
        kept = [(level, column) for level, column in named if level in wanted]
        columns = (*self.columns[: int(point)], *(column for _, column in kept))
        if not columns:  # no metric has a value, which takes rows to say
            return self
        return RealTarget(self.values, columns, point, tuple(level for level, _ in kept))

    def not_used(self, scores: tuple[str, ...]) -> tuple[str, ...]:
        """No columns."""
        return ()

    def scores_as(self, kind: ScoreKind) -> str | None:
        """Quantiles, if there are some."""
        return "quantiles" if self.levels else None

    def truth_rows(self) -> Sequence[Array]:
        """The true values."""
        return [self.values]

    def portable(self, values: Array) -> Array:
        """One NaN and one zero."""
        return np.where(np.isnan(values), np.nan, values + 0.0).astype("<f8")


def real_target(inputs: Inputs, truth: Reals, options: Options) -> RealTarget:
    """The target of regression data: a column of predicted values, columns of quantiles, or both."""
    refuse_options_of_others(options, REGRESSION)
    roles, source = inputs.roles, inputs.predictions
    levels = {
        level: name
        for name in source.columns
        if name not in roles.truth and (level := level_of(name)) is not None
    }
    point = _point_column(inputs, set(levels.values()), options)
    if point is None and 0.5 in levels:
        point = levels[0.5]
    ordered = sorted(levels)
    columns = (*([point] if point else []), *(levels[level] for level in ordered))
    _require_size(truth.values, inputs)
    return RealTarget(truth.values, tuple(columns), point is not None, tuple(ordered))


def _require_size(values: Array, inputs: Inputs) -> None:
    """Refuse true values whose squares are 0 in double precision, though they are not."""
    finite = np.abs(values[np.isfinite(values)])
    largest = float(finite.max(initial=0.0))
    if 0.0 < largest < SMALLEST:
        raise InputError(
            "the true values are too small: their squares are 0 in double precision",
            where=inputs.truth.where,
            found=f"the largest is {largest:g}",
            hint="multiply the labels and the predictions by the same number",
            code="too-small",
        )


def _point_column(inputs: Inputs, quantiles: set[str], options: Options) -> str | None:
    """The column of predicted values; None if there are only quantiles."""
    roles, source = inputs.roles, inputs.predictions
    if options.pred_col is not None:
        return _real_column(source, options.pred_col)
    rest = [
        name
        for name in (*roles.scores, *([roles.predicted] if roles.predicted else []))
        if name not in quantiles
    ]
    usual = [name for name in rest if name in PREDICTED_NAMES]
    chosen = usual if len(usual) == 1 and not options.score_cols else rest
    if len(chosen) > 1 or (not chosen and not quantiles):
        raise AmbiguousInput(
            "the labels are real numbers, and "
            + (
                f"{len(chosen)} columns may be the predicted value"
                if chosen
                else "no column seems to be the predicted value"
            ),
            where=inputs.place,
            found=f"columns {join_names(chosen or source.columns)}",
            hint=use("with the column of predicted values", pred_col=next(iter(chosen), Blank("NAME")))
            | use("if the labels are classes", task="multiclass"),
        )
    return _real_column(source, chosen[0]) if chosen else None


def _real_column(source: Source, name: str) -> str:
    if not is_numeric(source.types[name]):
        raise InputError(
            "the column of predicted values does not contain one number per row",
            where=source.place(name),
            found=str(source.types[name]),
            hint=use("with another column", pred_col=Blank("NAME")),
        )
    return name
