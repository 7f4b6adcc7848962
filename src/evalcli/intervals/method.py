"""The contract of a method of intervals, and the study that it works on."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Protocol, TypeVar, cast

from msgspec import Struct, field
from msgspec.structs import replace

from evalcli.intervals.scales import Ends
from evalcli.metrics import Context, Metric, MetricValue, Request, Summary
from evalcli.metrics.evaluate import class_index
from evalcli.metrics.sources import NoInterval
from evalcli.statistics import RowSample, SharedDraws

T = TypeVar("T")
Kind = tuple[Metric, str | None, float | None, bool]
FEWEST_ROWS, FEWEST_GROUPS, FEWEST_OF_A_CLASS = 30, 10, 5
DRAWS, FEWER_DRAWS, MOST_CELLS = 2000, 500, 1 << 22
"""Draws of a table: for quantiles, and for a variance; and the maximum of cells over all draws."""
ROW_DRAWS = 200
UNDEFINED = 0.1
"""Maximum share of undefined draws."""
FEW_ROWS = NoInterval(f"fewer than {FEWEST_ROWS} rows")


class Study(Struct, frozen=True, eq=False):
    """What the intervals of a run, or of a slice of it, are made from.

    ``redrawn``: the requests that are evaluated on resamples of the rows. ``sampled``: the rows to resample.
    ``draws``: how many resamples. All random numbers follow from the seed and the rows, so two models that
    are scored on the same rows are evaluated on the same resamples of them. ``methods``: those that are known
    before, by what they depend on of a request. ``tables``: draws that slices share.
    """

    summary: Summary
    confidence: float
    sampled: RowSample
    redrawn: Sequence[Request] = ()
    draws: int = ROW_DRAWS
    methods: Mapping[Kind, Method | NoInterval] = field(default_factory=dict)
    tables: SharedDraws | None = None
    _shared: dict[Callable[[Study], object], object] = field(default_factory=dict)

    @property
    def context(self) -> Context:
        """Names and options of the run."""
        return self.summary.context

    def of(self, summary: Summary) -> Study:
        """The same of other rows, e.g. of another slice."""
        return replace(self, summary=summary, _shared={})

    def shared(self, make: Callable[[Study], T]) -> T:
        """What several intervals need, made once."""
        if make not in self._shared:
            self._shared[make] = make(self)
        return cast(T, self._shared[make])


class Method(Protocol):
    """One method. Methods have no state: what they share between metrics is in the study.

    A paired difference of two models is a second question to the same objects: it has the values and the
    studies of both, whose influences, tables and resamples belong to the same rows.
    """

    @property
    def name(self) -> str:
        """Name in reports."""
        ...

    @property
    def words(self) -> str:
        """What it does, for the documentation; empty for a variant of another method."""
        ...

    @property
    def coverage(self) -> str:
        """Where it does not cover in 93 to 97 % of simulations; empty if it does."""
        ...

    @property
    def redraws_rows(self) -> bool:
        """Whether rows are kept, to be resampled."""
        ...

    @property
    def for_few_rows(self) -> bool:
        """Whether it holds for any number of rows."""
        ...

    def applies(self, request: Request, context: Context) -> bool:
        """Whether it is the method of a request, if no method before it is."""
        ...

    def ends(self, study: Study, request: Request, result: MetricValue, value: float) -> Ends | NoInterval:
        """Both ends, or why there are none; ``value`` is that of the result."""
        ...


def kind_of(request: Request) -> Kind:
    """What the method of a request depends on: all but which class it is of."""
    return request.metric, request.average, request.parameter, request.cls is None


def is_single(request: Request, context: Context) -> bool:
    """Whether a request is of one class, or of the positive one."""
    return class_index(request, context) is not None


def enough_rows(study: Study) -> NoInterval | None:
    """Why there are too few rows for methods that estimate a variance, or None."""
    size = study.summary.size
    if size.rows < FEWEST_ROWS:
        return FEW_ROWS
    if study.context.weighted and size.effective < FEWEST_ROWS:
        return NoInterval(f"effective sample size below {FEWEST_ROWS}")
    return None


def undefined_in(count: int, draws: int) -> NoInterval:
    """Why a metric that is undefined in some samples has no interval."""
    return NoInterval(f"it is undefined in {count:,} of {draws:,} samples of these rows")


ALL_ALIKE = NoInterval("every resample has the same value")


def scale_of(request: Request) -> Ends:
    """Limits of the scale of a metric's interval: a loss has only a lower limit."""
    low, high = request.metric.range
    return (low, math.inf) if request.metric.better == "lower" and math.isfinite(low) else (low, high)
