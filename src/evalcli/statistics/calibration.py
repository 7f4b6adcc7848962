"""Confidence against outcome, in equal-width bins."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from evalcli.block import Block


@dataclass(frozen=True)
class CalibrationBins:
    """Rows, summed confidence and summed outcomes of each bin; shape (bins,)."""

    count: npt.NDArray[np.int64]
    confidence: npt.NDArray[np.float64]
    hits: npt.NDArray[np.int64]

    def __add__(self, other: CalibrationBins) -> CalibrationBins:
        return CalibrationBins(
            self.count + other.count, self.confidence + other.confidence, self.hits + other.hits
        )

    @property
    def gaps(self) -> npt.NDArray[np.float64]:
        """Absolute difference of mean outcome and mean confidence, times the bin's rows."""
        return np.abs(self.hits - self.confidence)


@dataclass(frozen=True)
class Calibration:
    """Bins (lo, hi] of equal width, 0 in the first.

    Binary: the positive class's probability against its outcome; otherwise the confidence of the predicted
    class against being right.
    """

    bins: int = 15

    def of(self, block: Block) -> CalibrationBins:
        """Bin one block."""
        if block.positive is not None:
            confidence, hits = block.positive_probability, block.is_positive
        else:
            confidence, hits = block.confidence, block.truth == block.predicted
        confidence = confidence.astype(np.float64, copy=False)
        at = self._bin(confidence)
        cells = np.bincount(2 * at + hits, minlength=2 * self.bins).reshape(-1, 2)
        return CalibrationBins(
            cells.sum(axis=1).astype(np.int64, copy=False),
            np.bincount(at, weights=confidence, minlength=self.bins).astype(np.float64, copy=False),
            cells[:, 1].astype(np.int64),
        )

    def _bin(self, confidence: npt.NDArray[np.float64]) -> npt.NDArray[np.intp]:
        """Bin of each confidence: multiplied out, then put right at the edges."""
        edges = np.arange(self.bins + 1) / self.bins
        at = (confidence * self.bins).astype(np.intp)
        np.minimum(at, self.bins - 1, out=at)
        at -= (confidence <= edges.take(at)) & (at > 0)
        at += confidence > edges.take(at + 1)
        return at
