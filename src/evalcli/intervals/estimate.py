"""A metric, its value and the summed states → its confidence interval, or why there is none."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np

from evalcli.blocks import taken
from evalcli.errors import listed
from evalcli.intervals.scales import (
    FEWEST_GROUPS,
    FEWEST_OF_A_CLASS,
    FEWEST_ROWS,
    OF_ROWS,
    Ends,
    by_effective_rows,
    normal_quantile,
    on_scale,
    quantiles,
    through,
    wilson,
)
from evalcli.metrics import Outcome, Request, Study, compute, method_of, statistic, values_of
from evalcli.metrics.registry import Floats, Mean
from evalcli.report.report import Interval
from evalcli.statistics import (
    AnyStatistic,
    CalibrationBins,
    ConfidenceRuns,
    Confusion,
    Ranking,
    RedrawnCounts,
    RowSample,
    Sample,
    Size,
    finished,
    redrawn,
)
from evalcli.statistics.resampled_counts import HALF

DRAWS, FEWER_DRAWS, MOST_CELLS = 2000, 500, 1 << 22
"""Draws of a table: for quantiles, or for their spread alone; and of its cells in all."""
ROW_DRAWS = 200
UNDEFINED = 0.1
"""Share of the draws that may be undefined."""
BIASED = 0.25
"""Standard deviations from which on the mean of samples is not that of the rows."""
CLEAR = 3.0
"""Standard deviations from which on a bin is off for sure."""
FEW_DRAWN = 4
"""Rows of a bin under which their own spread tells nothing."""
ALONE = Study("binary", ("other", "own"), 1)
"""One label against everything else."""
Found = Interval | str


@dataclass(frozen=True, eq=False)
class Intervals:
    """Intervals of one run, or of one slice of it.

    ``requests``: all that may be asked for. ``draws``: of rows, where it takes those.
    """

    study: Study
    requests: Sequence[Request]
    confidence: float
    sampled: RowSample
    draws: int = ROW_DRAWS

    def of(self, request: Request, found: Outcome) -> Found:
        """The interval of a value, or why it has none."""
        if found.value is None:
            return "there is no value"
        method = method_of(request, self.study)
        if method.startswith("none"):
            return method.removeprefix("none: ")
        ends = self._few(method) or self._ends(method, request, found, found.value)
        if isinstance(ends, str):
            return ends
        limits = request.metric.range
        low, high = min(ends[0], found.value), max(ends[1], found.value)
        return Interval(min(max(low, limits[0]), found.value), max(min(high, limits[1]), found.value), method)

    def _few(self, method: str) -> str | None:
        if method == "wilson":
            return None
        size = self.study.states[Size()]
        if size.rows < FEWEST_ROWS:
            return f"fewer than {FEWEST_ROWS} rows"
        if self.study.weighted and size.effective < FEWEST_ROWS:
            return f"by their weights the rows tell as much as fewer than {FEWEST_ROWS} equal ones"
        return None

    def _ends(self, method: str, request: Request, found: Outcome, value: float) -> Ends | str:
        if method == "wilson" and found.share is not None:
            ends = wilson(found.share.hits, found.share.total, self.confidence)
            return through(ends, found.curve) if found.curve is not None else ends
        if method == "normal" and found.mean is not None:
            return self._of_mean(found.mean, request)
        if method == "table-bootstrap":
            return self._of_table(request, value)
        if method == "bin-bounds":
            return self._of_bins(request)
        if method.startswith(("delong", "infinitesimal")):
            return self._of_area(request, value)
        return self._of_rows(request, value)

    # means over the rows

    def _of_mean(self, mean: Mean, request: Request) -> Ends | str:
        moments = mean.moments
        limits = _limits(request)
        if moments.n < FEWEST_ROWS:  # some rows may not count
            return f"fewer than {FEWEST_ROWS} rows"
        ends = on_scale(moments.mean, moments.standard_error, limits, moments.n - 1, self.confidence)
        if ends is None:
            return "every row has the same value, or nearly so"
        return through(ends, math.sqrt) if mean.root else ends

    # counts

    @cached_property
    def _tables(self) -> RedrawnCounts:
        rng, draws = np.random.default_rng(self.study.seed), DRAWS if self.study.k == 2 else FEWER_DRAWS
        return redrawn(self.study.states[Confusion()].table, rng, draws, MOST_CELLS)

    def _of_table(self, request: Request, value: float) -> Ends | str:
        study = self.study
        if study.task == "multilabel":  # of one label: a table of two classes
            one = study.states[study.counts].classes.only(study.classes.index(str(request.cls)))
            table = np.array([[one.tn[0], one.fp[0]], [one.fn[0], one.tp[0]]])
            tables = redrawn(table, np.random.default_rng(study.seed), DRAWS, MOST_CELLS)
            study, request = ALONE, replace(request, cls=None)
        else:
            tables = self._tables
        rows = self.study.states[Size()].rows
        return of_table(request, tables, study, value, rows, self.confidence)

    # areas

    def _of_area(self, request: Request, value: float) -> Ends | str:
        ranking: Ranking = self.study.states[self.study.ranking]
        kind = 0 if request.metric.interval == "delong" else 1
        if request.metric.name == "gini":
            ends = self._of_class(ranking, 0, kind, (value + 1) / 2)
            return ends if isinstance(ends, str) else through(ends, lambda area: 2 * area - 1)
        cls = self.study.positive if request.cls is None else self.study.classes.index(request.cls)
        if cls is not None:
            return self._of_class(ranking, ranking.state.columns.index(cls), kind, value)
        return self._of_average(ranking, request, kind, value)

    def _of_class(self, ranking: Ranking, row: int, kind: int, value: float) -> Ends | str:
        least = ranking.rarer[row]
        if least < FEWEST_OF_A_CLASS:
            what = "groups" if self.study.groups else "rows"
            return f"fewer than {FEWEST_OF_A_CLASS} {what} of the class, or of the others"
        sums = ranking.sums[row]
        if sums.squares is not None:
            variance = sums.variances[kind]
        else:
            variance = float(np.square(ranking.influences[row, kind]).sum())
        ends = on_scale(value, math.sqrt(variance), (0.0, 1.0), least - 1, self.confidence)
        # separated, or all tied: as sure as a share of the rarer class's rows
        return ends or wilson(value * least, least, self.confidence)

    def _of_average(self, ranking: Ranking, request: Request, kind: int, value: float) -> Ends | str:
        average = str(request.average)
        if average.endswith("micro"):
            added, freedom = ranking.pooled_influences[kind], ranking.units - 1.0
        else:
            areas = ranking.roc_auc if kind == 0 else ranking.average_precision
            counted = np.flatnonzero(~np.isnan(areas))
            few = [self.study.classes[c] for c in counted if ranking.rarer[c] < 2]
            if few:
                return f"fewer than two rows or groups of {listed(few)}, or of the others"
            weights = np.ones(self.study.k)
            if average.endswith("weighted"):
                weights = self.study.support
            weights = weights[counted] / weights[counted].sum()
            parts = ranking.influences[counted, kind] * weights[:, None]
            added, freedom = parts.sum(axis=0), _freedom(parts, ranking.rarer[counted])
            if average.endswith("weighted"):
                added = added + ranking.of_shares(counted, areas[counted] - value)
        variance = float(np.square(added).sum())
        ends = on_scale(value, math.sqrt(variance), (0.0, 1.0), freedom, self.confidence)
        return ends or wilson(value * (freedom + 1), freedom + 1, self.confidence)

    # calibration

    def _of_bins(self, request: Request) -> Ends | str:
        state = self.study.states[statistic(request, self.study)]
        bins: CalibrationBins = (
            state.of_equal_mass(self.study.bins) if isinstance(state, ConfidenceRuns) else state
        )
        parts = [np.atleast_2d(part) for part in (bins.count, bins.hits, bins.gaps, bins.squares)]
        rng = np.random.default_rng(self.study.seed)
        found = [
            _bounds(count, hits, gaps, squares, self.study.weighted, rng, self.confidence)
            for count, hits, gaps, squares in zip(*parts, strict=True)
        ]
        # the classes' errors may move together: as if they did
        low, high = np.mean([ends for ends in found if ends is not None], axis=0)
        return float(low), float(high)

    # rows

    @cached_property
    def _sample(self) -> Sample:
        found: Sample = self.study.states[self.sampled]
        return found

    @cached_property
    def _drawn(self) -> dict[str, tuple[float, Floats]]:
        """Of every metric that needs it, the value of the rows that are here, and of samples of them.

        NaN where it is undefined.
        """
        study, sample = self.study, self._sample
        wanted = [request for request in self.requests if method_of(request, study) in OF_ROWS]
        plain = replace(study, ranking=replace(study.ranking, spread=False, grouped=False), states={})
        needed: dict[AnyStatistic, None] = dict.fromkeys([study.counts] if study.classes else [])
        for request in wanted:
            if study.lacks(request.metric) is None:
                needed |= dict.fromkeys([statistic(request, plain), *request.metric.also])
        whole = replace(sample.block, lots=None)
        for one in needed:  # views that the draws share
            one.of(whole)

        def values(block: Any) -> list[float]:
            states = {one: finished(one.of(block)) for one in needed} if block.n else {}
            drawn = replace(plain, states=states)
            found = [compute(request, drawn).value if states else None for request in wanted]
            return [math.nan if value is None else value for value in found]

        def draw(number: int) -> list[float]:
            return values(taken(whole, sample.redrawn(np.random.default_rng([study.seed, number]))))

        own, drawn = values(whole), np.array(list(sample.mapper(draw, range(self.draws))))
        return {request.key: (own[place], drawn[:, place]) for place, request in enumerate(wanted)}

    def _of_rows(self, request: Request, value: float) -> Ends | str:
        if self.study.groups is not None and self._sample.units < FEWEST_GROUPS:
            return f"fewer than {FEWEST_GROUPS} groups"
        own, drawn = self._drawn[request.key]
        known = drawn[np.isfinite(drawn)]
        if len(known) < (1 - UNDEFINED) * len(drawn):
            return _undefined(len(drawn) - len(known), len(drawn))
        variance = float(known.var(ddof=1)) * self._sample.part
        limits, units = request.metric.range, self._units
        ends: Ends | None
        if request.metric.form == "counts" and all(map(math.isfinite, limits)):
            ends = by_effective_rows(value, float(known.mean()), variance, limits, units, self.confidence)
        else:
            ends = on_scale(value, math.sqrt(variance), _limits(request), units - 1, self.confidence)
            moved = (own - float(known.mean())) * self._sample.part
            # a best threshold finds a better one in each sample than it would in other rows
            if ends is not None and abs(moved) > BIASED * math.sqrt(variance):
                ends = (ends[0] + moved, ends[1] + moved)
        if ends is None and limits == (0.0, 1.0) and value in limits:  # as a share of so many is
            ends = wilson(value * units, units, self.confidence)
        return ends or "no sample of these rows has another value"

    @property
    def _units(self) -> float:
        """How many rows or groups vary on their own."""
        if self.study.groups is not None:
            return self._sample.units / self._sample.part
        return float(self.study.states[Size()].effective)


def of_table(
    request: Request, tables: RedrawnCounts, study: Study, value: float, rows: float, confidence: float
) -> Ends | str:
    """Ends of a metric of counts from draws of its table; quantiles of two classes, else by how it varies."""
    drawn = values_of(request, tables, study)
    known = drawn[np.isfinite(drawn)]
    if len(known) < (1 - UNDEFINED) * len(drawn):
        return _undefined(len(drawn) - len(known), len(drawn))
    if study.k == 2:
        low, high = quantiles(known, confidence)
        return min(low, value), max(high, value)
    mean, variance = float(known.mean()), float(known.var(ddof=1))
    return (
        by_effective_rows(value, mean, variance, request.metric.range, rows, confidence) or "it does not vary"
    )


def _undefined(count: int, draws: int) -> str:
    return f"it is undefined in {count:,} of {draws:,} samples of these rows"


def _limits(request: Request) -> Ends:
    """The scale of a metric's interval: a loss has one limit, that it cannot be below."""
    low, high = request.metric.range
    return (low, math.inf) if request.metric.better == "lower" and math.isfinite(low) else (low, high)


