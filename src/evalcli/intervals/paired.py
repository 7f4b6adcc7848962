"""Differences of two models on the same rows: intervals and tests that use the pairs."""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from evalcli.cached import cached_property
from evalcli.intervals.influence import Influence
from evalcli.intervals.method import UNDEFINED, is_single
from evalcli.intervals.scales import Ends, normal_quantile, quantiles, student_quantile, wilson
from evalcli.intervals.tables import ALONE
from evalcli.metrics import Context, Request, values_of
from evalcli.statistics import ResampledCounts
from evalcli.statistics.base import Floats
from evalcli.statistics.joint_table import JointTable
from evalcli.statistics.p_values import mcnemar, two_sided

DRAWS, SWAPS = 2000, 2000
"""Draws of the table of both models, and of swaps of their predictions."""
MOST_CELLS, FEWEST_DRAWS = 1 << 19, 500
"""Maximum of cells over all draws, and minimum of draws."""
POWER = 0.8416212335729143
"""Normal quantile of 80 % power."""
FEW = 100
"""Rows below which draws are used as they are, and not the normal distribution."""


class Paired(Struct, frozen=True):
    """A difference, second model minus first: its interval and the test that there is none.

    ``error``: standard error; None if it is unknown. ``freedom``: its degrees of freedom. ``reason``: why
    there is no interval.
    """

    change: float | None
    interval: Ends | None = None
    p: float | None = None
    error: float | None = None
    freedom: float = math.inf
    method: str = ""
    test: str = ""
    reason: str | None = None


class Draws(Protocol):
    """Values of a metric of one model on resamples of its rows."""

    def __getitem__(self, key: str, /) -> tuple[float, Floats]:
        """The value on the sampled rows, and those of the resamples."""
        ...


