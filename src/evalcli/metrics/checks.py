"""What can be wrong with the declaration of a metric, each and how to correct it."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import numpy as np

from evalcli.errors import UsageError
from evalcli.metrics.aliases import fold
from evalcli.metrics.lookup import index
from evalcli.metrics.metric import LACKS, Metric
from evalcli.metrics.registry import METRICS
from evalcli.metrics.results import GIVEN, MonotoneArea, MonotoneProportion, Proportion
from evalcli.metrics.sources import ROC_AUC, Area, Bins, ByRows, NoInterval
from evalcli.metrics.stacks import Fault, context_of, faults_on_tables
from evalcli.tasks import AVERAGES, AVERAGES_OF_CLASSES, BINARY, MULTICLASS, MULTILABEL, TASKS, Task
from evalcli.text import join_names

ARGUMENTS = {"whole": ("finished state", "summary"), "counts": ("counts",), "areas": ("ranking",)}
OVR = tuple(f"ovr_{average}" for average in AVERAGES_OF_CLASSES)
OVO = ("ovo_macro", "ovo_weighted")


def check(metric: Metric) -> None:
    """An error for the first fault of a declaration."""
    for find in (_name, _facts, _docstring, _signature, _parameter, _averages, _source, faults_on_tables):
        for what, hint in find(metric):
            raise UsageError(f"metric {metric.name!r} {what}", hint=hint)


def _name(metric: Metric) -> Iterator[Fault]:
    name = metric.name
    if not name.isidentifier() or name != name.lower():
        yield "has a name that cannot be typed", "name the function in small letters, digits and _"
    known = index().get(fold(name))
    if known is not None and known[1] != name:
        yield f"has a name that already means {known[1]!r}", "give the function another name"
    if metric.same_for_two and metric.same_for_two not in METRICS:
        yield f"equals {metric.same_for_two!r}, which is no metric", "same_for_two= of a metric"


def _facts(metric: Metric) -> Iterator[Fault]:
    tasks = list(TASKS.values())
    if not metric.tasks or any(task not in tasks for task in metric.tasks):
        yield "is for no known task", f"tasks=(TASK, ...), of {join_names(name.upper() for name in TASKS)}"
    if metric.gives not in GIVEN:
        names = join_names(given.__name__ for given in GIVEN)
        yield (
            f"gives {getattr(metric.gives, '__name__', metric.gives)!r}, which is no result",
            f"one of {names}",
        )
    elif metric.form == "counts" and metric.gives not in (Proportion, MonotoneProportion, np.ndarray):
        yield f"gives {metric.gives.__name__} for every class", "Proportion, MonotoneProportion or np.ndarray"
    if metric.better not in ("higher", "lower", "none"):
        yield f"says that {metric.better!r} is better", 'one of "higher", "lower", "none"'
    if not metric.range[0] < metric.range[1]:
        yield "has an empty range", "range=(lowest, highest); np.inf if there is no limit"
    if metric.requires is not None and metric.requires not in LACKS:
        yield f"requires {metric.requires!r} of the file", f"one of {join_names(LACKS)}"
    try:
        reason = metric.undefined.reason.format(name="a class")
    except (AttributeError, KeyError, IndexError, ValueError):
        yield "does not say when it is undefined", 'undefined=Undefined("no row belongs to {name}")'
    else:
        if metric.form == "whole" and reason != metric.undefined.reason:
            yield (
                "names a class in its reason, but is of all rows",
                'undefined=Undefined("...") without {name}',
            )


def _docstring(metric: Metric) -> Iterator[Fault]:
    if not metric.page.summary:
        yield "has no description", "a docstring: one sentence, and perhaps a paragraph 'Formula: ...'"


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


def _parameter(metric: Metric) -> Iterator[Fault]:
    parameter = metric.parameter
    if parameter is None or any(not isinstance(task, Task) for task in metric.tasks):
        return
    context = context_of(metric.tasks[0], 6)
    values = parameter.defaults(context)
    if not any(parameter.check(value, context) for value in values):
        found = join_names(f"{value:g}" for value in values)
        yield f"has no default {parameter.name} within its own range (of {found})", "defaults=defaults(...)"


def _averages(metric: Metric) -> Iterator[Fault]:
    """The averages of a metric of counts follow from the decorator; those of an area are declared."""
    rankings = {MULTICLASS: (*AVERAGES_OF_CLASSES, *OVR, *(OVO if metric.source is ROC_AUC else ()))}
    possible = {BINARY: AVERAGES_OF_CLASSES, MULTICLASS: AVERAGES_OF_CLASSES, MULTILABEL: AVERAGES} | (
        {BINARY: (), **rankings} if metric.form == "areas" else {}
    )
    for task, averages in metric.averages.items():
        known = possible.get(task, ())
        odd = [average for average in averages if average not in known]
        if odd:
            yield (
                f"has unknown averages of {task} data: {join_names(odd)}",
                f"of {join_names(known)}",
            )


def _source(metric: Metric) -> Iterator[Fault]:
    source: object = metric.source  # whatever was given
    if not isinstance(source, Area | Bins | ByRows | NoInterval | None):
        yield (
            "has a source of its interval that is none",
            "an Area, BINS, ByRows(influence), or NoInterval(why)",
        )
    if metric.form == "areas" and not isinstance(source, Area):
        yield "is no area under a curve", "@metric or @class_metric"
    if metric.from_counts and isinstance(source, Area | Bins):
        yield "has neither a curve nor bins: it is computed from counts", "leave out source="
    if metric.form == "whole" and isinstance(source, Area) and metric.gives is not MonotoneArea:
        yield "follows from an area, but does not say how", "gives=MonotoneArea, with the area and the curve"
