"""Proper scoring rules, row by row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from evalcli.block import Block
from evalcli.statistics.moments import Moments


@dataclass(frozen=True)
class LossMoments:
    """Moments of a loss, and how many rows had a probability that had to be clipped."""

    loss: Moments
    clipped: int = 0

    def __add__(self, other: LossMoments) -> LossMoments:
        return LossMoments(self.loss + other.loss, self.clipped + other.clipped)


@dataclass(frozen=True)
class LogLoss:
    """Minus the natural logarithm of the probability given to the true class."""

    def of(self, block: Block) -> LossMoments:
        """Loss of one block; probabilities clipped to [eps, 1 - eps] of the file's float type."""
        logs, clipped = block.log_true_probability
        return LossMoments(Moments.of(-logs), clipped)


@dataclass(frozen=True)
class Brier:
    """Squared distance between the probabilities and the outcome."""

    def of(self, block: Block) -> Moments:
        """Loss of one block: (p - y)² for binary data, its sum over the classes otherwise."""
        if block.positive is not None:
            return Moments.of(np.square(block.positive_probability - block.is_positive))
        p, t = block.probabilities, block.true_probability
        squares = np.einsum("ij,ij->j", p, p, dtype=np.float64)
        return Moments.of(squares - t * t + np.square(1.0 - t))
