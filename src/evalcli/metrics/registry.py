"""What a metric is: what it needs, a formula over the summed states, and the conventions that it follows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from evalcli.statistics import AnyStatistic, Confusion, LabelConfusion, OneVsRest, ScoreRanking
from evalcli.tasks import AVERAGES, AVERAGES_OF_CLASSES, LABELS

Better = Literal["higher", "lower", "none"]
Form = Literal["whole", "counts", "areas"]
Floats = npt.NDArray[np.float64]
Totals = Callable[[OneVsRest], tuple[Any, ...]]
"""What metrics of counts divide by: sums of some of the four counts."""


def both_truths(c: OneVsRest) -> tuple[Any, ...]:
    """Rows of the class, and rows of the others."""
    return c.tp + c.fn, c.tn + c.fp


SHARES = ("mape", "wape")
"""Metrics without a highest value that are shares all the same."""

LACKS = {
    "scores": "it needs scores, and the file holds predictions only",
    "probabilities": "it needs probabilities, and the scores are raw",
    "point": "it needs one predicted value a row, and the file holds quantiles only",
    "quantiles": "it needs columns of predicted quantiles, as q_0.1 and q_0.9",
}
"""What a file may hold that a metric wants, and the reason where it does not."""


@dataclass(frozen=True)
class Context:
    """What the formulas may know besides the states: the task, the classes and the options.

    ``available``: what the file has, of the keys of ``LACKS``. ``quantiles``: levels of predicted quantiles.
    ``average``: what a plain name of a metric means; None for the positive class of binary data, else macro.
    ``excluded``: classes that averages leave out. ``ranking``: the statistic that ranks the rows of each
    class. ``groups``: how many groups of rows that are not independent there are, where rows have some.
    ``seed``: of what is drawn at random.
    """

    task: str
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
        """Whether the variances of areas can be read off the ranks.

        Where labels are missing, not of weighted rows or of groups.
        """
        return not self.gaps or (not self.weighted and self.groups is None)

    def rows_without(self, cls: str | None) -> int:
        """Rows whose label is missing, of one class or label."""
        if cls is None or not self.gaps:
            return 0
        return int(np.broadcast_to(self.states[self.counts].gaps, self.k)[self.places[cls]])

    @property
    def k(self) -> int:
        """Number of classes or labels."""
        return len(self.classes)

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Index of each class."""
        return {name: index for index, name in enumerate(self.classes)}

    @cached_property
    def averaged(self) -> npt.NDArray[np.bool_]:
        """Which classes count in averages, (k,)."""
        return np.array([name not in self.excluded for name in self.classes], np.bool_)

    @property
    def excluded_indices(self) -> tuple[int, ...]:
        """Indices of the classes that averages leave out."""
        return tuple(map(self.classes.index, self.excluded))

    @property
    def counts(self) -> Confusion | LabelConfusion:
        """The statistic that counts truth against prediction."""
        return LabelConfusion() if self.task == "multilabel" else Confusion()

    @property
    def squared_counts(self) -> AnyStatistic:
        """The same with the squares of the weights: how many equal rows would tell as much."""
        return replace(self.counts, squared=self.weighted)

    @property
    def support(self) -> Floats:
        """Rows of each class, or their weight, in a finished pass."""
        return np.asarray(self.states[self.counts].support, np.float64)

    def classes_of(self, metric: Metric) -> tuple[str, ...]:
        """The classes that a metric has a value for; of binary data only the positive one is ranked."""
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
    """The number after ``@``: what it is called, its range as words, its check, and usual values.

    ``optional``: the metric has a value without it. ``averages``: the only averages that it goes with.
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

    ``form`` says what the formula takes: ``whole`` a state; ``counts`` one class against the rest; ``areas``
    a ranking. ``requires``: what the file must hold, a key of ``LACKS`` or nothing. ``averages``: by task.
    ``weights``: whether it has a meaning for weighted rows. ``extra_statistics``: statistics that the
    function looks up. ``interval``: how sure it is, a key of ``METHODS``; or, after a colon, why that is not
    known. ``totals``: what it divides by, where it is made of counts and no share says so.
    ``every_class``: whether each class alone is behind it, so that it is only as sure as the rarest.
    ``same_for_two``: the metric that it equals with two classes, where it is computed on request.
    """

    name: str
    form: Form
    tasks: frozenset[str]
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
    averages: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
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
        """Whether the metric itself is a mean over the classes, which some of them can be excluded from."""
        return self.form == "whole" and self.name in ("ece_macro", "classwise_ece")

    def averages_of(self, task: str) -> tuple[str, ...]:
        """Averages over classes, labels or rows that the metric has for a task."""
        return self.averages.get(task, ())


@dataclass(frozen=True)
class Request:
    """One number that is asked for."""

    metric: Metric
    average: str | None = None
    parameter: float | None = None
    cls: str | None = None

    @property
    def key(self) -> str:
        """The full name, as it stands in the report."""
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
"""Paragraphs of a docstring that begin with one of these words are facts of the metric."""


def _facts(function: Callable[..., Any]) -> dict[str, str]:
    """Summary, convention and the named paragraphs of a docstring."""
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


GIVES = {"Proportion": "wilson", "MonotoneProportion": "wilson", "Mean": "normal"}
"""Methods of what a formula says that it gives."""


def _decorator(
    interval: str | None, method: str, **facts: Any
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """``interval``: as told; else what the formula gives decides, or ``method``."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        name = function.__name__
        given = str(inspect.get_annotations(function).get("return")).split(" | ")[0]
        interval_method = interval or GIVES.get(given, method)
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
    tasks: frozenset[str],
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

    ``interval``: where it does not follow from what the function gives or takes. ``every_class``: whether it
    is only as sure as the rarest class.
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
    tasks: frozenset[str] = LABELS,
    samples: bool = True,
    reference: str = "",
    parameter: Parameter | None = None,
    totals: Totals | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a metric of one class against the rest: ``function(counts[, parameter])``, then averaged.

    ``samples``: whether it is also the mean over the rows of its value among a row's labels. ``totals``: what
    it divides by, where it gives no share that says so.
    """
    plain = AVERAGES_OF_CLASSES
    averages = {"multiclass": plain, "multilabel": AVERAGES if samples else plain}
    if "multiclass" in tasks:
        averages = {"binary": plain, **averages}
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
    averages: Mapping[str, tuple[str, ...]],
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
    """The same usual values whatever is studied."""
    return lambda _: values
