"""Intervals of calibration errors that are estimated from bins."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import lru_cache

import numpy as np

from evalcli.blocks import Array
from evalcli.intervals.method import DRAWS, MOST_CELLS, Study
from evalcli.intervals.scales import Ends, normal_quantile, quantile
from evalcli.metrics import Context, MetricValue, Request, statistic
from evalcli.metrics.sources import Bins, NoInterval
from evalcli.statistics import CalibrationBins, SortedConfidences
from evalcli.statistics.base import Floats
from evalcli.statistics.resampled_counts import HALF

CLEAR = 3.0
"""Standard deviations from which on the gap of a bin is significant."""
FEW_DRAWN = 4
"""Rows of a bin up to which their sample variance is not used."""


class BinBounds:
    """Bounds on what noise within bins has added or hidden."""

    name = "bin-bounds"
    words = (
        "bounds on what noise within bins has added or hidden: it biases a binned error upwards, "
        "so the interval extends further down than up"
    )
    coverage = "conservative: covers the true value in 98–100 % of simulations"
    redraws_rows = False
    for_few_rows = False

    def applies(self, request: Request, context: Context) -> bool:
        """For errors that are estimated from bins of independent rows."""
        return isinstance(request.metric.source, Bins) and context.groups is None

    def ends(self, study: Study, request: Request, result: MetricValue, value: float) -> Ends | NoInterval:
        """Both ends of a calibration error, or of the mean error over classes."""
        context = study.context
        state = study.summary.finished[statistic(request, context)]
        bins = state.of_equal_mass(context.bins) if isinstance(state, SortedConfidences) else state
        if not isinstance(bins, CalibrationBins):
            raise TypeError(f"{request.metric.name} is not estimated from bins")
        parts = [np.atleast_2d(part) for part in (bins.count, bins.hits, bins.gaps, bins.squares)]
        if request.metric.mean_of_classes:
            parts = [part[context.averaged] for part in parts]
        normals = _normals(context.seed, *parts[0].shape)
        ends_by_class = [
            bin_bounds(count, hits, gaps, squares, context.weighted, drawn, study.confidence)
            for count, hits, gaps, squares, drawn in zip(*parts, normals, strict=True)
        ]
        # as if the errors of the classes were perfectly correlated
        low, high = np.mean([ends for ends in ends_by_class if ends is not None], axis=0)
        return float(low), float(high)


def _normals(seed: int, sets: int, bins: int) -> Iterator[Floats]:
    """Standard normal numbers for each set of bins, see ``with_sizes``; those of a single set are kept."""
    draws = max(min(DRAWS, MOST_CELLS // (4 * bins)), 100)
    if sets == 1:
        yield _normals_of_one(seed, draws, bins)
        return
    rng = np.random.default_rng(seed)
    for _ in range(sets):
        yield with_sizes(rng.standard_normal((draws, bins)))


@lru_cache(maxsize=2)
def _normals_of_one(seed: int, draws: int, bins: int) -> Floats:
    """The same for every slice."""
    return with_sizes(np.random.default_rng(seed).standard_normal((draws, bins)))


def with_sizes(normals: Floats) -> Floats:
    """Random numbers and then their absolute values: (draws, bins) → (2 bins, draws)."""
    return np.concatenate([normals.T, np.abs(normals.T)])


def bin_bounds(
    count: Array,
    hits: Array,
    gaps: Floats,
    squares: Floats,
    weighted: bool,
    normals: Floats,
    confidence: float,
) -> Ends | None:
    """Ends of a calibration error that is estimated from bins.

    Noise increases the absolute gap of a bin whose true gap is small: the lower end subtracts the most that
    it can have added. The upper end is that of the signed gaps, which noise does not bias. ``normals``: see
    ``with_sizes``.
    """
    total = float(count.sum())
    if not total:
        return None
    spread = squares
    if not weighted:
        inner = np.maximum(squares - gaps**2 / np.maximum(count, 1), 0.0) * (count / np.maximum(count - 1, 1))
        share = (hits + HALF) / (count + 1)  # if all outcomes are the same, others were possible
        inner = np.where((hits == 0) | (hits == count), np.maximum(inner, count * share * (1 - share)), inner)
        spread = np.where(count > FEW_DRAWN, inner, squares)
    deviation = np.sqrt(spread)
    is_clear = gaps > CLEAR * deviation
    signed, sizes = np.where(is_clear, deviation, 0.0), np.where(is_clear, 0.0, deviation)
    noise = np.concatenate([signed, sizes]) @ normals
    value = float(gaps.sum()) / total
    most = quantile(noise, 0.5 + confidence / 2)
    half = normal_quantile(confidence) * math.sqrt(float(spread.sum()))
    return max(0.0, value - most / total), min(1.0, value + half / total)


BIN_BOUNDS = BinBounds()
DEPENDENT = NoInterval("the bins of rows in groups have no interval")
