"""A statistic reduces a block of rows to a state; states add, and nothing else happens here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Protocol, Self, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

OVERFLOW: Any = {"over": "ignore", "invalid": "ignore"}

Floats = npt.NDArray[np.float64]
ROUNDING = 1e-12
"""By what part a sum of weights may miss what it reaches."""


class State(Protocol):
    """Sums over rows.

    ``+`` is associative and commutative, and the state of an empty block is its neutral element. Counts are
    int64 (float64 where rows have weights), sums float64, spreads centred moments.
    """

    def __add__(self, other: Self) -> Self:
        """Join two disjoint sets of rows."""
        ...


class Mapper(Protocol):
    """Applies a function to each item, on as many threads as there are."""

    def __call__(self, function: Callable[[Any], Any], items: Any, /) -> Iterator[Any]:
        """Results in the order of the items."""
        ...


@runtime_checkable
class Kept(Protocol):
    """A state that keeps rows, and is worked out once all of them are there."""

    def finish(self, mapper: Mapper) -> Any:
        """What formulas take in place of the state."""
        ...


def finished(state: Any, mapper: Mapper = map) -> Any:
    """What formulas take: of a state that keeps rows, what is worked out of them."""
    return state.finish(mapper) if isinstance(state, Kept) else state


S_co = TypeVar("S_co", bound=State, covariant=True)


class Statistic(Protocol[S_co]):
    """Equal by value (a frozen dataclass), so that metrics share it without naming each other."""

    def of(self, block: Any) -> S_co:
        """Reduce one block."""
        ...


AnyStatistic = Statistic[Any]


def counted(cells: npt.NDArray[np.intp], weight: npt.NDArray[Any] | None, length: int) -> npt.NDArray[Any]:
    """Rows in each cell: int64, or their weights, float64."""
    if weight is None:
        return np.bincount(cells, minlength=length).astype(np.int64, copy=False)
    return np.bincount(cells, weights=weight, minlength=length).astype(np.float64, copy=False)