def _freedom(parts: Floats, rarer: Floats) -> float:
    """Degrees of freedom of a sum of areas (Satterthwaite, Biometrics Bulletin 2, 1946)."""
    variances = np.square(parts).sum(axis=1)
    total = float(variances.sum())
    return (
        total * total / float((variances * variances / (rarer - 1)).sum())
        if total
        else float(rarer.min() - 1)
    )


def _bounds(
    count: Any,
    hits: Any,
    gaps: Any,
    squares: Any,
    weighted: bool,
    rng: np.random.Generator,
    confidence: float,
) -> Ends | None:
    """Ends of a calibration error that is estimated from bins.

    Noise adds to the gap of a bin whose own is small, whatever its sign: the lower end takes off as much of
    it as there may be. The upper end is that of the gaps with their signs, which noise does not bias.
    """
    total = float(count.sum())
    if not total:
        return None
    spread = squares
    if not weighted:
        inner = np.maximum(squares - gaps**2 / np.maximum(count, 1), 0.0) * (count / np.maximum(count - 1, 1))
        share = (hits + HALF) / (count + 1)  # where every outcome is the same, another one was possible
        inner = np.where((hits == 0) | (hits == count), np.maximum(inner, count * share * (1 - share)), inner)
        spread = np.where(count > FEW_DRAWN, inner, squares)
    deviation = np.sqrt(spread)
    draws = max(min(DRAWS, MOST_CELLS // (4 * len(deviation))), 100)
    noise = rng.standard_normal((draws, len(deviation))) * deviation
    noise = np.where(gaps > CLEAR * deviation, noise, np.abs(noise)).sum(axis=1)
    value = float(gaps.sum()) / total
    _, most = quantiles(noise, confidence)
    half = normal_quantile(confidence) * math.sqrt(float(spread.sum()))
    return max(0.0, value - most / total), min(1.0, value + half / total)
