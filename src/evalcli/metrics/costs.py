"""A matrix of costs as a metric: the mean cost of a row, by its true and its predicted class."""

from __future__ import annotations

import csv
import io
import math

import numpy as np

from evalcli.blocks import ClassBlock
from evalcli.definitions import COST, CostMatrix
from evalcli.errors import InputError, UsageError
from evalcli.findings import Blank, Place, omit, use
from evalcli.metrics.context import Context, Summary
from evalcli.metrics.metric import Metric
from evalcli.metrics.results import Mean
from evalcli.statistics import RowLossMoments
from evalcli.statistics.base import Floats
from evalcli.statistics.row_values import RowValues
from evalcli.text import escape, join_names
from evalcli.whole import read_whole

KINDS = ("tn", "fp", "fn", "tp")
"""Outcomes of a row."""
EXAMPLE = "the first line names the predicted classes, the first column the true ones: ,a,b / a,0,1 / b,5,0"


def read_costs(path: str) -> CostMatrix:
    """The matrix of a CSV file. Raises an ``InputError`` for any other content."""
    try:
        text = read_whole(path).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            "the cost matrix cannot be read",
            where=Place(path),
            found=getattr(error, "strerror", None) or str(error),
            hint="a CSV file; " + EXAMPLE,
            code="unreadable",
        ) from None
    lines = [[cell.strip() for cell in line] for line in csv.reader(io.StringIO(text)) if any(line)]
    if len(lines) < 3 or any(len(line) != len(lines[0]) for line in lines):
        raise _refused(path, "is not a table of two or more classes", f"{len(lines)} lines")
    rows = []
    for line in lines[1:]:
        try:
            costs = tuple(map(float, line[1:]))
        except ValueError as error:
            raise _refused(path, f"has a cost of {line[0]!r} that is no number", str(error)) from None
        rows.append(costs)
    return CostMatrix(path, tuple(rows), tuple(line[0] for line in lines[1:]), tuple(lines[0][1:]))


def _refused(path: str, what: str, found: str) -> InputError:
    return InputError(
        f"the cost matrix {what}", where=Place(path), found=found, hint=EXAMPLE, code="cost-matrix"
    )


def costs_of_errors(text: str) -> dict[str, float]:
    """Costs by outcome, as in ``fp=1,fn=5``. Raises a ``UsageError`` for any other text."""
    costs: dict[str, float] = {}
    for part in text.split(","):
        name, _, value = (side.strip() for side in part.partition("="))
        try:
            cost = float(value)
        except ValueError:
            cost = math.nan
        if name not in KINDS or not math.isfinite(cost) or name in costs:
            what = (
                f"{name!r} is not an outcome (tp, fp, tn, fn)"
                if name not in KINDS
                else f"{name} has no number"
            )
            raise UsageError(
                f"--cost {text}: {f'duplicate {name}' if name in costs else what}",
                hint=use("or also tp and tn", cost="fp=1,fn=5"),
            )
        costs[name] = cost
    if len(set(costs.values()) | ({0.0} if len(costs) < len(KINDS) else set())) < 2:
        raise UsageError(f"--cost {text!r}: every row costs the same", hint=use(cost="fp=1,fn=5"))
    if costs.get("fp", 0.0) < costs.get("tn", 0.0) or costs.get("fn", 0.0) < costs.get("tp", 0.0):
        raise UsageError(
            f"--cost {text}: an error costs less than a correct prediction", hint=use(cost="fp=1,fn=5")
        )
    if not {"fp", "fn"} <= set(costs):
        lacking = "fn" if "fp" in costs else "fp"
        raise UsageError(
            f"--cost {text}: {lacking} has no cost, so one class is always predicted",
            hint=use(cost=Blank(f"{text},{lacking}=COST")),
        )
    return costs


def metric_of_costs(costs: CostMatrix, context: Context) -> Metric:
    """The metric of a matrix, whose classes are those of the data in any order."""
    if not context.task.exclusive or not context.task.has_classes:
        raise UsageError(
            f"--cost-matrix is for one class per row; this is {context.task}", hint=omit("cost_matrix")
        )
    table = _ordered(costs, context.classes)
    if not np.isfinite(table).all():
        true, predicted = (context.classes[index] for index in np.argwhere(~np.isfinite(table))[0])
        raise _refused(costs.source, "has a cost that is not finite", f"{true!r} predicted as {predicted!r}")

    def of_block(block: ClassBlock) -> Floats:
        return np.asarray(table[block.truth, block.predicted])

    def cost(state: RowLossMoments, summary: Summary) -> Mean:
        return Mean(state.loss)

    which = f"{escape(costs.source)}[true class, predicted class], {_digest(table, context.classes)}"
    cost.__doc__ = f"Mean cost of a row.\n\nFormula: mean of {which}"
    statistic = RowValues(of_block)
    return Metric(
        name=COST,
        form="whole",
        tasks=(context.task,),
        needs=lambda context, request: statistic,
        function=cost,
        gives=Mean,
        better="lower",
        range=(float(table.min()), float(table.max())),
    )


def _digest(table: Floats, classes: tuple[str, ...]) -> str:
    """Which costs they are, whatever the order of the classes."""
    from hashlib import sha256

    order = sorted(range(len(classes)), key=classes.__getitem__)
    return f"sha256 {sha256(np.ascontiguousarray(table[np.ix_(order, order)]).tobytes()).hexdigest()[:12]}"


def _ordered(costs: CostMatrix, classes: tuple[str, ...]) -> Floats:
    """The costs in the order of the classes, (k, k)."""
    if not costs.truth:
        even = len(set(map(len, costs.rows))) == 1
        table = np.array(costs.rows if even else [], np.float64)
        if table.shape != (len(classes), len(classes)):
            raise InputError(
                f"the cost matrix must have {len(classes)} rows and columns, in the order of the classes",
                where=Place(costs.source),
                found=f"shape {table.shape}; the classes are {join_names(classes)}",
                hint=f"one row and one column for each of {join_names(classes)}",
                code="cost-matrix",
            )
        return table
    for side, names in (("true", costs.truth), ("predicted", costs.predicted)):
        if sorted(names) == sorted(classes):
            continue
        found = {
            "missing": [name for name in classes if name not in names],
            "not in the data": [name for name in names if name not in classes],
            "twice": sorted({name for name in names if names.count(name) > 1}),
        }
        raise InputError(
            f"the {side} classes of the cost matrix are not those of the data",
            where=Place(costs.source),
            found="; ".join(f"{what}: {join_names(part)}" for what, part in found.items() if part),
            hint=f"one line and one column for each of {join_names(classes)}",
            code="cost-matrix",
        )
    order = np.ix_(*([names.index(name) for name in classes] for names in (costs.truth, costs.predicted)))
    return np.asarray(np.array(costs.rows, np.float64)[order])
