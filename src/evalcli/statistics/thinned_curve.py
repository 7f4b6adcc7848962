"""Some points of an exact curve: every figure at a point is exact, and none is far from its neighbours."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.blocks import Array, distinct
from evalcli.statistics.curves import CurveSegment

HULL_SHARE = 0.3
"""Share of the points that are corners of the convex hull."""


class ThinnedCurve(Struct, frozen=True, eq=False):
    """Points from the highest threshold to the lowest, (m,).

    ``scores``: thresholds, in the float type of the scores; ``tp`` and ``fp``: rows, or their weight, with
    that score or a higher one.
    ``hull``: whether a point is a corner of the convex hull. ``positives``, ``negatives``: of the curve.
    ``above``: whether the threshold is the number just above a score.
    """

    positives: float
    negatives: float
    scores: Array
    tp: Array
    fp: Array
    hull: npt.NDArray[np.bool_]
    above: npt.NDArray[np.bool_]


def thinned(curve: CurveSegment, most: int) -> ThinnedCurve:
    """At most ``most`` points: both ends, corners of the hull, and others evenly by the rank of the rows.

    Where positives tie with negatives, the corner just above the score is a point too.
    """
    scores, tp, fp, above = _corners(curve)
    ends = np.array([0, len(tp) - 1])
    hull = convex_hull(tp, fp)
    few = hull if len(hull) <= most * HULL_SHARE else _widest(hull, tp, fp, int(most * HULL_SHARE))
    chosen = distinct(np.concatenate([ends, few]))
    if len(tp) > most:
        along = tp / max(curve.positives, 1) + fp / max(curve.negatives, 1)
        early = np.geomspace(1, max(len(tp) - 1, 2), max((most - len(chosen)) // 4, 2)).astype(np.intp) - 1
        even = np.searchsorted(along, np.linspace(0, along[-1], max(most - len(chosen) - len(early), 2)))
        chosen = distinct(np.concatenate([chosen, early, np.minimum(even, len(tp) - 1)]))
    else:
        chosen = np.arange(len(tp))
    is_corner = np.zeros(len(tp), np.bool_)
    is_corner[hull] = True
    return ThinnedCurve(
        curve.positives,
        curve.negatives,
        scores[chosen],
        tp[chosen],
        fp[chosen],
        is_corner[chosen],
        above[chosen],
    )


def _corners(curve: CurveSegment) -> tuple[Array, Array, Array, npt.NDArray[np.bool_]]:
    """Scores, tp and fp of every corner of the curve, the highest first, and which are above a score."""
    at = slice(None, None, -1)
    scores = curve.scores[at]
    tp, fp, hits, tied = curve.tp[at], curve.fp[at], curve.hits[at], curve.tied[at]
    before = np.concatenate([[0], fp[:-1]])
    corner = fp - tied > before  # otherwise it is the point before
    first = np.array([0])

    kept = np.stack([corner, np.ones(len(tp), np.bool_)], axis=1).reshape(-1)

    def joined(above: Array, at_score: Array, start: Array) -> Array:
        return np.concatenate([start, np.stack([above, at_score], axis=1).reshape(-1)[kept]])

    infinity = np.array([np.inf], scores.dtype)
    is_above = joined(corner, np.zeros(len(corner), np.bool_), np.array([False]))
    scores = joined(np.nextafter(scores, infinity), scores, infinity)
    tp, fp = joined(tp - hits, tp, first), joined(fp - tied, fp, first)
    if fp[-1] < curve.negatives:  # the lowest rows are negatives
        scores, tp, fp = (
            np.append(*ends) for ends in ((scores, -infinity), (tp, tp[-1]), (fp, curve.negatives))
        )
        is_above = np.append(is_above, False)
    return scores, tp, fp, is_above


def convex_hull(tp: Array, fp: Array) -> npt.NDArray[np.intp]:
    """Indices of the corners of the upper hull of a curve of distinct points, which begins at 0.

    >>> convex_hull(np.array([0, 2, 2, 3]), np.array([0, 0, 2, 3])).tolist()
    [0, 1, 3]
    """
    kept = np.arange(len(tp))
    while len(kept) > 2:  # a point below the line of two others is no corner, whatever else is taken away
        up, right = np.diff(tp[kept].astype(np.float64)), np.diff(fp[kept].astype(np.float64))
        outside = right[:-1] * up[1:] - up[:-1] * right[1:] < 0
        if outside.all():
            break
        kept = kept[np.concatenate([[True], outside, [True]])]
    return kept


def _widest(hull: npt.NDArray[np.intp], tp: Array, fp: Array, most: int) -> npt.NDArray[np.intp]:
    """The corners before the longest edges."""
    length = np.diff(tp[hull]) / max(tp[-1], 1) + np.diff(fp[hull]) / max(fp[-1], 1)
    return np.sort(hull[np.argsort(-length, kind="stable")[:most]])


__all__ = ["ThinnedCurve", "convex_hull", "thinned"]
