"""Intervals of areas under curves, from the influence of each row."""

from __future__ import annotations

import math

import numpy as np
from msgspec import Struct

from evalcli.intervals.method import FEWEST_OF_A_CLASS, Study, is_single
from evalcli.intervals.scales import Ends, delta_interval, transform, wilson
from evalcli.metrics import Context, MetricValue, Request, Summary
from evalcli.metrics.evaluate import area_of, class_index
from evalcli.metrics.rows_behind import Rows, rows_behind
from evalcli.metrics.sources import AVERAGE_PRECISION, ROC_AUC, Area, NoInterval
from evalcli.statistics import Ranking
from evalcli.statistics.base import Floats
from evalcli.text import join_names


class AreaByInfluence(Struct, frozen=True, eq=False):
    """Intervals of an area under the curve of one class, and of averages over the classes."""

    area: Area
    name: str
    words: str
    by_group: bool = False
    coverage: str = ""
    redraws_rows: bool = False
    for_few_rows: bool = False

    def applies(self, request: Request, context: Context) -> bool:
        """For whole areas, if their variances can be computed from the ranks."""
        plain = request.parameter is None and not request.one_vs_one and not request.of_rows
        varies = not context.gaps or (is_single(request, context) and context.independent)
        grouped = context.groups is not None
        return request.metric.source is self.area and plain and varies and grouped == self.by_group

    def ends(self, study: Study, request: Request, result: MetricValue, value: float) -> Ends | NoInterval:
        """Both ends."""
        context, ranking = study.context, study.summary[study.context.ranking]
        index = class_index(request, context)
        if index is None:
            return self._of_average(study, ranking, request, value)
        row = ranking.state.columns.index(index)
        ends = self._of_class(study, ranking, row, value if result.area is None else result.area)
        if result.curve is None or isinstance(ends, NoInterval):
            return ends
        return transform(ends, result.curve)

    def _of_class(self, study: Study, ranking: Ranking, row: int, value: float) -> Ends | NoInterval:
        least = ranking.minority_counts[row]
        if least < FEWEST_OF_A_CLASS:
            what = "groups" if study.context.groups else "rows"
            return NoInterval(f"fewer than {FEWEST_OF_A_CLASS} {what} of the class or of the others")
        sums = ranking.sums[row]
        if sums.variance_terms is not None:
            variance = sums.variances[self.area.row]
        else:
            variance = float(np.square(ranking.influences[row, self.area.row]).sum())
        ends = delta_interval(value, math.sqrt(variance), (0.0, 1.0), least - 1, study.confidence)
        # separated, or all tied: as a proportion with the rarer class's rows as sample size
        return ends or wilson(value * least, least, study.confidence)

    def _of_average(
        self, study: Study, ranking: Ranking, request: Request, value: float
    ) -> Ends | NoInterval:
        context, row = study.context, self.area.row
        if request.pools:
            added, freedom = ranking.pooled_influences[row], ranking.units - 1.0
        else:
            found = influence_of_average(request, study.summary, ranking, ranking.influences)
            if isinstance(found, NoInterval):
                return found
            added, freedom = found
        variance = float(np.dot(added, added))
        ends = delta_interval(value, math.sqrt(variance), (0.0, 1.0), freedom, study.confidence)
        sample_size = min(freedom + 1, rows_behind(request, context, Rows(study.summary)))
        return ends or wilson(value * sample_size, sample_size, study.confidence)


def influence_of_average(
    request: Request, summary: Summary, ranking: Ranking, influences: Floats, support: Floats | None = None
) -> tuple[Floats, float] | NoInterval:
    """Influence of each unit on a mean of areas over the classes, (units,), and degrees of freedom.

    ``influences``: on both areas of each class, (classes, 2, units). ``support``: share of each class that a
    unit adds, (classes, units), if not that of the ranking's own sample.
    """
    context, area = summary.context, area_of(request.metric)
    areas = area.of_classes(ranking)
    counted = np.flatnonzero(~np.isnan(areas) & context.averaged)
    few = [context.classes[c] for c in counted if ranking.minority_counts[c] < 2]
    if few:
        return NoInterval(f"fewer than two rows or groups of {join_names(few)} or of the others")
    weights = summary.support if request.by_support else np.ones(context.k)
    weights = weights[counted] / weights[counted].sum()
    parts = influences[:, area.row]
    parts = parts if len(counted) == len(parts) else parts[counted]
    added = weights @ parts
    variances = np.square(weights) * np.einsum("ij,ij->i", parts, parts)
    freedom = degrees_of_freedom(variances, ranking.minority_counts[counted])
    if request.by_support:
        off = areas[counted] - weights @ areas[counted]
        through = ranking.support_influence(counted, off) if support is None else off @ support[counted]
        added = added + through
    return added, freedom


class PairsByPlaces(Struct, frozen=True, eq=False):
    """Intervals of the mean area over the pairs of classes."""

    name: str = "delong-of-pairs"
    words: str = (
        "DeLong's variance of the mean over the pairs of classes, from the place of each row among the rows "
        "of the other classes, or of a sample of each class; on the logit scale, by Student's t"
    )
    coverage: str = ""
    redraws_rows: bool = False
    for_few_rows: bool = False

    def applies(self, request: Request, context: Context) -> bool:
        """For one against one, if every row counts once and on its own."""
        return request.one_vs_one and context.independent

    def ends(self, study: Study, request: Request, result: MetricValue, value: float) -> Ends | NoInterval:
        """Both ends."""
        context, support = study.context, study.summary.support
        ranking = study.summary[context.ranking]
        counted = np.flatnonzero(context.averaged & (support > 0))
        few = [context.classes[c] for c in counted if support[c] < 2]
        if few:
            return NoInterval(f"fewer than two rows of {join_names(few)}")
        variances = ranking.placements(context.averaged).variances(counted, request.by_support)
        spread = float(np.square(variances).dot(1.0 / (support[counted] - 1)))
        variance, freedom = float(variances.sum()), float(support[counted].min() - 1)
        if request.by_support:
            off = np.nansum(ranking.pairwise_auc[np.ix_(counted, counted)] - value, axis=1)
            through = off / (support[counted].sum() * (len(counted) - 1))
            variance += float(support[counted].dot(np.square(through)))
        if spread:
            freedom = float(variances.sum()) ** 2 / spread
        ends = delta_interval(value, math.sqrt(variance), (0.0, 1.0), freedom, study.confidence)
        sample_size = min(freedom + 1, rows_behind(request, context, Rows(study.summary)))
        return ends or wilson(value * sample_size, sample_size, study.confidence)


PAIRS = PairsByPlaces()
DELONG = AreaByInfluence(
    ROC_AUC,
    "delong",
    "DeLong's variance from the sorted scores (Sun & Xu, IEEE Signal Process. Lett. 21, 2014), on "
    "the logit scale, by Student's t with the rows of the rarer class as sample size; averages with the "
    "covariances of the classes",
)
JACKKNIFE = AreaByInfluence(
    AVERAGE_PRECISION,
    "infinitesimal-jackknife",
    "variance from the influence of each row on the area, from the sorted scores "
    "(Efron, 1982), on the logit scale, by Student's t with the rows of the rarer class as sample size",
)


def degrees_of_freedom(variances: Floats, minority_counts: Floats) -> float:
    """Degrees of freedom of a sum of areas, from their variances (Satterthwaite, Biometr. Bull. 2, 1946)."""
    total = float(variances.sum())
    return (
        total * total / float((variances * variances / (minority_counts - 1)).sum())
        if total
        else float(minority_counts.min() - 1)
    )
