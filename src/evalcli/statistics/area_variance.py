"""Variances of areas under curves: the influence of each row, or the sum of its squares.

The area under the ROC curve is a mean over pairs, and its variance has two parts, one of the positives and
one of the negatives (DeLong et al., Biometrics 44, 1988; from sorted scores, Sun & Xu, IEEE Signal Process.
Lett. 21, 2014). The influence of a row on the average precision is a sum over the steps below it; its
squares also add up to the variance (the infinitesimal jackknife: Efron, The Jackknife, the Bootstrap and
Other Resampling Plans, 1982).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from msgspec import Struct
from msgspec.structs import replace

from evalcli.blocks import Array
from evalcli.statistics.base import Floats, Mapper, dot
from evalcli.statistics.curves import AreaSquares, AreaSums, CurveSegment, map_segments
from evalcli.statistics.sorted_keys import SEGMENT_ROWS, SortedKeys

MOST_POINTS = 1 << 13
"""Maximum number of points of a segment that variances are computed from."""


def sums_of_keys(
    arrays: Sequence[SortedKeys],
    mapper: Mapper = map,
    squares: bool = False,
    segment_rows: int = SEGMENT_ROWS,
    most_points: int = MOST_POINTS,
) -> AreaSums:
    """Areas over the rows of several arrays of sorted keys together."""
    parts = map_segments(arrays, mapper, lambda part: area_sums(part, squares, most_points), segment_rows)
    return sum(parts[1:], parts[0])


def area_sums(part: CurveSegment, squares: bool, most_points: int = MOST_POINTS) -> AreaSums:
    """Contribution of a segment to the areas and their variances."""
    return replace(part.sums, variance_terms=squares_of(part, most_points)) if squares else part.sums


def squares_of(part: CurveSegment, most_points: int = MOST_POINTS) -> AreaSquares:
    """The sums of one segment of unweighted rows; many points are thinned to ``most_points`` of them.

    That changes a variance by about 1 / ``most_points`` of itself: rows of neighbouring scores count as tied.
    """
    step = -(-len(part.hits) // most_points)
    if step > 1:
        tp, fp = part.tp[::step], part.fp[::step]
        hits = tp - np.append(tp[1:], part.tp[-1] - part.hits[-1])
        tied = fp - np.append(fp[1:], part.fp[-1] - part.tied[-1])
    else:
        hits, tied, tp, fp = part.hits, part.tied, part.tp, part.fp
    hits, tied, tp, fp = (array.astype(np.float64) for array in (hits, tied, tp, fp))
    if not len(hits):
        return AreaSquares(down=(float(part.negatives - part.below - part.beyond), 0.0, 0.0))
    positives = float(hits.sum())
    above = fp - tied / 2
    # a sum of squares over the negatives as a sum over the steps of their number of positives below
    below = part.positives - tp
    below += hits / 2
    steps = 2.0 * dot(hits * below, above) - dot(hits * hits, tied) / 4
    share = 1.0 / (tp + fp)
    precision = tp * share
    share *= hits
    losses = share * precision
    share -= losses  # what the segment adds to the rows above
    up = np.cumsum(share)
    gain = float(up[-1])
    up += precision
    down = np.cumsum(losses)
    step_negatives = fp - np.append(fp[1:], part.beyond)
    raised, lowered = hits * up, step_negatives * down
    return AreaSquares(
        dot(hits * above, above),
        float(steps),
        (positives, float(raised.sum()), dot(raised, up)),
        (
            float(part.negatives - part.below - part.beyond),
            float(lowered.sum()),
            dot(lowered, down),
        ),
        gain,
        float(down[-1]),
    )


class InfluenceCurve(Struct, frozen=True, eq=False):
    """Influence of a row of weight 1 on both areas, by its score.

    ``curve``: the whole curve, with its ``sums``; its rows may have weights. ``gains`` and ``losses``: what
    the points up to each add to a positive and take from a negative with that score or a higher one.
    """

    curve: CurveSegment
    sums: AreaSums
    precision: Floats
    gains: Floats
    losses: Floats

    @classmethod
    def of(cls, curve: CurveSegment, sums: AreaSums) -> InfluenceCurve:
        """From the whole curve."""
        share = 1.0 / (curve.tp + curve.fp)
        precision = curve.tp * share
        share *= curve.hits
        losses = share * precision
        share -= losses
        return cls(curve, sums, precision, np.cumsum(share), np.cumsum(losses))

    def at(self, scores: Array, positive: Array) -> Floats:
        """Influence of some rows on the area under the ROC curve and the average precision, (2, rows)."""
        curve, sums = self.curve, self.sums
        p, n, last = curve.positives, curve.negatives, len(curve.scores) - 1
        if last < 0:
            return np.full((2, len(scores)), np.nan)
        order, first = np.argsort(scores), np.empty(len(scores), np.intp)
        first[order] = np.searchsorted(curve.scores, scores[order])  # ordered ones are found sooner
        at, inside = np.minimum(first, last), first <= last
        tied = inside & (curve.scores[at] == scores)
        out = np.empty((2, len(scores)))
        above = (curve.tp[at] - curve.hits[at] * tied / 2) * inside
        out[0] = (above / p - sums.roc_auc) / n
        upto = first + tied
        out[1] = -self.losses[np.maximum(upto - 1, 0)] * (upto > 0) / p
        hits = np.flatnonzero(positive)
        at = first[hits]
        out[0, hits] = ((n - curve.fp[at] + curve.tied[at] / 2) / n - sums.roc_auc) / p
        out[1, hits] = (self.precision[at] - sums.average_precision + self.gains[at]) / p
        return out


def influences(curve: CurveSegment, sums: AreaSums, scores: Array, positive: Array) -> Floats:
    """Influence of some rows on both areas, (2, rows)."""
    return InfluenceCurve.of(curve, sums).at(scores, positive)
