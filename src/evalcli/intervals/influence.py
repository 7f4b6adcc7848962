"""Influence of sampled rows on the metrics of a model: their squares add up to a variance.

A metric of many rows changes with each of them by an amount of its own (Efron, The Jackknife, the Bootstrap
and Other Resampling Plans, 1982); for a mean that is the row's difference from it, for the area under the ROC
curve its placement (DeLong et al., Biometrics 44, 1988). Two models on the same rows have influences of the
same rows, whose differences give the variance of the change.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Protocol, cast, runtime_checkable

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, Block, ClassBlock, LabelSetBlock
from evalcli.cached import cached_property
from evalcli.intervals.areas import influence_of_average
from evalcli.metrics import Context, Request, Summary, compute, statistic
from evalcli.metrics.evaluate import area_of, call, class_index
from evalcli.metrics.results import Mean, Proportion, numbers_of
from evalcli.metrics.sources import Area, Bins, ByRows, NoInterval
from evalcli.statistics import RankCounts, Sample, TruthRank
from evalcli.statistics.base import Floats, OfRows


@runtime_checkable
class RowByRow(Protocol):
    """A statistic whose mean is over a value of each row."""

    def rows(self, block: Block, /) -> OfRows:
        """The value and the weight of each row."""
        ...


class Influence(Struct, frozen=True, eq=False):
    """On one metric, of each sampled row, or group of rows, (units,): the squares add up to its variance.

    ``freedom``: degrees of freedom of that variance.
    """

    of_units: Floats
    freedom: float


def has_influence(request: Request, context: Context) -> bool:
    """Whether the influence of a row on a metric has a formula; otherwise rows are drawn."""
    metric = request.metric
    if request.of_rows or metric.parts or request.one_vs_one:
        return False
    if isinstance(metric.source, Area):
        return metric.form == "areas" and request.parameter is None and not context.gaps
    if _formula(request) is not None:
        return True
    needs = statistic(request, context)
    return metric.gives in (Mean, Proportion) and isinstance(needs, (RowByRow, TruthRank))


def _formula(request: Request) -> Callable[..., Floats] | None:
    """The influence that the metric declares."""
    source = request.metric.source
    return source.influence if isinstance(source, Bins | ByRows) else None


class Influences(Struct, frozen=True, eq=False, dict=True):
    """Influences of one model's rows.

    ``units``: rows, or groups, of which some are sampled; ``freedom``: degrees of freedom of a mean over
    them; ``share``: see ``RowSample``.
    """

    summary: Summary
    sample: Sample
    units: float
    freedom: float
    share: float = 1.0

    def prepare_areas(self) -> None:
        """Rank the rows once, for areas and for influences on them."""
        _ = self._of_areas

    def of(self, request: Request) -> Influence:
        """Influence on a metric that has one and a value."""
        if isinstance(request.metric.source, Area):
            return self._of_area(request)
        return Influence(self._of_units(self._of_rows(request)), self.freedom)

    def _of_rows(self, request: Request) -> Floats:
        """Influence of each row of the sample, weighted, (n,)."""
        metric, block, context = request.metric, self.sample.block, self.summary.context
        needs = statistic(request, context)
        formula = _formula(request)
        if formula is not None:
            of_rows = formula(self.summary.finished[needs], self.summary, block)
            return self._weighted(of_rows) / self.summary.size.weight
        value = compute(request, self.summary).value or 0.0
        if isinstance(needs, TruthRank):
            ranks = cast(ClassBlock, block).truth_rank
            by_rank = [self._at_rank(request, rank, context.k) for rank in range(int(ranks.max()) + 1)]
            return self._weighted(np.array(by_rank)[ranks] - value) / self.summary.size.weight
        mean = call(request, self.summary.finished[needs], self.summary)
        if not isinstance(needs, RowByRow) or not isinstance(mean, Mean):
            raise TypeError(f"{metric.name} is no mean over rows")
        values, weight = needs.rows(block)
        off = values - mean.moments.mean
        if weight is not None:
            off = off * weight
        return off / (mean.moments.n * (2 * value if mean.root and value else 1.0))

    def _at_rank(self, request: Request, rank: int, k: int) -> float:
        """The metric of one row, whose true class has a rank."""
        counts = np.zeros(k, np.int64)
        counts[rank] = 1
        result = call(request, RankCounts(counts), self.summary)
        return float(numbers_of(cast(Proportion, result)))

    def _weighted(self, values: Floats) -> Floats:
        weight = self.sample.block.weight
        return values if weight is None else values * weight

    def _of_units(self, of_rows: Floats) -> Floats:
        """Sums over the rows of each unit, scaled so that the squares add up to the variance."""
        count = self.sample.units
        sums = np.add.reduceat(of_rows, self.sample.starts, axis=-1) if count else of_rows
        every = max(self.units, count)
        factor = every / max(count - 1, 1) if every == count else every / count
        return np.asarray(sums * (math.sqrt(factor) / self.share))

    def _of_area(self, request: Request) -> Influence:
        summary, ranking = self.summary, self.summary[self.summary.context.ranking]
        row, index = area_of(request.metric).row, class_index(request, summary.context)
        if index is not None:
            at = ranking.state.columns.index(index)
            freedom = min(float(ranking.minority_counts[at]) - 1.0, self.freedom)
            return Influence(self._of_areas[at, row], freedom)
        if request.pools:
            return Influence(self._of_pooled[row], self.freedom)
        support = self._of_support if request.by_support else None
        found = influence_of_average(request, summary, ranking, self._of_areas, support)
        if isinstance(found, NoInterval):
            return Influence(np.full(self.sample.units, np.nan), math.nan)
        of_units, freedom = found
        return Influence(of_units, min(freedom, self.freedom))

    @cached_property
    def _of_areas(self) -> Floats:
        """Influence on both areas of each class, (classes, 2, units)."""
        ranking = self.summary[self.summary.context.ranking]
        at = ranking.influences_at(self._ranked)
        return self._of_units(self._weighted(at))

    @cached_property
    def _of_pooled(self) -> Floats:
        """Influence on both areas over all (row, class) pairs, (2, units)."""
        ranking = self.summary[self.summary.context.ranking]
        return self._of_units(self._weighted(ranking.pooled_influences_at(self._ranked)))

    @cached_property
    def _ranked(self) -> list[tuple[Array, Array]]:
        """Scores of the rows, and which belong, by ranked class."""
        block = cast(ClassBlock | LabelSetBlock, self.sample.block)
        scores, columns = block.ranking_scores
        truth = block.ranking_truth
        if isinstance(truth, tuple):
            raise TypeError("labels are missing, so that labels have different rows")
        belongs = truth if truth.ndim == 2 else np.equal(truth, np.array(columns)[:, None])
        return list(zip(scores, belongs, strict=True))

    @cached_property
    def _of_support(self) -> Floats:
        """Share of each class that a unit adds, (classes, units)."""
        members = np.stack([positive for _, positive in self._ranked]).astype(np.float64)
        return self._of_units(self._weighted(members) / self.summary.support.sum())


__all__ = ["Influence", "Influences", "RowByRow", "has_influence"]
