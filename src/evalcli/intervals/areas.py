"""Intervals of areas under curves, from what each row adds to them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from evalcli.errors import listed
from evalcli.intervals.methods import FEWEST_OF_A_CLASS
from evalcli.intervals.scales import Ends, on_scale, through, wilson
from evalcli.metrics import Request, Study
from evalcli.metrics.registry import Floats
from evalcli.statistics import Ranking


@dataclass(frozen=True, eq=False)
class AreaIntervals:
    """Intervals of areas under the curves of one class, and of averages over the classes."""

    study: Study
    confidence: float

    def of(self, request: Request, value: float) -> Ends | str:
        """Both ends, or why there are none."""
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


def degrees_of_freedom(parts: Floats, rarer: Floats) -> float:
    """Degrees of freedom of a sum of areas (Satterthwaite, Biometrics Bulletin 2, 1946)."""
    variances = np.square(parts).sum(axis=1)
    total = float(variances.sum())
    return (
        total * total / float((variances * variances / (rarer - 1)).sum())
        if total
        else float(rarer.min() - 1)
    )
