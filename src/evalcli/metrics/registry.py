"""Metrics as data: requirements, a formula over the summed states, and conventions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from evalcli.statistics import AnyStatistic, Confusion, LabelConfusion, OneVsRest, ScoreRanking
from evalcli.tasks import AVERAGES, AVERAGES_OF_CLASSES, BINARY, LABELS, MULTICLASS, MULTILABEL, Task

Better = Literal["higher", "lower", "none"]
Form = Literal["whole", "counts", "areas"]
Floats = npt.NDArray[np.float64]
Totals = Callable[[OneVsRest], tuple[Any, ...]]
"""Denominators of metrics of counts: sums of some of the four counts."""


def both_truths(c: OneVsRest) -> tuple[Any, ...]:
    """Rows of the class, and rows of the others."""
    return c.tp + c.fn, c.tn + c.fp


SHARES = ("mape", "wape")
"""Metrics that are proportions, though without an upper limit."""

LACKS = {
    "scores": "requires scores; the file contains predicted classes only",
    "probabilities": "requires probabilities; the scores are raw",
    "point": "requires predicted values; the file contains quantiles only",
    "quantiles": "requires columns of predicted quantiles, e.g. q_0.1 and q_0.9",
}
"""What a metric may require of the file, and the reason if it is missing."""


@dataclass(frozen=True)
class Context:
    """Inputs of the formulas: the task, the classes, the options and the states.

    ``available``: what the file contains, keys of ``LACKS``. ``quantiles``: levels of predicted quantiles.
    ``average``: what a bare name means; None: the positive class of binary data.
    ``excluded``: classes excluded from averages. ``ranking``: the statistic that ranks the rows of each
    class. ``groups``: number of groups of dependent rows, if there are groups. ``seed``: random seed.
    """

    task: Task
    classes: tuple[str, ...] = ()
    positive: int | None = None
    average: str | None = None
    excluded: tuple[str, ...] = ()
    zero_division: str = "0"
    bins: int = 15
    available: frozenset[str] = frozenset({"scores", "probabilities", "point"})
    quantiles: tuple[float, ...] = ()
    weighted: bool = False
    gaps: bool = False
    ranking: ScoreRanking = field(default_factory=ScoreRanking)
    groups: int | None = None
    seed: int = 0
    states: Mapping[AnyStatistic, Any] = field(default_factory=dict)

    @property
    def ranks_vary(self) -> bool:
        """Whether the variances of areas can be computed from the ranks.

        Not if labels are missing and rows are weighted or in groups.
        """
        return not self.gaps or (not self.weighted and self.groups is None)

    def rows_without(self, cls: str | None) -> int:
        """Rows with a missing label, of one label."""
        if cls is None or not self.gaps:
            return 0
        return int(np.broadcast_to(self.states[self.counts].gaps, self.k)[self.index_of_class[cls]])

    @property
    def k(self) -> int:
        """Number of classes or labels."""
        return len(self.classes)

    @cached_property
    def index_of_class(self) -> Mapping[str, int]:
        """Index of each class."""
        return {name: index for index, name in enumerate(self.classes)}

    @cached_property
    def averaged(self) -> npt.NDArray[np.bool_]:
        """Whether each class counts in averages, (k,)."""
        return np.array([name not in self.excluded for name in self.classes], np.bool_)

    @property
    def excluded_indices(self) -> tuple[int, ...]:
        """Indices of the classes excluded from averages."""
        return tuple(map(self.classes.index, self.excluded))

    @property
    def counts(self) -> Confusion | LabelConfusion:
        """The statistic of the confusion counts."""
        return LabelConfusion() if self.task.several_labels else Confusion()

    @property
    def squared_counts(self) -> AnyStatistic:
        """The same with squared weights, for effective sample sizes."""
        return replace(self.counts, squared=self.weighted)

    @property
    def support(self) -> Floats:
        """Rows of each class, or their weight, after the pass."""
        return np.asarray(self.states[self.counts].support, np.float64)

    def classes_of(self, metric: Metric) -> tuple[str, ...]:
        """The classes that a metric has a value for; with binary data only the positive one is ranked."""
        if metric.form == "areas" and self.positive is not None:
            return (self.classes[self.positive],)
        return self.classes

    def missing_requirement(self, metric: Metric) -> str | None:
        """Why a metric cannot be computed from the file, or None."""
        if not metric.requires or metric.requires in self.available:
            return None
        without_any = metric.requires == "probabilities" and "scores" not in self.available
        return LACKS["scores" if without_any else metric.requires]


@dataclass(frozen=True)
class Parameter:
    """The number after ``@``: its name, its range in words, its check, and its defaults.

    ``optional``: the metric has a value without it. ``averages``: the only averages that take it.
    """

    name: str
    range: str
    check: Callable[[float, Context], bool]
    defaults: Callable[[Context], tuple[float, ...]]
    optional: bool = False
    averages: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Metric:
    """One name in the registry.

    ``form``: the argument of the formula: ``whole`` a state; ``counts`` one class against the rest; ``areas``
    a ranking. ``requires``: what the file must contain, a key of ``LACKS`` or nothing. ``averages``: by task.
    ``weights``: whether it is defined for weighted rows. ``extra_statistics``: statistics that the function
    looks up. ``interval``: its method, a key of ``METHODS``; or ``none:`` and why. ``totals``: denominators
    of a metric of counts that is no single share. ``every_class``: whether the rarest class limits precision.
    ``same_for_two``: the metric that it equals with two classes; it is then computed on request only.
    """

    name: str
    form: Form
    tasks: tuple[Task, ...]
    needs: Callable[[Context, Request], AnyStatistic]
    function: Callable[..., Any]
    better: Better
    range: tuple[float, float]
    reference: str
    summary: str = ""
    formula: str = ""
    convention: str = ""
    sklearn: str = ""
    torchmetrics: str = ""
    undefined: str = ""
    averages: Mapping[Task, tuple[str, ...]] = field(default_factory=dict)
    parameter: Parameter | None = None
    requires: str = ""
    weights: bool = True
    extra_statistics: tuple[AnyStatistic, ...] = ()
    interval: str = "row-bootstrap"
    totals: Totals | None = None
    every_class: bool = False
    same_for_two: str = ""

    @property
    def means_of_classes(self) -> bool:
        """Whether the metric itself is a mean over the classes, from which classes can be excluded."""
        return self.form == "whole" and self.name in ("ece_macro", "classwise_ece")

    def averages_of(self, task: Task) -> tuple[str, ...]:
        """Averages over classes, labels or rows that the metric has for a task."""
        return self.averages.get(task, ())


@dataclass(frozen=True)
class Request:
    """One requested value."""

    metric: Metric
    average: str | None = None
    parameter: float | None = None
    cls: str | None = None

    @property
    def key(self) -> str:
        """The full name, as in the report."""
        average = f"_{self.average}" if self.average else ""
        parameter = "" if self.parameter is None else f"@{self.parameter:.12g}"
        cls = "" if self.cls is None else f":{self.cls}"
        return f"{self.metric.name}{average}{parameter}{cls}"


METRICS: dict[str, Metric] = {}
PARTS = {
    "Formula": "formula",
    "Undefined": "undefined",
    "scikit-learn": "sklearn",
    "torchmetrics": "torchmetrics",
}
"""Headings of the paragraphs of a docstring that are facts of the metric."""


def _facts(function: Callable[..., Any]) -> dict[str, str]:
    """Summary, convention and the headed paragraphs of a docstring."""
    first, *rest = inspect.cleandoc(function.__doc__ or "").split("\n\n")
    facts = {"summary": " ".join(first.split()), "convention": ""}
    for paragraph in rest:
        word, colon, text = paragraph.partition(":")
        known = PARTS.get(word) if colon else None
        if known:
            facts[known] = " ".join(text.split())
        else:
            facts["convention"] = f"{facts['convention']} {' '.join(paragraph.split())}".strip()
    return facts


METHOD_OF_RESULT = {"Proportion": "wilson", "MonotoneProportion": "wilson", "Mean": "normal"}
"""Method of the interval by the return annotation of the formula."""


def _decorator(
    interval: str | None, method: str, **facts: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``interval``: the method; None: by the return annotation, otherwise ``method``."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__
        given = str(inspect.get_annotations(function).get("return")).split(" | ")[0]
        interval_method = interval or METHOD_OF_RESULT.get(given, method)
        METRICS[name] = Metric(
            name=name, function=function, interval=interval_method, **{**_facts(function), **facts}
        )
        return function

    return add


Needs = Callable[[Context, Request], AnyStatistic]


def metric(
    needs: Needs | AnyStatistic,
    better: Better,
    range: tuple[float, float] = (0.0, 1.0),
    *,
    tasks: tuple[Task, ...],
    reference: str = "",
    parameter: Parameter | None = None,
    requires: str = "",
    weights: bool = True,
    extra_statistics: tuple[AnyStatistic, ...] = (),
    interval: str | None = None,
    every_class: bool = False,
    same_for_two: str = "",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a metric of all rows: ``function(state, context[, parameter])``.

    ``interval``: its method, if that does not follow from the function. ``every_class``: whether the rarest
    class limits its precision.
    """
    method = "table-bootstrap" if isinstance(needs, Confusion) else "row-bootstrap"
    return _decorator(
        interval,
        method=method,
        form="whole",
        tasks=tasks,
        needs=needs if inspect.isfunction(needs) else lambda *_: needs,
        better=better,
        range=range,
        reference=reference,
        parameter=parameter,
        requires=requires,
        weights=weights,
        extra_statistics=extra_statistics,
        every_class=every_class,
        same_for_two=same_for_two,
    )


