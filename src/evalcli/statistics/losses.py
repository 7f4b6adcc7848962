"""Proper scoring rules, row by row."""

from __future__ import annotations

import numpy as np
from msgspec import Struct

from evalcli.blocks import ClassBlock, LabelSetBlock
from evalcli.statistics.base import FieldSums, Finished, OfRows, dot
from evalcli.statistics.moments import Moments
from evalcli.statistics.parts import Parts, StackedMoments, StackedSums


class LossMoments(FieldSums, Finished, Struct, frozen=True):
    """Moments of a loss, and the number of rows with a clipped probability."""

    loss: Moments
    clipped: int = 0


class LogLoss(Struct, frozen=True):
    """Minus the natural logarithm of the predicted probability of the true class."""

    def rows(self, block: ClassBlock | LabelSetBlock) -> OfRows:
        """Loss of each row, and its weight."""
        return -block.log_true_probability[0], block.loss_weight

    def of(self, block: ClassBlock | LabelSetBlock) -> LossMoments:
        """Loss of one block; probabilities clipped to [eps, 1 - eps] of the file's float type."""
        logs, clipped = block.log_true_probability
        return LossMoments(Moments.of(-logs, block.loss_weight), int(np.count_nonzero(clipped)))

    def of_parts(self, block: ClassBlock | LabelSetBlock, parts: Parts) -> StackedSums[LossMoments] | None:
        """Loss of each part of a block, if each row has one."""
        logs, clipped = block.log_true_probability
        if logs.shape != (block.n,):
            return None
        moments = StackedMoments.of(-logs, block.loss_weight, parts)
        return StackedSums(parts.codes, (moments, parts.sums(clipped.astype(np.int64))), LossMoments)


class Brier(Struct, frozen=True):
    """Squared difference between predicted probabilities and outcomes."""

    def rows(self, block: ClassBlock | LabelSetBlock) -> OfRows:
        """Loss of each row, and its weight."""
        return block.squared_distance, block.loss_weight

    def of(self, block: ClassBlock | LabelSetBlock) -> Moments:
        """Loss of one block."""
        return Moments.of(block.squared_distance, block.loss_weight)

    def of_parts(self, block: ClassBlock | LabelSetBlock, parts: Parts) -> StackedSums[Moments] | None:
        """Loss of each part of a block, if each row has one."""
        values = block.squared_distance
        if values.shape != (block.n,):
            return None
        moments = StackedMoments.of(values, block.loss_weight, parts)
        return StackedSums(parts.codes, (moments,), lambda of_part: of_part)


class SpiegelhalterSums(FieldSums, Finished, Struct, frozen=True):
    """Sums of (y - p)(1 - 2p) and of its variance (1 - 2p)² p (1 - p) under calibration."""

    excess: float = 0.0
    variance: float = 0.0


class Spiegelhalter(Struct, frozen=True):
    """Difference between the Brier score of binary data and its expectation."""

    def of(self, block: ClassBlock) -> SpiegelhalterSums:
        """Sums of one block."""
        p = block.positive_probability
        slope = 1.0 - 2.0 * p
        excess = dot(block.is_positive - p, slope)
        return SpiegelhalterSums(excess, dot(slope * slope, p * (1.0 - p)))
