"""The whole curve of one class in segments: its points are evaluated a segment at a time.

The temporary arrays of a segment stay in the cache, and segments are independent of each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt
from msgspec import Struct

from evalcli.cached import cached_property
from evalcli.statistics.area_variance import area_sums
from evalcli.statistics.base import Floats, Mapper
from evalcli.statistics.curves import AreaSums, CurveSegment, map_segments
from evalcli.statistics.sorted_keys import SortedKeys


class SegmentedCurve(Struct, frozen=True, eq=False, dict=True):
    """``parts``: segments of one curve, the lowest first, some of them perhaps without points.

    ``squares``: whether its sums are also those for variances.
    """

    parts: Sequence[CurveSegment]
    mapper: Mapper = map
    squares: bool = False

    @classmethod
    def of_keys(cls, keys: SortedKeys, mapper: Mapper, squares: bool = False) -> SegmentedCurve:
        """From sorted keys."""
        return cls(map_segments([keys], mapper, lambda part: part), mapper, squares)

    @property
    def positives(self) -> float:
        """Positive rows of the whole curve, or their weight."""
        return self.parts[0].positives

    @property
    def negatives(self) -> float:
        """Negative rows of the whole curve, or their weight."""
        return self.parts[0].negatives

    @cached_property
    def sums(self) -> AreaSums:
        """Areas under the whole curve."""
        first, *others = self.mapper(partial(area_sums, squares=self.squares), self.parts)
        return sum(others, first)

    @cached_property
    def _points(self) -> list[CurveSegment]:
        """The segments with points."""
        return [part for part in self.parts if len(part.tp)]

    def largest(self, value: Callable[[CurveSegment], float]) -> float:
        """The largest value of any segment; 0 if no row is positive."""
        return max(self.mapper(value, self._points), default=0.0)

    def highest(
        self, evaluate: Callable[[CurveSegment], tuple[Floats, npt.NDArray[np.bool_] | None]]
    ) -> tuple[float, float]:
        """The highest allowed value and the highest score that reaches it; 0 if no row is positive.

        ``evaluate``: value of each point of a segment, and whether it is allowed; None: all are.
        """

        def of_part(part: CurveSegment) -> tuple[float, float] | None:
            values, allowed = evaluate(part)
            at = np.arange(len(values)) if allowed is None else np.flatnonzero(allowed)
            if not len(at):
                return None
            best = at[len(at) - 1 - int(np.argmax(values[at][::-1]))]
            return float(values[best]), float(part.scores[best])

        found = [best for best in self.mapper(of_part, self._points) if best is not None]
        return max(reversed(found), key=lambda best: best[0], default=(0.0, np.inf))

    def partial_roc_auc(self, limit: float) -> float:
        """Area up to a false positive rate, standardised so that chance is 0.5; NaN without both classes.

        McClish, Med. Decis. Making 9, 1989.
        """
        if not self.positives or not self.negatives:
            return np.nan
        ends = [self.negatives, *((part.fp[-1] - part.tied[-1]).item() for part in self._points[:-1])]
        pairs = self.positives * self.negatives
        area = sum(
            self.mapper(lambda one: one[0].area_upto(limit, one[1]), zip(self._points, ends, strict=True))
        )
        chance = limit * limit / 2
        return 0.5 * (1.0 + (area / pairs - chance) / (limit - chance))

    def equal_error_rate(self) -> float:
        """Rate at which FPR = FNR; the ROC curve is interpolated linearly between thresholds."""
        before = (0.0, 0.0)
        for part in reversed(self._points):
            fpr, tpr = part.fp[0] / self.negatives, part.tp[0] / self.positives
            if fpr + tpr >= 1.0 or part is self._points[0]:
                return part.equal_error_rate(before)
            before = fpr, tpr
        return np.nan
