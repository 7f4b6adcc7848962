"""How a metric is declared: a formula with a docstring, under one of three decorators.

``@metric`` is for a formula of all rows, ``@class_metric`` of one class against the rest, ``@ranking_metric``
of an area under a curve. Each takes what the formula needs, what it gives and what a NaN of it means; mypy
compares the formula with these. The range of a share is known, any other is declared. The interval follows
from what a formula gives, unless ``source`` is given.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Concatenate, Never, ParamSpec, TypeVar

import numpy as np

from evalcli.blocks import Array, Block
from evalcli.blocks.base import ARGUMENTS
from evalcli.errors import UsageError
from evalcli.metrics.context import Context, Summary
from evalcli.metrics.evaluate import failed
from evalcli.metrics.metric import Better, Metric, Parameter, Request, Requirement, Totals
from evalcli.metrics.registry import METRICS
from evalcli.metrics.results import NO_ROWS, Mean, MonotoneProportion, Proportion, Result, Undefined
from evalcli.metrics.sources import Area, Source
from evalcli.statistics import (
    AnyStatistic,
    Confusion,
    OneVsRest,
    Ranking,
    RowLossMoments,
    RowValues,
    State,
    Statistic,
)
from evalcli.statistics.base import Floats
from evalcli.tasks import AVERAGES, AVERAGES_OF_CLASSES, BINARY, LABELS, MULTICLASS, MULTILABEL, Task
from evalcli.text import join_names

F = TypeVar("F")
R = TypeVar("R", bound=Result)
P = ParamSpec("P")
NOT_FINITE = Undefined("its function gives no finite number for some rows")
UNIT = (0.0, 1.0)
"""Range of shares, and of what is between nothing and all."""
OfRow = Callable[..., Array]
"""A function of the rows: a number for each."""
if TYPE_CHECKING:
    Needed = Statistic[Never, State[F]] | Callable[[Context, Request], Statistic[Never, State[F]]]
    """A statistic, or the one that depends on the options and on the request."""
    Whole = Callable[Concatenate[F, Summary, P], R | Undefined]
    """A formula of all rows: of the finished state and the summary, and of its parameter if it has one."""
    OfClass = Callable[Concatenate[OneVsRest, P], R]
    """A formula of one class against the rest, over the last axis of the four counts."""
    OfRanking = Callable[Concatenate[Ranking, P], Floats]
    """A formula of a ranking: a value per ranked class."""


def metric(
    needs: Needed[F],
    gives: type[R],
    better: Better,
    *,
    tasks: tuple[Task, ...],
    range: tuple[float, float] | None = None,
    undefined: Undefined = NO_ROWS,
    requires: Requirement | None = None,
    parameter: Parameter | None = None,
    source: Source | None = None,
    also: tuple[AnyStatistic, ...] = (),
    weights: bool = True,
    every_class: bool = False,
    mean_of_classes: bool = False,
    same_for_two: str = "",
    share: bool = False,
) -> Callable[[Whole[F, P, R]], Whole[F, P, R]]:
    """Declare a metric of all rows: ``function(finished state, summary[, parameter])``; see ``Metric``.

    A formula of ``Confusion()`` works along the last axis, so that many tables are evaluated at once.
    """

    def add(function: Whole[F, P, R]) -> Whole[F, P, R]:
        METRICS.add(
            Metric(
                name=function.__name__,
                form="whole",
                tasks=tasks,
                needs=needs if callable(needs) else lambda context, request: needs,
                function=function,
                gives=gives,
                better=better,
                range=_limits(range, gives, function),
                undefined=undefined,
                source=source,
                from_counts=isinstance(needs, Confusion),
                requires=requires,
                parameter=parameter,
                also=also,
                weights=weights,
                every_class=every_class,
                mean_of_classes=mean_of_classes,
                same_for_two=same_for_two,
                share=share,
            )
        )
        return function

    return add


def row_metric(
    better: Better,
    *,
    tasks: tuple[Task, ...],
    range: tuple[float, float],
    requires: Requirement | None = None,
    undefined: Undefined = NOT_FINITE,
) -> Callable[[OfRow], OfRow]:
    """Declare a mean over the rows of a function of each, e.g. of a loss.

    ``function``: takes any of ``y_true``, ``y_pred``, ``y_prob`` and ``y_score``, the rows being their first
    axis, and gives a number for each row, (n,). Regression: real values, (n,). Binary: 0 and 1 (1 is the
    positive class), and the probability or score of 1, (n,). Multiclass: indices of classes, (n,), and
    (n, k). Multilabel: 0 and 1, and (n, k). Undefined if a row has no finite number.
    """

    def add(function: OfRow) -> OfRow:
        names = _arguments(function)

        def mean(state: RowLossMoments, summary: Summary) -> Mean | Undefined:
            return undefined if state.outside else Mean(state.loss)

        mean.__doc__, mean.__module__ = function.__doc__, function.__module__
        statistic = RowValues(_of_block(function, names))
        METRICS.add(
            Metric(
                name=function.__name__,
                form="whole",
                tasks=tasks,
                needs=lambda context, request: statistic,
                function=mean,
                gives=Mean,
                better=better,
                range=range,
                undefined=NO_ROWS,
                requires=requires or _required(names, tasks),
            )
        )
        return function

    return add


def _of_block(function: OfRow, names: Sequence[str]) -> Callable[[Block], Array]:
    """The function of a block that one of named arrays is; refuses any result but a number for each row."""

    def of_block(block: Block) -> Array:
        try:
            values = np.asarray(function(**{name: _read_only(block.argument(name)) for name in names}))
        except Exception as error:  # whatever a function of somebody else may raise
            raise failed(function.__name__, error) from error
        if values.shape != (block.n,) or values.dtype.kind not in "biuf":
            raise UsageError(
                f"metric {function.__name__!r} must give one number for each row",
                found=f"an array of shape {values.shape} and type {values.dtype} for {block.n:,} rows",
                hint="return an array of shape (n,), without a sum or a mean",
            )
        return values

    return of_block


def _read_only(array: Array) -> Array:
    """A view that a function cannot change for others."""
    view = array.view()
    view.flags.writeable = False
    return view


def _arguments(function: OfRow) -> tuple[str, ...]:
    """Names of what a function of the rows takes."""
    from inspect import signature  # what only metrics of one's own need

    names = tuple(signature(function).parameters)
    wrong = [name for name in names if name not in ARGUMENTS]
    if wrong or not names:
        raise UsageError(
            f"metric {function.__name__!r} takes {join_names(wrong) or 'nothing'}",
            hint=f"a function of the rows takes any of {join_names(ARGUMENTS)}",
        )
    return names


def _required(names: Sequence[str], tasks: Sequence[Task]) -> Requirement | None:
    """What the file has to contain for these arguments."""
    if not any(task.has_classes for task in tasks):
        return "point"
    return "probabilities" if "y_prob" in names else "scores" if "y_score" in names else None


def class_metric(
    gives: type[R],
    better: Better,
    *,
    undefined: Undefined,
    tasks: tuple[Task, ...] = LABELS,
    range: tuple[float, float] | None = None,
    samples: bool = True,
    parameter: Parameter | None = None,
    totals: Totals | None = None,
    per_class: bool = False,
) -> Callable[[OfClass[P, R]], OfClass[P, R]]:
    """Declare a metric of one class against the rest: ``function(counts[, parameter])``, then averaged.

    It works along the last axis of the four counts. ``samples``: whether it also has the mean over rows of
    its value among the labels of a row. ``totals``: its denominators, if it is not a single share.
    """
    plain = AVERAGES_OF_CLASSES
    averages = {MULTICLASS: plain, MULTILABEL: AVERAGES if samples else plain}
    if MULTICLASS in tasks:
        averages = {BINARY: plain, **averages}

    def add(function: OfClass[P, R]) -> OfClass[P, R]:
        METRICS.add(
            Metric(
                name=function.__name__,
                form="counts",
                tasks=tasks,
                needs=lambda context, request: context.counts,
                function=function,
                gives=gives,
                better=better,
                range=_limits(range, gives, function),
                undefined=undefined,
                from_counts=True,
                averages={task: averages[task] for task in averages if task in tasks},
                parameter=parameter,
                totals=totals,
                per_class=per_class,
            )
        )
        return function

    return add


def ranking_metric(
    area: Area,
    *,
    averages: Mapping[Task, tuple[str, ...]],
    undefined: Undefined,
    parameter: Parameter | None = None,
    per_class: bool = False,
) -> Callable[[OfRanking[P]], OfRanking[P]]:
    """Declare an area under a curve of one class against the rest: ``function(ranking[, parameter])``."""

    def add(function: OfRanking[P]) -> OfRanking[P]:
        METRICS.add(
            Metric(
                name=function.__name__,
                form="areas",
                tasks=LABELS,
                needs=lambda context, request: context.ranking,
                function=function,
                gives=np.ndarray,
                better="higher",
                undefined=undefined,
                source=area,
                requires="scores",
                averages=averages,
                parameter=parameter,
                per_class=per_class,
            )
        )
        return function

    return add


def _limits(
    given: tuple[float, float] | None, gives: type[object], function: Callable[..., object]
) -> tuple[float, float]:
    """The range of a metric: that of shares is known, any other has to be declared."""
    if given is not None:
        return given
    if issubclass(gives, (Proportion, MonotoneProportion)):
        return UNIT
    raise UsageError(
        f"metric {function.__name__!r} does not say its range",
        hint="range=(lowest, highest); np.inf if there is no limit",
    )


def between(low: float, high: float, *, ends: bool = False) -> Callable[[float, Context], bool]:
    """A check for parameters within a range."""
    return lambda value, _: low <= value <= high if ends else low < value < high


def defaults(*values: float) -> Callable[[Context], tuple[float, ...]]:
    """The same defaults for all data."""
    return lambda _: values
