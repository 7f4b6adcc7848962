"""Losses of real values per row: several of them go through a block together, piece by piece."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, RealBlock, take_rows
from evalcli.blocks.base import overflow_to_infinity
from evalcli.statistics.base import FieldSums, Finished, Floats, OfRows, SharedWork
from evalcli.statistics.moments import EMPTY, Moments, PowerSums
from evalcli.statistics.weights import Weights

PIECE = 1 << 17
"""Rows whose losses, and what these share, are in memory at a time."""
NEAR, NEARER = 0.03, 2.0**-8
"""Relative difference of true and predicted value below which a deviance is computed as a series."""
Losses = tuple[Floats, Array | None]
"""The loss of each row, (n,), and which rows are in its domain; None: all."""


class RowLossMoments(FieldSums, Finished, Struct, frozen=True):
    """Moments of a loss, and the number of rows outside its domain, which are excluded."""

    loss: Moments
    outside: int = 0


def _relative(block: RealBlock, _: float) -> Losses:
    with np.errstate(divide="ignore", invalid="ignore"):
        values = block.absolute_error / block.size_of_truth
    return values, None if block.lowest[0] > 0 else block.truth != 0


def _symmetric(block: RealBlock, _: float) -> Losses:
    low, low_predicted = block.lowest
    total = block.size_of_truth + (
        block.predicted_value if low_predicted >= 0 else np.abs(block.predicted_value)
    )
    values = 2.0 * block.absolute_error
    if low > 0 or low_predicted > 0:
        values /= total
    else:
        np.divide(values, total, out=values, where=total > 0)
    return values, None


def _squared_log(block: RealBlock, _: float) -> Losses:
    inside = None if min(block.lowest) >= 0 else (block.truth >= 0) & (block.predicted_value >= 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        # one logarithm of (1 + p) / (1 + y), without cancellation where they are near
        values = block.error / (1.0 + block.truth)
        far = np.flatnonzero(values < -0.5)  # where the ratio is small, two are exact
        np.log1p(values, out=values)
        values[far] = np.log1p(block.predicted_value[far]) - np.log1p(block.truth[far])
    return np.square(values, out=values), inside


def _tweedie(block: RealBlock, power: float) -> Losses:
    """Unit deviance; the variance is proportional to the mean to a power."""
    if power == 0:
        return np.square(block.error), None
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return _deviances(power)(block, power), _domain(block, power)


def _domain(block: RealBlock, power: float) -> Array | None:
    y, mu, (low, low_predicted) = block.truth, block.predicted_value, block.lowest
    if low_predicted > 0 and (power < 1 or low > 0 or (low == 0 and power < 2)):
        return None
    inside = mu > 0
    if power >= 1:
        inside &= (y >= 0) if power < 2 else (y > 0)
    return inside


def _deviances(power: float) -> Callable[[RealBlock, float], Floats]:
    if power in (1, 2):
        return _deviance_by_logarithm
    return _deviance_by_roots if power == 1.5 else _deviance_by_powers


def _deviance_by_logarithm(block: RealBlock, power: float) -> Floats:
    """2 (y ln(y / m) - y + m) or 2 (y / m - 1 - ln(y / m)); all from one ratio, whose rounding cancels."""
    ratio, excess = block.ratio, block.excess
    if power == 2:
        values = excess - block.log_ratio
    else:
        values = ratio * block.log_ratio
        if block.lowest[0] <= 0:
            values[~(ratio > 0)] = 0.0
        values -= excess
        values *= block.predicted_value
    values *= 2.0
    _replace_near(values, np.flatnonzero(np.abs(excess) < NEARER), block, power)
    return values


def _deviance_by_roots(block: RealBlock, _: float) -> Floats:
    """The power 1.5: 4 (√y - √m)² / √m, where the difference of the roots is (y - m) / (√y + √m)."""
    root = np.sqrt(block.predicted_value)
    values = np.sqrt(block.truth)
    values += root
    np.divide(block.error, values, out=values)
    np.square(values, out=values)
    values /= root
    values *= 4.0
    return values


def _deviance_by_powers(block: RealBlock, power: float) -> Floats:
    y, mu, rest = block.truth, block.predicted_value, 2.0 - power
    # the operator is fast for square roots and reciprocals
    first, last = np.maximum(y, 0.0) ** rest, mu**rest
    values = 2.0 * (first / ((1.0 - power) * rest) - y * (last / mu) / (1.0 - power) + last / rest)
    _replace_near(values, np.flatnonzero(np.abs(block.error) < NEAR * mu), block, power)
    return values


def _replace_near(values: Floats, near: Array, block: RealBlock, power: float) -> None:
    """The same as a series, for y = mu (1 + difference) near mu, where the terms cancel."""
    mu = block.predicted_value[near]
    difference = -block.error[near] / mu
    *rest, last = _coefficients(power)
    total = np.full(len(near), last)
    for coefficient in reversed(rest):
        total *= difference
        total += coefficient
    values[near] = total * np.square(difference) * (2.0 * np.power(mu, 2.0 - power))


@lru_cache
def _coefficients(power: float) -> tuple[float, ...]:
    """Of the second and higher powers of the relative difference."""
    near = NEARER if power in (1, 2) else NEAR
    found = [0.5]
    while near ** len(found) > 2.0**-56:
        index = len(found) + 2
        found.append(found[-1] * (3.0 - power - index) / index)
    return tuple(found)


def _pinball(block: RealBlock, level: float) -> Losses:
    shortfall = block.truth - block.quantile(level)
    return np.maximum(level * shortfall, (level - 1.0) * shortfall), None


LOSSES: dict[str, Callable[[RealBlock, float], Losses]] = {
    "error": lambda block, _: (block.error, None),
    "absolute": lambda block, _: (block.absolute_error, None),
    "squared": lambda block, _: (np.square(block.error), None),
    "size of truth": lambda block, _: (block.size_of_truth, None),
    "relative": _relative,
    "symmetric": _symmetric,
    "squared log": _squared_log,
    "tweedie": _tweedie,
    "pinball": _pinball,
}


class RowLoss(SharedWork, Struct, frozen=True):
    """Moments of one loss; ``parameter`` is a power or a level."""

    name: str
    parameter: float = 0.0

    @property
    def levels(self) -> tuple[float, ...] | None:
        """Levels of the predicted quantiles that it needs; None: it needs the predicted values."""
        return (self.parameter,) if self.name == "pinball" else None

    @overflow_to_infinity
    def of(self, block: RealBlock) -> RowLossMoments:
        """Loss of one block."""
        return self.of_all(block, [self])[0]

    @classmethod
    @overflow_to_infinity
    def of_all(cls, block: RealBlock, losses: Sequence[RowLoss]) -> list[RowLossMoments]:
        """Several losses of one block, which share errors and logarithms."""
        sums, outside = [PowerSums() for _ in losses], [0] * len(losses)
        for piece in _pieces(block):
            for index, loss in enumerate(losses):
                values, weights, without = loss._inside(piece)
                sums[index].add(values, weights)
                outside[index] += without
        return [
            RowLossMoments(of_loss.moments() or loss._centred(block), without)
            for loss, of_loss, without in zip(losses, sums, outside, strict=True)
        ]

    @overflow_to_infinity
    def rows(self, block: RealBlock) -> OfRows:
        """Loss of each row, and its weight."""
        values, inside = LOSSES[self.name](block, self.parameter)
        return values if inside is None else np.where(inside, values, np.nan), block.weight

    def _inside(self, block: RealBlock) -> tuple[Floats, Weights, int]:
        """Losses of the rows in the domain, the weights of these rows, and the number of the others."""
        values, inside = LOSSES[self.name](block, self.parameter)
        weights = Weights(block.weight)
        if inside is None or inside.all():
            return values, weights, 0
        return values[inside], weights.at(inside), int(np.count_nonzero(~inside))

    def _centred(self, block: RealBlock) -> Moments:
        """Moments whose variance keeps its digits where all losses are nearly equal."""
        parts = (self._inside(piece) for piece in _pieces(block))
        return sum((Moments.of(values, weights.values) for values, weights, _ in parts), EMPTY)


def _pieces(block: RealBlock) -> Iterator[RealBlock]:
    if block.n <= PIECE:
        return iter([block] if block.n else [])
    return (take_rows(block, slice(first, first + PIECE)) for first in range(0, block.n, PIECE))
