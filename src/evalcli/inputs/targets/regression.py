"""The target with a real value per row: columns of predicted values and of quantiles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalcli.blocks import Array, Block, RealBlock
from evalcli.errors import AmbiguousInput, InputError
from evalcli.findings import Blank, use
from evalcli.inputs.column_names import PREDICTED_NAMES
from evalcli.inputs.labels import Reals
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.targets.base import Chosen, Rows, refuse_options_of_others
from evalcli.loaders.arrow_columns import is_numeric
from evalcli.loaders.source import Source
from evalcli.report.provenance import level_of
from evalcli.tasks import REGRESSION, Task
from evalcli.text import join_names


@dataclass(frozen=True, eq=False)
class RealTarget:
    """A real value per row. ``point``: whether the first column is the predicted value; quantiles follow."""

    values: Array
    columns: tuple[str, ...]
    point: bool
    levels: tuple[float, ...]
    task: Task = REGRESSION
    names: tuple[str, ...] = ()
    positive: int | None = None
    predicted: str | None = None
    assumed: str | None = None

    @property
    def width(self) -> int:
        """Number of columns of predictions."""
        return len(self.columns)

    @property
    def available(self) -> frozenset[str]:
        """What metrics may require."""
        kinds = {"point": self.point, "quantiles": bool(self.levels)}
        return frozenset(name for name, present in kinds.items() if present)

    def part(self, rows: Chosen) -> tuple[Array, Array]:
        """True values of some rows, and which are finite."""
        truth = self.values[rows]
        return truth, np.isfinite(truth)

    def block(self, rows: Rows) -> Block:
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
    return RealTarget(truth.values, tuple(columns), point is not None, tuple(ordered))


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
