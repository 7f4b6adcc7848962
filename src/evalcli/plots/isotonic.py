"""The isotonic calibration curve (CORP), and where it would be if probabilities were calibrated.

Dimitriadis, Gneiting & Jordan, PNAS 118, 2021.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from evalcli.report.curves import RankedCurve

Floats = npt.NDArray[np.float64]
DRAWS, MOST_GROUPS, FEWEST_ROWS = 400, 120, 20


def corp(curve: RankedCurve) -> tuple[list[float], list[float]]:
    """The isotonic calibration curve: scores and the calibrated probability, which is constant in between.

    The corners of the convex hull of the ROC curve bound its steps (Fawcett & Niculescu-Mizil, Mach. Learn.
    68, 2007).
    """
    across, up = [], []
    for first, last in zip(curve.hull, curve.hull[1:], strict=False):
        positives, negatives = curve.tp[last] - curve.tp[first], curve.fp[last] - curve.fp[first]
        value = positives / (positives + negatives)
        above, low = curve.thresholds[first], curve.thresholds[last]
        high = 1.0 if above is None else float(np.nextafter(above, 0.0))  # rows at it are in the step above
        ends = 0.0 if last == len(curve.tp) - 1 else 1.0
        across += [high, ends if low is None else low]
        up += [value, value]
    return across, up


def band(curve: RankedCurve, level: float, seed: int) -> tuple[Floats, Floats, Floats] | None:
    """Scores, and both ends of where the curve would be with probability ``level`` at each of them.

    Outcomes are drawn that have the predicted probabilities, and the isotonic curve of each draw is taken
    (consistency bands). Rows are those between the points of the curve, at the middle of their scores.
    None for few rows.
    """
    scores, rows = _groups(curve)
    if rows.sum() < FEWEST_ROWS or len(rows) < 2:
        return None
    hits = np.random.default_rng(seed).binomial(rows.astype(np.int64), scores, (DRAWS, len(rows)))
    drawn = np.array([isotonic(each / rows, rows) for each in hits.astype(np.float64)])
    low, high = np.quantile(drawn, ((1 - level) / 2, (1 + level) / 2), axis=0)
    return scores, low, high


def _groups(curve: RankedCurve) -> tuple[Floats, Floats]:
    """Score and rows between the points of the curve, from the lowest score; neighbours are joined."""
    called = np.array(curve.tp, np.float64) + np.array(curve.fp, np.float64)
    ends = np.array([np.nan if value is None else value for value in curve.thresholds])
    ends[-1] = 0.0 if np.isnan(ends[-1]) else ends[-1]
    ends[np.isnan(ends)] = 1.0
    rows = np.diff(called)
    at = np.where(rows > 1, (ends[1:] + ends[:-1]) / 2, ends[1:])
    kept = rows > 0
    at, rows = at[kept][::-1], rows[kept][::-1]
    if not len(rows) or not ((at >= 0) & (at <= 1)).all():
        return at[:0], rows[:0]
    upto = np.cumsum(rows)
    part = np.minimum((upto - rows / 2) * MOST_GROUPS / upto[-1], MOST_GROUPS - 1).astype(np.intp)
    starts = np.flatnonzero(np.diff(part, prepend=-1))
    joined = np.add.reduceat(rows, starts)
    return np.add.reduceat(rows * at, starts) / joined, joined


def isotonic(values: Floats, weights: Floats) -> Floats:
    """The closest values that do not fall, by weighted squares (pool adjacent violators).

    >>> isotonic(np.array([0.0, 1.0, 0.0, 1.0]), np.ones(4)).tolist()
    [0.0, 0.5, 0.5, 1.0]
    """
    means: list[float] = []
    sums: list[float] = []
    sizes: list[int] = []
    for value, weight in zip(values.tolist(), weights.tolist(), strict=True):
        mean, total, size = value, weight, 1
        while means and means[-1] >= mean:
            before, others = means.pop(), sums.pop()
            mean = (before * others + mean * total) / (others + total)
            total, size = total + others, size + sizes.pop()
        means.append(mean)
        sums.append(total)
        sizes.append(size)
    return np.repeat(means, sizes)


__all__ = ["band", "corp", "isotonic"]
