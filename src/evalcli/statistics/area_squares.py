"""How far areas under curves would move with other rows: what each row adds to them, squared or one by one.

The area under the ROC curve is a mean over pairs, and its variance has two parts, one of the positives and
one of the negatives (DeLong et al., Biometrics 44, 1988; from sorted scores, Sun & Xu, IEEE Signal Process.
Lett. 21, 2014). What one row more would change of the average precision is a sum over the steps below it; the
squares of that are the variance, too (the infinitesimal jackknife: Efron, The Jackknife, the Bootstrap and
Other Resampling Plans, 1982).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from evalcli.statistics.base import Floats

if TYPE_CHECKING:
    from evalcli.statistics.curves import Array, RankSums, Stretch


MOST = 1 << 13
"""Corners of a stretch that its variances are worked out from."""


@dataclass(frozen=True)
class AreaSquares:
    """Sums over a stretch of a curve; the lower stretch comes first when they are added.

    ``wrong_positives``: squared number of negatives that a positive does not score above, ties half, summed;
    ``wrong_negatives``: the same of negatives, with positives. Of the average precision: rows, and the sum
    and sum of squares of what is known of a row within the stretch, ``up`` for the positives and ``down`` for
    the negatives; what the stretch adds to each row above it is ``gain`` and ``loss``.
    """

    wrong_positives: float = 0.0
    wrong_negatives: float = 0.0
    up: tuple[float, float, float] = (0.0, 0.0, 0.0)
    down: tuple[float, float, float] = (0.0, 0.0, 0.0)
    gain: float = 0.0
    loss: float = 0.0

    def __add__(self, higher: AreaSquares) -> AreaSquares:
        return AreaSquares(
            self.wrong_positives + higher.wrong_positives,
            self.wrong_negatives + higher.wrong_negatives,
            _joined(self.up, higher.up, self.gain),
            _joined(self.down, higher.down, self.loss),
            self.gain + higher.gain,
            self.loss + higher.loss,
        )

    def roc_auc_variance(self, sums: RankSums) -> float:
        """DeLong's variance of the area under the ROC curve; NaN with fewer than two rows of either class."""
        p, n = sums.positives, sums.negatives
        if p < 2 or n < 2:
            return np.nan
        wrong = 1.0 - sums.roc_auc
        of_positives = max(self.wrong_positives / (p * n * n) - wrong * wrong, 0.0) / (p - 1)
        of_negatives = max(self.wrong_negatives / (n * p * p) - wrong * wrong, 0.0) / (n - 1)
        return of_positives + of_negatives

    def average_precision_variance(self, sums: RankSums) -> float:
        """Variance of the average precision, by what each row adds; NaN with fewer than two positives."""
        p, rows = sums.positives, sums.positives + sums.negatives
        if p < 2:
            return np.nan
        count, total, squares = self.up
        value = sums.average_precision
        apart = max(squares - 2 * value * total + count * value * value, 0.0)
        return (apart + self.down[2]) / (p * p) * rows / (rows - 1)


Sums = tuple[float, float, float]


def _joined(low: Sums, high: Sums, shift: float) -> Sums:
    """Rows, sum and squares of both, the higher ones moved by what is below them."""
    count, total, squares = high
    return (
        low[0] + count,
        low[1] + total + count * shift,
        low[2] + squares + 2 * shift * total + count * shift * shift,
    )


def squares_of(part: Stretch) -> AreaSquares:
    """The sums of one stretch of unweighted rows; of many corners so many together that ``MOST`` are left.

    That moves a variance by some 1 / ``MOST`` of itself: rows of neighbouring scores count as tied.
    """
    step = -(-len(part.hits) // MOST)
    if step > 1:
        tp, fp = part.tp[::step], part.fp[::step]
        hits = tp - np.append(tp[1:], part.tp[-1] - part.hits[-1])
        tied = fp - np.append(fp[1:], part.fp[-1] - part.tied[-1])
    else:
        hits, tied, tp, fp = part.hits, part.tied, part.tp, part.fp
    hits, tied, tp, fp = (array.astype(np.float64) for array in (hits, tied, tp, fp))
    if not len(hits):
        return AreaSquares(down=(float(part.negatives - part.below - part.beyond), 0.0, 0.0))
    own = float(hits.sum())
    above = fp - tied / 2
    # a sum of squares over the negatives as a sum over the steps of their number of positives below
    below = part.positives - tp
    below += hits / 2
    steps = 2.0 * np.dot(hits * below, above) - np.dot(hits * hits, tied) / 4
    share = 1.0 / (tp + fp)
    precision = tp * share
    share *= hits
    losses = share * precision
    share -= losses  # what the stretch adds to the rows above
    up = np.cumsum(share)
    gain = float(up[-1])
    up += precision
    down = np.cumsum(losses)
    own_negatives = fp - np.append(fp[1:], part.beyond)
    raised, lowered = hits * up, own_negatives * down
    return AreaSquares(
        float(np.dot(hits * above, above)),
        float(steps),
        (own, float(raised.sum()), float(np.dot(raised, up))),
        (
            float(part.negatives - part.below - part.beyond),
            float(lowered.sum()),
            float(np.dot(lowered, down)),
        ),
        gain,
        float(down[-1]),
    )


def influences(curve: Stretch, sums: RankSums, scores: Array, positive: Array) -> Floats:
    """What a row of weight 1 more would add to both areas: of ROC and of average precision, (2, rows).

    ``curve``: the whole one, with its ``sums``, of rows with or without weights; ``scores`` and ``positive``
    of some of its rows.
    """
    p, n = curve.positives, curve.negatives
    share = 1.0 / (curve.tp + curve.fp)
    precision = curve.tp * share
    share *= curve.hits
    losses = share * precision
    share -= losses
    gains, losses = np.cumsum(share), np.cumsum(losses)
    first = np.searchsorted(curve.scores, scores, side="left")
    upto = np.searchsorted(curve.scores, scores, side="right")
    out = np.empty((2, len(scores)))
    own, other = first[positive], ~positive
    lower, higher = first[other], upto[other]
    out[0, positive] = ((n - curve.fp[own] + curve.tied[own] / 2) / n - sums.roc_auc) / p
    out[1, positive] = (precision[own] - sums.average_precision + gains[own]) / p
    above = np.append(curve.tp, 0)[lower] - np.append(curve.hits, 0)[lower] * (higher > lower) / 2
    out[0, other] = (above / p - sums.roc_auc) / n
    out[1, other] = -np.append(0.0, losses)[higher] / p
    return out