class PairedTables(Struct, frozen=True, eq=False, dict=True):
    """The table of both models, and draws of it that all metrics share."""

    table: JointTable
    context: Context
    seed: int

    def of(self, request: Request) -> tuple[Request, PairedTables]:
        """What a request is computed from: of one of several classes, the table of it against the rest."""
        if not is_single(request, self.context) or self.context.k == 2:
            return request, self
        index = self.context.index_of_class[str(request.cls)]
        if index not in self._of_classes:
            self._of_classes[index] = PairedTables(self.table.only(index), ALONE, self.seed)
        return replace(request, cls=None), self._of_classes[index]

    @cached_property
    def _of_classes(self) -> dict[int, PairedTables]:
        return {}

    def _draws(self, draws: int) -> int:
        return max(min(draws, MOST_CELLS // max(len(self.table.counts), 1)), FEWEST_DRAWS)

    @cached_property
    def resampled(self) -> tuple[ResampledCounts, ResampledCounts]:
        """Counts of both models on resamples of the rows."""
        return self.table.resampled(np.random.default_rng([self.seed, 1]), self._draws(DRAWS))

    @cached_property
    def swapped(self) -> tuple[ResampledCounts, ResampledCounts] | None:
        """Counts of both models with their predictions swapped by a coin; None if they are the same."""
        if not np.any(self.table.cells[1] != self.table.cells[2]):
            return None
        return self.table.swapped(np.random.default_rng([self.seed, 2]), self._draws(SWAPS))

    def differences(self, request: Request, draws: tuple[ResampledCounts, ResampledCounts]) -> Floats:
        """Values of the second model minus those of the first, of every draw; NaN where undefined."""
        old, new = (values_of(request, side, self.context) for side in draws)
        return np.asarray(new - old)


def of_counts(request: Request, tables: PairedTables, change: float, confidence: float) -> Paired:
    """A metric of counts, from the table of both models; ``change``: the difference of its values."""
    request, tables = tables.of(request)
    drawn = tables.differences(request, tables.resampled)
    known = drawn[np.isfinite(drawn)]
    if len(known) < (1 - UNDEFINED) * len(drawn):
        return Paired(
            change, reason=f"it is undefined in {len(drawn) - len(known):,} of {len(drawn):,} resamples"
        )
    error = float(known.std(ddof=1))
    if request.metric.name == "accuracy":
        outcomes = tables.table.outcomes()
        ends = newcombe(*outcomes, confidence)
        return Paired(change, ends, mcnemar(*outcomes[1:3]), error, math.inf, "newcombe", "mcnemar-mid-p")
    if len(drawn) < DRAWS:  # too few for quantiles
        half = normal_quantile(confidence) * error
        ends = change - half, change + half
    else:
        low, high = quantiles(known, confidence)
        ends = min(low, change), max(high, change)
    return Paired(change, ends, _by_swaps(request, tables, change), error, math.inf, "paired-tables", "swaps")


def _by_swaps(request: Request, tables: PairedTables, change: float) -> float:
    """The share of swaps with a difference as large: a randomisation test, exact but for the draws."""
    if tables.swapped is None:
        return 1.0
    off = np.abs(np.nan_to_num(tables.differences(request, tables.swapped)))
    beyond = np.count_nonzero(off >= abs(change) * (1 - 1e-12))
    p = float((1 + beyond) / (1 + len(off)))
    spread = math.sqrt(float(np.square(off).mean()))
    return (
        p if beyond or not spread else min(p, two_sided(change / spread, math.inf))
    )  # further than any draw


def of_draws(
    old: Floats,
    new: Floats,
    change: float,
    part: float,
    units: float,
    confidence: float,
    rounding: float = 0.0,
    few: bool = False,
) -> Paired:
    """Any metric, from its values on the same resamples of the rows of both models.

    ``part``: share of the rows that were resampled; ``units``: independent rows, or groups. ``rounding``:
    differences up to this are none. ``few``: too few rows for normal theory, so percentiles are used.
    """
    known = np.isfinite(old) & np.isfinite(new)
    if known.sum() < (1 - UNDEFINED) * len(old):
        reason = f"it is undefined in {len(old) - int(known.sum()):,} of {len(old):,} resamples"
        return Paired(change, reason=reason)
    differences = new[known] - old[known]
    error, freedom = math.sqrt(float(differences.var(ddof=1)) * part), units - 1
    if not error > max(1e-12 * abs(change), rounding):
        if abs(change) <= rounding:
            return Paired(0.0, (0.0, 0.0), 1.0, 0.0, freedom, "paired-bootstrap", "paired-bootstrap")
        return Paired(change, reason="every resample has the same difference")
    if few:
        low, high = quantiles(differences, expanded(confidence, freedom))
        below = float((differences <= 0).mean())
        beyond = min(2 * min(below, float((differences >= 0).mean())), 1.0)
        t = normal_quantile(1 - beyond) / widening(freedom) if beyond else change / error
        p = two_sided(t, freedom) if beyond < 1 else 1.0
        ends = min(low, change), max(high, change)
        return Paired(change, ends, p, error, freedom, "paired-percentiles", "paired-percentiles")
    half = student_quantile(confidence, freedom) * error
    p = two_sided(change / error, freedom)
    return Paired(
        change, (change - half, change + half), p, error, freedom, "paired-bootstrap", "paired-bootstrap"
    )


def of_influences(
    old: Influence, new: Influence, change: float, confidence: float, rounding: float = 0.0
) -> Paired:
    """A metric from the influence of the same rows, or groups, on both models.

    ``rounding``: differences up to this are none.
    """
    off = new.of_units - old.of_units
    error, freedom = math.sqrt(float(np.dot(off, off))), min(old.freedom, new.freedom)
    method = "paired-influence"
    if not error > max(1e-12 * abs(change), rounding):
        if abs(change) <= rounding:
            return Paired(0.0, (0.0, 0.0), 1.0, 0.0, freedom, method, method)
        return Paired(change, reason="every row has the same difference")
    if not freedom >= 1 or not math.isfinite(error):
        return Paired(change, reason="a class has fewer than two rows")
    half = student_quantile(confidence, freedom) * error
    ends = change - half, change + half
    return Paired(change, ends, two_sided(change / error, freedom), error, freedom, method, method)


def widening(freedom: float) -> float:
    """How much too narrow the spread of resamples of few units is: they are drawn around their own mean."""
    return math.sqrt((freedom + 1) / freedom)


def expanded(confidence: float, freedom: float) -> float:
    """The share of resamples between two percentiles that give an interval of some confidence.

    Reference: Hesterberg, Am. Stat. 69, 2015 (the expanded percentile interval)

    >>> round(expanded(0.95, 49), 4), round(expanded(0.95, 10**6), 4)
    (0.9576, 0.95)
    """
    z = widening(freedom) * student_quantile(confidence, freedom)
    return 1 - math.erfc(z / math.sqrt(2))


def newcombe(both: int, broken: int, fixed: int, neither: int, confidence: float) -> Ends:
    """Newcombe's interval of a difference of paired proportions, fixed minus broken: his method 10.

    Reference: Newcombe, Stat. Med. 17, 1998

    >>> low, high = newcombe(36, 12, 2, 0, 0.95)
    >>> round(low, 4), round(high, 4)
    (-0.3404, -0.0569)
    """
    n = both + broken + fixed + neither
    p, q = (both + broken) / n, (both + fixed) / n
    (low, high), (low_new, high_new) = (wilson(n * share, n, confidence) for share in (p, q))
    product = (both + broken) * (fixed + neither) * (both + fixed) * (broken + neither)
    excess = float(both * neither - broken * fixed)
    if excess > 0:
        excess = max(excess - n / 2, 0.0)
    phi = excess / math.sqrt(product) if product else 0.0

    def distance(one: float, other: float) -> float:
        return math.sqrt(max(one * one - 2 * phi * one * other + other * other, 0.0))

    change = q - p
    return change - distance(q - low_new, high - p), change + distance(high_new - q, p - low)


def smallest_seen(error: float, confidence: float) -> float:
    """The change that a test sees in 80 % of cases, from the standard error of a difference.

    >>> round(smallest_seen(0.01, 0.95), 4)
    0.028
    """
    return (normal_quantile(confidence) + POWER) * error
