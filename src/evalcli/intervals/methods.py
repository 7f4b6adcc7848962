"""The methods of intervals in order of preference, and the one that a request has."""

from __future__ import annotations

from dataclasses import replace

from evalcli.intervals.areas import DELONG, JACKKNIFE
from evalcli.intervals.bins import BIN_BOUNDS, DEPENDENT
from evalcli.intervals.means import MeanByMoments
from evalcli.intervals.method import Method
from evalcli.intervals.proportions import Wilson
from evalcli.intervals.rows import GROUPS, ROWS
from evalcli.intervals.tables import TableBootstrap
from evalcli.metrics import Context, Metric, Request
from evalcli.metrics.sources import Bins, NoInterval
from evalcli.tasks import MULTICLASS, MULTILABEL, Task

METHODS: tuple[Method, ...] = (
    Wilson(),
    TableBootstrap(),
    MeanByMoments(),
    DELONG,
    replace(DELONG, name="delong-by-group", words="", by_group=True),
    JACKKNIFE,
    replace(JACKKNIFE, name="infinitesimal-jackknife-by-group", words="", by_group=True),
    BIN_BOUNDS,
    ROWS,
    GROUPS,
)
"""The first that applies is used; the last two apply to everything."""


def choose(request: Request, context: Context) -> Method | NoInterval:
    """The method of a request, from the metric's declaration and the weights and groups of the rows."""
    source = request.metric.source
    if isinstance(source, NoInterval):
        return source
    if isinstance(source, Bins) and context.groups is not None:
        return DEPENDENT
    return next(method for method in METHODS if method.applies(request, context))


def redraws_rows(request: Request, context: Context) -> bool:
    """Whether the interval of a request is made from resamples of the rows."""
    method = choose(request, context)
    return not isinstance(method, NoInterval) and method.redraws_rows


def usual(metric: Metric) -> Method | NoInterval:
    """The method of the metric itself, or of one class, without weights and groups."""
    return choose(_single(metric), _context(metric.tasks[0]))


def in_words(metric: Metric) -> str:
    """How its interval is computed, and its coverage where that is not nominal."""
    method, single = usual(metric), _single(metric)
    if isinstance(method, NoInterval):
        return f"none: {method.reason}"
    parts = [method.name]
    if metric.form == "counts" and metric.averages:
        parts.append(f"averages: {', '.join(_averages(metric))}")
    elif metric.form == "areas" and metric.parameter:
        parts.append(f"ovo and @{metric.parameter.name.upper()}: {ROWS.name}")
    context = _context(metric.tasks[0])
    for what, changed in (
        ("weighted rows", replace(context, weighted=True)),
        ("--group", replace(context, groups=2)),
    ):
        other = _named(single, changed)
        if other != method.name or method.redraws_rows:
            parts.append(f"{what}: {other}")
    coverage = metric.page.coverage or method.coverage
    return "; ".join([*parts, *([coverage] if coverage else [])])


def _averages(metric: Metric) -> list[str]:
    """Methods of the averages over classes, and over labels and rows."""
    found = []
    if MULTICLASS in metric.averages:
        found.append(_named(Request(metric, "macro"), _context(MULTICLASS)))
    if MULTILABEL in metric.averages:
        labels, rows = (_named(Request(metric, name), _context(MULTILABEL)) for name in ("macro", "samples"))
        found.append(f"{labels} (labels), {rows} (samples)")
    return found


def _named(request: Request, context: Context) -> str:
    method = choose(request, context)
    return "none" if isinstance(method, NoInterval) else method.name


def _single(metric: Metric) -> Request:
    return Request(metric, cls=None if metric.form == "whole" else "a")


def _context(task: Task) -> Context:
    names = ("a", "b") if task.has_classes else ()
    return Context(task, names, 1 if task.has_positive else None)
