"""Metrics as data: the formula, what it needs and gives, its conventions; and what is requested of one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Literal

from msgspec import Struct, field

from evalcli.cached import cached_property
from evalcli.metrics.context import Context
from evalcli.metrics.results import NO_ROWS, MonotoneProportion, Proportion, Result, Undefined
from evalcli.metrics.sources import Source
from evalcli.statistics import AnyStatistic, OneVsRest
from evalcli.statistics.base import Floats
from evalcli.tasks import Task

if TYPE_CHECKING:
    from evalcli.metrics.page import Page

Better = Literal["higher", "lower", "none"]
Form = Literal["whole", "counts", "areas", "combined"]
Requirement = Literal["scores", "probabilities", "point", "quantiles"]
Totals = Callable[[OneVsRest], tuple[Floats, ...]]
"""Denominators of metrics of counts: sums of some of the four counts."""


def both_truths(c: OneVsRest) -> tuple[Floats, ...]:
    """Rows of the class, and rows of the others."""
    return c.tp + c.fn, c.tn + c.fp


LACKS: Mapping[Requirement, str] = {
    "scores": "requires scores; the file contains predicted classes only",
    "probabilities": "requires probabilities; the scores are raw",
    "point": "requires predicted values; the file contains quantiles only",
    "quantiles": "requires columns of predicted quantiles, e.g. q_0.1 and q_0.9",
}
"""What a metric may require of the file, and the reason if it is missing."""


class Parameter(Struct, frozen=True):
    """The number after ``@``: its name, its range in words, its check, and its defaults.

    ``optional``: the metric has a value without it. ``averages``: the only averages that take it.
    """

    name: str
    range: str
    check: Callable[[float, Context], bool]
    defaults: Callable[[Context], tuple[float, ...]]
    optional: bool = False
    averages: tuple[str, ...] | None = None


class Metric(Struct, frozen=True, eq=False, dict=True):
    """One metric: its formula and what was declared of it.

    ``form``: the argument of the formula: ``whole`` a finished state; ``counts`` one class against the rest;
    ``areas`` a ranking; ``combined`` the values of ``parts``. ``needs``: the statistic that it is computed
    from; ``also``: others that it looks up in the summary. ``gives``: the type of its result. ``undefined``:
    what a NaN of it means. ``source``: what its interval is made from, if not from the result.
    ``from_counts``: it is a function of confusion counts alone, over the last axis of their arrays.
    ``requires``: what the file must contain. ``averages``: by task. ``weights``: whether it is defined for
    weighted rows. ``totals``: denominators of a metric of counts that is no single share. ``every_class``:
    whether the rarest class limits its precision. ``mean_of_classes``: it is itself a mean over the classes,
    from which classes can be excluded. ``same_for_two``: the metric that it equals with two classes; it is
    then computed on request only. ``share``: a share of something, though it has no upper limit.
    ``per_class``: a column of the table of classes. ``parts``: what it combines.
    """

    name: str
    form: Form
    tasks: tuple[Task, ...]
    needs: Callable[[Context, Request], AnyStatistic]
    function: Callable[..., Result | Undefined]
    gives: type[object]
    better: Better
    range: tuple[float, float] = (0.0, 1.0)
    undefined: Undefined = NO_ROWS
    source: Source | None = None
    from_counts: bool = False
    requires: Requirement | None = None
    averages: Mapping[Task, tuple[str, ...]] = field(default_factory=dict)
    parameter: Parameter | None = None
    also: tuple[AnyStatistic, ...] = ()
    weights: bool = True
    totals: Totals | None = None
    every_class: bool = False
    mean_of_classes: bool = False
    same_for_two: str = ""
    share: bool = False
    per_class: bool = False
    parts: tuple[Request, ...] = ()

    @property
    def of_classes(self) -> bool:
        """Whether it has a value for a single class."""
        return self.form in ("counts", "areas")

    def averages_of(self, task: Task) -> tuple[str, ...]:
        """Averages over classes, labels or rows that the metric has for a task."""
        return self.averages.get(task, ())

    def classes_of(self, context: Context) -> tuple[str, ...]:
        """The classes that it has a value for; with binary data only the positive one is ranked."""
        if self.form == "areas" and context.positive is not None:
            return (context.classes[context.positive],)
        return context.classes

    def missing_from(self, context: Context) -> str | None:
        """Why it cannot be computed from the file, or None."""
        for part in self.parts:
            lacking = part.metric.missing_from(context)
            if lacking is not None:
                return f"{part.key} {lacking}"
        if self.requires is None or self.requires in context.available:
            return None
        without_any = self.requires == "probabilities" and "scores" not in context.available
        return LACKS["scores" if without_any else self.requires]

    @cached_property
    def page(self) -> Page:
        """What the docstring of the formula says."""
        from evalcli.metrics.page import page_of

        return page_of(self.function)

    @property
    def gives_share(self) -> bool:
        """Whether the formula gives a share of rows, or what increases with one."""
        return issubclass(self.gives, (Proportion, MonotoneProportion))


class Request(Struct, frozen=True):
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

    @property
    def simple(self) -> tuple[Request, ...]:
        """Itself, or the requests that a combined metric is computed from."""
        if not self.metric.parts:
            return (self,)
        return tuple(simple for part in self.metric.parts for simple in part.simple)

    @property
    def one_vs_one(self) -> bool:
        """Whether it is an average over pairs of classes."""
        return self.average is not None and self.average.startswith("ovo")

    @property
    def pools(self) -> bool:
        """Whether it is a value over all (row, class) pairs."""
        return self.average is not None and self.average.endswith("micro")

    @property
    def by_support(self) -> bool:
        """Whether it is an average whose weights are the rows of the classes."""
        return self.average is not None and self.average.endswith("weighted")

    @property
    def of_rows(self) -> bool:
        """Whether it is a mean over the rows of a value among the labels of each."""
        return self.average == "samples"
