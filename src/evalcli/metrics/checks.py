"""What can be wrong with the declaration of a metric, each with the way to mend it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import fields

import numpy as np

from evalcli.errors import UsageError
from evalcli.metrics.aliases import fold
from evalcli.metrics.context import Context
from evalcli.metrics.evaluate import numbers, values_of
from evalcli.metrics.lookup import index
from evalcli.metrics.metric import LACKS, Metric, Request
from evalcli.metrics.results import GIVEN, Floats
from evalcli.metrics.sources import Area
from evalcli.statistics import ResampledCounts
from evalcli.statistics.resampled_counts import of_cells
from evalcli.tasks import TASKS
from evalcli.text import join_names

Fault = tuple[str, str]
"""What is wrong, and how to mend it."""
TABLES = np.array([[7.0, 2.0, 1.0, 5.0], [3.0, 3.0, 4.0, 8.0], [11.0, 1.0, 2.0, 6.0]])
"""Three tables of two classes, row by row."""
ARGUMENTS = {
    "whole": ("finished state", "summary"),
    "counts": ("counts",),
    "areas": ("ranking",),
}


def check(metric: Metric) -> None:
    """An error for the first fault of a declaration."""
    for find in (_name, _facts, _docstring, _signature, _source, _over_stacks):
        for what, hint in find(metric):
            raise UsageError(f"metric {metric.name!r} {what}", hint=hint)


def _name(metric: Metric) -> Iterator[Fault]:
    name = metric.name
    if not name.isidentifier() or name != name.lower():
        yield "has a name that cannot be typed", "name the function in small letters, digits and _"
    known = index().get(fold(name))
    if known is not None and known[1] != name:
        yield f"has a name that already means {known[1]!r}", "give the function another name"


def _facts(metric: Metric) -> Iterator[Fault]:
    tasks = list(TASKS.values())
    if not metric.tasks or any(task not in tasks for task in metric.tasks):
        yield (
            "is for no known task",
            f"tasks=(TASK, ...), of {join_names(task.name.upper() for task in tasks)}",
        )
    if metric.gives not in GIVEN:
        names = join_names(given.__name__ for given in GIVEN)
        yield (
            f"gives {getattr(metric.gives, '__name__', metric.gives)!r}, which has no value",
            f"one of {names}",
        )
    if metric.better not in ("higher", "lower", "none"):
        yield f"says that {metric.better!r} is better", 'one of "higher", "lower", "none"'
    if not metric.range[0] < metric.range[1]:
        yield "has an empty range", "range=(lowest, highest); np.inf if there is no limit"
    if metric.requires is not None and metric.requires not in LACKS:
        yield f"requires {metric.requires!r} of the file", f"one of {join_names(LACKS)}"
    try:
        metric.undefined.reason.format(name="a")
    except (AttributeError, KeyError, IndexError, ValueError):
        yield "does not say when it is undefined", 'undefined=Undefined("no row belongs to {name}")'


def _docstring(metric: Metric) -> Iterator[Fault]:
    if not metric.page.summary:
        yield "has no description", "a docstring: one sentence, and a paragraph 'Formula: ...'"
    elif not metric.page.formula:
        yield "does not say its formula", "a paragraph 'Formula: ...' in the docstring"


def _signature(metric: Metric) -> Iterator[Fault]:
    """Formulas take their arguments by position, and the parameter after them if there is one."""
    names = [*ARGUMENTS[metric.form], *([metric.parameter.name] if metric.parameter else [])]
    optional = metric.parameter is not None and metric.parameter.optional
    try:
        signature = inspect.signature(metric.function)
        signature.bind(*names)
        if optional:
            signature.bind(*names[:-1])
    except TypeError as error:
        yield f"has a formula with other arguments ({error})", f"{metric.name}({', '.join(names)})"


def _source(metric: Metric) -> Iterator[Fault]:
    if metric.form == "areas" and not isinstance(metric.source, Area):
        yield "is no area under a curve", "@metric or @class_metric"
    if metric.from_counts and metric.source is not None and isinstance(metric.source, Area):
        yield "has no curve: it is computed from counts", "leave out source="


def _over_stacks(metric: Metric) -> Iterator[Fault]:
    """A metric of counts is evaluated on many tables at once, for its interval."""
    if not metric.from_counts:
        return
    together, apart = stack_values(metric)
    if together.shape != apart.shape:
        yield (
            f"gives an array of shape {together.shape} for counts of shape {apart.shape}",
            "work along the last axis, e.g. .sum(axis=-1): the first axis are resampled tables",
        )
    elif not np.allclose(together, apart, rtol=1e-9, equal_nan=True):
        yield (
            "gives other values for several tables at once than for one by one",
            "use one table only for its value: sums over the last axis, axis=-1, not over all",
        )


def stack_values(metric: Metric) -> tuple[Floats, Floats]:
    """Its values on three tables at once, and one by one: (3,), or of each class, (3, 2)."""
    context = Context(metric.tasks[0], ("a", "b"), 1 if metric.tasks[0].has_positive else None)
    values = metric.parameter.defaults(context) if metric.parameter else ()
    request = Request(metric, parameter=values[0] if values else None)
    tables = of_cells(np.array([0, 0, 1, 1]), np.array([0, 1, 0, 1]), TABLES, 2)

    def evaluated(tables: ResampledCounts) -> Floats:
        whole = metric.form == "whole"
        return values_of(request, tables, context) if whole else numbers(request, tables.classes)

    one_by_one = [evaluated(_row(tables, row)) for row in range(len(TABLES))]
    shape = (1,) if metric.form == "whole" else (1, 2)
    apart = [np.broadcast_to(value, shape) if np.ndim(value) == 0 else value for value in one_by_one]
    return evaluated(tables), np.concatenate(apart)


def _row(tables: ResampledCounts, row: int) -> ResampledCounts:
    """One of many tables, as a stack of one."""
    parts = {field.name: getattr(tables, field.name) for field in fields(ResampledCounts)}
    distances = parts.pop("distance_sums")
    return ResampledCounts(
        **{name: part[row : row + 1] for name, part in parts.items()},
        distance_sums=distances[:, row : row + 1],
    )