def class_metric(
    better: Better,
    range: tuple[float, float] = (0.0, 1.0),
    *,
    tasks: tuple[Task, ...] = LABELS,
    samples: bool = True,
    reference: str = "",
    parameter: Parameter | None = None,
    totals: Totals | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a metric of one class against the rest: ``function(counts[, parameter])``, then averaged.

    ``samples``: whether it also has the mean over rows of its value among the labels of a row. ``totals``:
    its denominators, if it is not a single share.
    """
    plain = AVERAGES_OF_CLASSES
    averages = {MULTICLASS: plain, MULTILABEL: AVERAGES if samples else plain}
    if MULTICLASS in tasks:
        averages = {BINARY: plain, **averages}
    return _decorator(
        None,
        method="table-bootstrap",
        form="counts",
        tasks=tasks,
        needs=lambda context, _: context.counts,
        better=better,
        range=range,
        reference=reference,
        averages={task: averages[task] for task in averages if task in tasks},
        parameter=parameter,
        totals=totals,
    )


def ranking_metric(
    *,
    averages: Mapping[Task, tuple[str, ...]],
    reference: str,
    interval: str,
    parameter: Parameter | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an area under a curve of one class against the rest: ``function(ranking[, parameter])``."""
    return _decorator(
        interval,
        method="row-bootstrap",
        form="areas",
        tasks=LABELS,
        needs=lambda context, _: context.ranking,
        better="higher",
        range=(0.0, 1.0),
        reference=reference,
        averages=averages,
        parameter=parameter,
        requires="scores",
    )


def between(low: float, high: float, *, ends: bool = False) -> Callable[[float, Context], bool]:
    """A check for parameters within a range."""
    return lambda value, _: low <= value <= high if ends else low < value < high


def defaults(*values: float) -> Callable[[Context], tuple[float, ...]]:
    """The same defaults for all data."""
    return lambda _: values
