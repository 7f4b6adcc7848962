"""Intervals of areas under curves, from the influence of each row."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evalcli.intervals.methods import FEWEST_OF_A_CLASS
from evalcli.intervals.scales import Ends, delta_interval, transform, wilson
from evalcli.metrics import Context, Request
from evalcli.metrics.registry import Floats
from evalcli.metrics.rows_behind import Rows, rows_behind
from evalcli.statistics import Ranking
from evalcli.text import join_names


@dataclass(frozen=True, eq=False)
class AreaIntervals:
    """Intervals of areas under the curves of one class, and of averages over the classes."""

    context: Context
    confidence: float

    def of(self, request: Request, value: float) -> Ends | str:
        """Both ends, or the reason why there are none."""
        ranking: Ranking = self.context.states[self.context.ranking]
        kind = 0 if request.metric.interval == "delong" else 1
        if request.metric.name == "gini":
            ends = self._of_class(ranking, 0, kind, (value + 1) / 2)
            return ends if isinstance(ends, str) else transform(ends, lambda area: 2 * area - 1)
        cls = self.context.positive if request.cls is None else self.context.index_of_class[request.cls]
        if cls is not None:
            return self._of_class(ranking, ranking.state.columns.index(cls), kind, value)
        return self._of_average(ranking, request, kind, value)

    def _of_class(self, ranking: Ranking, row: int, kind: int, value: float) -> Ends | str:
        least = ranking.minority_counts[row]
        if least < FEWEST_OF_A_CLASS:
            what = "groups" if self.context.groups else "rows"
            return f"fewer than {FEWEST_OF_A_CLASS} {what} of the class or of the others"
        sums = ranking.sums[row]
        if sums.variance_terms is not None:
            variance = sums.variances[kind]
        else:
            variance = float(np.square(ranking.influences[row, kind]).sum())
        ends = delta_interval(value, math.sqrt(variance), (0.0, 1.0), least - 1, self.confidence)
        # separated, or all tied: as a proportion with the rarer class's rows as sample size
        return ends or wilson(value * least, least, self.confidence)

    def _of_average(self, ranking: Ranking, request: Request, kind: int, value: float) -> Ends | str:
        average = str(request.average)
        if average.endswith("micro"):
            added, freedom = ranking.pooled_influences[kind], ranking.units - 1.0
        else:
            areas = ranking.roc_auc if kind == 0 else ranking.average_precision
            counted = np.flatnonzero(~np.isnan(areas) & self.context.averaged)
            few = [self.context.classes[c] for c in counted if ranking.minority_counts[c] < 2]
            if few:
                return f"fewer than two rows or groups of {join_names(few)} or of the others"
            weights = np.ones(self.context.k)
            if average.endswith("weighted"):
                weights = self.context.support
            weights = weights[counted] / weights[counted].sum()
            parts = ranking.influences[counted, kind] * weights[:, None]
            added, freedom = parts.sum(axis=0), degrees_of_freedom(parts, ranking.minority_counts[counted])
            if average.endswith("weighted"):
                added = added + ranking.support_influence(counted, areas[counted] - value)
        variance = float(np.square(added).sum())
        ends = delta_interval(value, math.sqrt(variance), (0.0, 1.0), freedom, self.confidence)
        sample_size = min(freedom + 1, rows_behind(request, self.context, Rows(self.context)))
        return ends or wilson(value * sample_size, sample_size, self.confidence)


def degrees_of_freedom(parts: Floats, minority_counts: Floats) -> float:
    """Degrees of freedom of a weighted sum of areas (Satterthwaite, Biometrics Bulletin 2, 1946)."""
    variances = np.square(parts).sum(axis=1)
    total = float(variances.sum())
    return (
        total * total / float((variances * variances / (minority_counts - 1)).sum())
        if total
        else float(minority_counts.min() - 1)
    )
