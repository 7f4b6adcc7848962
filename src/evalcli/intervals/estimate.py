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
from evalcli.intervals.areas import degrees_of_freedom
from evalcli.intervals.bins import bin_bounds
from evalcli.intervals.methods import (
    DRAWS,
    FEWER_DRAWS,
    FEWEST_GROUPS,
    FEWEST_OF_A_CLASS,
    FEWEST_ROWS,
    MOST_CELLS,
    OF_ROWS,
    ROW_DRAWS,
    UNDEFINED,
    scale_of,
    undefined_in,
)
from evalcli.intervals.scales import (
    Ends,
    by_effective_rows,
    on_scale,
    through,
    wilson,
)
from evalcli.intervals.tables import ALONE, of_table
from evalcli.metrics import Outcome, Request, Study, compute, method_of, statistic
from evalcli.metrics.registry import Floats
from evalcli.metrics.results import Mean
from evalcli.report.score import Interval
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

BIASED = 0.25
"""Standard deviations from which on the mean of samples is not that of the rows."""
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
        limits = scale_of(request)
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
            added, freedom = parts.sum(axis=0), degrees_of_freedom(parts, ranking.rarer[counted])
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
            bin_bounds(count, hits, gaps, squares, self.study.weighted, rng, self.confidence)
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
            return undefined_in(len(drawn) - len(known), len(drawn))
        variance = float(known.var(ddof=1)) * self._sample.part
        limits, units = request.metric.range, self._units
        ends: Ends | None
        if request.metric.form == "counts" and all(map(math.isfinite, limits)):
            ends = by_effective_rows(value, float(known.mean()), variance, limits, units, self.confidence)
        else:
            ends = on_scale(value, math.sqrt(variance), scale_of(request), units - 1, self.confidence)
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
