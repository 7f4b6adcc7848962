"""Metrics of counts on several tables at once, as for their intervals: what can be wrong with a formula."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from evalcli.blocks import Array
from evalcli.metrics.context import Context
from evalcli.metrics.evaluate import call, numbers, values_of
from evalcli.metrics.metric import Metric, Request
from evalcli.metrics.results import MonotoneProportion, Proportion
from evalcli.statistics import ResampledCounts
from evalcli.statistics.base import Floats
from evalcli.statistics.resampled_counts import of_cells
from evalcli.tasks import BINARY, Task

Fault = tuple[str, str]
"""What is wrong, and how to correct it."""
DRAWS = 3
LAST_AXIS = "work along the last axis, e.g. .sum(axis=-1): the first axis are resampled tables"


@cache
def is_sized(metric: Metric) -> bool:
    """Whether a metric of counts grows with the number of rows, as a count does and a share does not."""
    if metric.parts:
        return any(is_sized(part.metric) for part in metric.parts)
    if not metric.from_counts:
        return False
    k = 2 if metric.tasks == (BINARY,) else 3
    once, twice = (evaluated(metric, tables_of(k, times), k) for times in (1, 2))
    return not _equal(once, twice)


def faults_on_tables(metric: Metric) -> Iterator[Fault]:
    """What is wrong with a metric of counts, of two classes and of three."""
    if not metric.from_counts:
        return
    for k in (2,) if metric.tasks == (BINARY,) else (2, 3):
        try:
            yield from _faults(metric, k)
        except (AttributeError, IndexError, KeyError, TypeError, ValueError) as error:
            yield (
                f"cannot be evaluated on resampled tables ({type(error).__name__}: {error})",
                "use hits, support, predicted_counts, n and classes of the counts; the summary has no states",
            )


def _faults(metric: Metric, k: int) -> Iterator[Fault]:
    tables, untouched = tables_of(k), tables_of(k)
    together = evaluated(metric, tables, k)
    if not all(np.array_equal(*pair) for pair in zip(_arrays(tables), _arrays(untouched), strict=True)):
        yield "changes the counts that it is given", "make new arrays, without out= and +="
    apart = one_by_one(metric, k)
    if together.shape != apart.shape:
        yield f"gives an array of shape {together.shape} for counts of shape {apart.shape}", LAST_AXIS
    elif not _equal(together, apart):
        yield "gives other values for several tables at once than for one by one", LAST_AXIS
    elif metric.form == "counts" and not _equal(together, _class_by_class(metric, k)):
        yield "gives other values for several classes at once than for each", "use the counts of a class only"
    if not _share_of_rows(metric, k):
        yield "gives a share that is not one of whole rows", "gives=np.ndarray for any other ratio"


def _equal(left: Floats, right: Floats) -> bool:
    return np.allclose(left, right, rtol=1e-9, equal_nan=True)


def tables_of(k: int, times: int = 1) -> ResampledCounts:
    """Three tables of whole counts of k classes, as resamples of a table; ``times``: each row so often."""
    rows, columns = (part.reshape(-1) for part in np.indices((k, k)))
    draws = np.arange(DRAWS)[:, None]
    cells = (5 * rows + 3 * columns + draws * (rows + 2 * columns + 1)) % 11 + 1
    return of_cells(rows, columns, times * cells.astype(np.float64), k)


def one_by_one(metric: Metric, k: int = 2) -> Floats:
    """Its values on the three tables, one table after another."""
    shape = (1,) if metric.form == "whole" else (1, k)
    values = [evaluated(metric, _row(tables_of(k), row), k) for row in range(DRAWS)]
    return np.concatenate(
        [np.broadcast_to(value, shape) if np.ndim(value) == 0 else value for value in values]
    )


def evaluated(metric: Metric, tables: ResampledCounts, k: int) -> Floats:
    """Its values on several tables at once: (draws,), or of each class, (draws, k)."""
    context, request = context_of(metric.tasks[0], k), _request(metric, k)
    whole = metric.form == "whole"
    return values_of(request, tables, context) if whole else numbers(request, tables.classes)


def _class_by_class(metric: Metric, k: int) -> Floats:
    alone = [numbers(_request(metric, k), tables_of(k).classes.only(index))[..., 0] for index in range(k)]
    return np.stack(alone, axis=-1)


def _share_of_rows(metric: Metric, k: int) -> bool:
    """Whether a share, of which the interval is Wilson's, is one of whole rows."""
    if not metric.gives_share or metric.form != "counts":
        return True
    result = call(_request(metric, k), tables_of(k).classes)
    share = result.share if isinstance(result, MonotoneProportion) else result
    if not isinstance(share, Proportion):
        return True
    hits, total = np.asarray(share.hits), np.asarray(share.total)
    return bool(((hits >= 0) & (hits <= total) & (total % 1 == 0)).all())


def context_of(task: Task, k: int) -> Context:
    """Data of k classes, if the task has classes."""
    names = tuple("abcdef"[:k]) if task.has_classes else ()
    positive = 1 if task.has_positive and k == 2 else None
    return Context(task, names, positive, quantiles=(0.1, 0.5, 0.9))


def _request(metric: Metric, k: int) -> Request:
    context = context_of(metric.tasks[0], k)
    values = metric.parameter.defaults(context) if metric.parameter else ()
    return Request(metric, parameter=values[0] if values else None)


def _arrays(tables: ResampledCounts) -> list[Array]:
    c = tables.classes
    return [tables.hits, tables.predicted_counts, tables.support, tables.total, c.tp, c.fp, c.fn, c.tn]


def _row(tables: ResampledCounts, row: int) -> ResampledCounts:
    """One of many tables, as a stack of one."""
    rows = slice(row, row + 1)
    distances = tables.distance_sums
    return ResampledCounts(
        tables.hits[rows],
        tables.predicted_counts[rows],
        tables.support[rows],
        tables.total[rows],
        None if distances is None else distances[:, rows],
    )
