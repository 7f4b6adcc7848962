"""A statistic reduces a block of rows to a state; states add, and nothing else happens here."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import Field, fields
from typing import Any, ClassVar, Literal, Protocol, Self, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

from evalcli.blocks.base import overflow_to_infinity

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


class Summable:
    """What every state can do: ``sum(states)`` works, since 0 and a state are that state."""

    def __radd__(self, zero: Literal[0]) -> Self:
        """What ``sum`` begins with."""
        return self if zero == 0 else NotImplemented


class FieldSums(Summable):
    """A dataclass that adds field by field: numbers, arrays, tuples of runs, other states.

    ``ALIKE``: fields that are no sums, and that all parts have in common.
    """

    ALIKE: ClassVar[tuple[str, ...]] = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __add__(self, other: Self) -> Self:
        pairs = (
            (field.name, getattr(self, field.name), getattr(other, field.name)) for field in fields(self)
        )
        return type(self)(**{name: own if name in self.ALIKE else own + more for name, own, more in pairs})


class Mapper(Protocol):
    """Applies a function to each item, on as many threads as there are."""

    def __call__(self, function: Callable[[Any], Any], items: Any, /) -> Iterator[Any]:
        """Results in the order of the items."""
        ...


@runtime_checkable
class Deferred(Protocol):
    """A state that keeps rows, and is worked out once all of them are there."""

    def finalize(self, mapper: Mapper) -> Any:
        """What formulas take in place of the state."""
        ...


def finalized(state: Any, mapper: Mapper = map) -> Any:
    """What formulas take: of a state that keeps rows, what is worked out of them."""
    return state.finalize(mapper) if isinstance(state, Deferred) else state


S_co = TypeVar("S_co", bound=State, covariant=True)


class Statistic(Protocol[S_co]):
    """Equal by value (a frozen dataclass), so that metrics share it without naming each other."""

    def of(self, block: Any) -> S_co:
        """Reduce one block."""
        ...


AnyStatistic = Statistic[Any]
States = dict[AnyStatistic, Any]
"""States, or what is worked out of them, by statistic."""


@overflow_to_infinity
def reduce(block: Any, statistics: Iterable[AnyStatistic]) -> States:
    """The states of one block."""
    return {statistic: statistic.of(block) for statistic in statistics}


@overflow_to_infinity
def added(states: States, more: States) -> States:
    """The states of two disjoint sets of rows together; those of no rows at all are an empty mapping."""
    return {statistic: states[statistic] + more[statistic] for statistic in more} if states else more


@overflow_to_infinity
def finished_states(states: States, mapper: Mapper = map) -> States:
    """What formulas take; ``states`` is emptied, so that rows go as soon as their result is there."""
    return {statistic: finalized(states.pop(statistic), mapper) for statistic in list(states)}


def counted(cells: npt.NDArray[np.intp], weight: npt.NDArray[Any] | None, length: int) -> npt.NDArray[Any]:
    """Rows in each cell: int64, or their weights, float64."""
    if weight is None:
        return np.bincount(cells, minlength=length).astype(np.int64, copy=False)
    return np.bincount(cells, weights=weight, minlength=length).astype(np.float64, copy=False)
