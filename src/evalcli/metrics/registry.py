"""What a metric is: what it needs, a formula over the summed states, and the conventions that it follows."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from evalcli.statistics import AnyStatistic, ClassScores, Confusion

Better = Literal["higher", "lower", "none"]
Form = Literal["whole", "counts", "areas"]
Floats = npt.NDArray[np.float64]

BINARY = frozenset({"binary"})
MULTICLASS = frozenset({"multiclass"})
BOTH = BINARY | MULTICLASS
CLASS_AVERAGES = ("macro", "micro", "weighted")


@dataclass(frozen=True)
class Undefined:
    """No number, and why, in words that a user understands."""

    reason: str


@dataclass(frozen=True)
class Proportion:
    """A share of rows: ``hits`` of ``total``, arrays of one shape or two integers."""

    hits: Any
    total: Any


@dataclass(frozen=True)
class Study:
    """What the formulas may know besides the states: the task, the classes and the options."""

    task: str
    classes: tuple[str, ...]
    positive: int | None
    average: str = "macro"
    zero_division: str = "0"
    bins: int = 15
    has_scores: bool = True
    has_probabilities: bool = True
    states: Mapping[AnyStatistic, Any] = field(default_factory=dict)

    @property
    def k(self) -> int:
        """Number of classes."""
        return len(self.classes)

    def can(self, metric: Metric) -> bool:
        """Whether the file holds what the metric needs."""
        if metric.needs_probabilities:
            return self.has_probabilities
        return self.has_scores or not metric.needs_scores


@dataclass(frozen=True)
class Parameter:
    """The number after ``@``: what it is called, its range as words, and its check."""

    name: str
    range: str
    check: Callable[[float, Study], bool]
    default: float | None = None


@dataclass(frozen=True)
class Metric:
    """One name in the registry.

    ``form`` says what the formula takes: ``whole`` a state; ``counts`` one class against the rest; ``areas``
    a ranking. ``needs_scores`` and ``needs_probabilities`` say what the file must hold.
    """

    name: str
    form: Form
    tasks: frozenset[str]
    needs: Callable[[Study], AnyStatistic]
    formula: Callable[..., Any]
    better: Better
    range: tuple[float, float]
    summary: str
    convention: str
    reference: str
    undefined: str = ""
    averages: tuple[str, ...] = ()
    parameter: Parameter | None = None
    needs_scores: bool = False
    needs_probabilities: bool = False


METRICS: dict[str, Metric] = {}


def _add(function: Callable[..., Any], **facts: Any) -> None:
    lines = inspect.cleandoc(function.__doc__ or "").split("\n\n")
    name = function.__name__
    METRICS[name] = Metric(
        name=name,
        formula=function,
        summary=" ".join(lines[0].split()),
        convention=" ".join(" ".join(lines[1:]).split()),
        **facts,
    )


def _decorator(**facts: Any) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        _add(function, **facts)
        return function

    return add


def whole(
    needs: Callable[[Study], AnyStatistic] | AnyStatistic,
    better: Better,
    range: tuple[float, float],
    *,
    tasks: frozenset[str] = BOTH,
    reference: str = "",
    parameter: Parameter | None = None,
    scores: bool = False,
    probabilities: bool = False,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a metric of all rows: ``formula(state, study[, parameter])``."""
    return _decorator(
        form="whole",
        tasks=tasks,
        needs=needs if inspect.isfunction(needs) else lambda _: needs,
        better=better,
        range=range,
        reference=reference,
        parameter=parameter,
        needs_scores=scores or probabilities,
        needs_probabilities=probabilities,
    )


def by_class(
    better: Better,
    range: tuple[float, float] = (0.0, 1.0),
    *,
    undefined: str,
    tasks: frozenset[str] = BOTH,
    reference: str = "",
    parameter: Parameter | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a metric of one class against the rest: ``formula(counts[, parameter])``, then averaged."""
    return _decorator(
        form="counts",
        tasks=tasks,
        needs=lambda _: Confusion(),
        better=better,
        range=range,
        reference=reference,
        undefined=undefined,
        averages=CLASS_AVERAGES if "multiclass" in tasks else (),
        parameter=parameter,
    )


def area(
    *, undefined: str, averages: tuple[str, ...], range: tuple[float, float] = (0.0, 1.0), reference: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare an area under a curve of one class against the rest: ``formula(ranking)``, all classes."""
    return _decorator(
        form="areas",
        tasks=BOTH,
        needs=lambda _: ClassScores(),
        better="higher",
        range=range,
        reference=reference,
        undefined=undefined,
        averages=averages,
        needs_scores=True,
    )


def ratio(numerator: Any, denominator: Any) -> Floats:
    """Elementwise quotient; NaN where the denominator is 0."""
    numerator, denominator = np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    out = np.full(np.broadcast(numerator, denominator).shape, np.nan)
    np.divide(numerator, denominator, out=out, where=denominator != 0)
    return out
