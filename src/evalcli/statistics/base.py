"""A statistic reduces a block of rows to a state; states can be added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import Field, fields
from typing import Any, ClassVar, Literal, Protocol, Self, TypeVar, runtime_checkable

import numpy as np
import numpy.typing as npt

from evalcli.blocks.base import overflow_to_infinity

Floats = npt.NDArray[np.float64]
ROUNDING = 1e-12
"""Relative rounding error of a sum of weights."""


class State(Protocol):
    """Sums over rows.

    ``+`` is associative and commutative, and the state of an empty block is its neutral element. Counts are
    int64 (float64 where rows have weights), sums float64, spreads centred moments.
    """

    def __add__(self, other: Self) -> Self:
        """State of two disjoint sets of rows together."""
        ...


class Summable:
    """Base of every state: ``sum(states)`` works, since 0 + state is that state."""

    def __radd__(self, zero: Literal[0]) -> Self:
        """Start value of ``sum``."""
        return self if zero == 0 else NotImplemented


class FieldSums(Summable):
    """A dataclass that adds field by field: numbers, arrays, tuples of runs, other states.

    ``ALIKE``: fields that are not sums and are equal in all parts.
    """

    ALIKE: ClassVar[tuple[str, ...]] = ()
    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]

    def __add__(self, other: Self) -> Self:
        pairs = (
            (field.name, getattr(self, field.name), getattr(other, field.name)) for field in fields(self)
        )
        return type(self)(**{name: left if name in self.ALIKE else left + more for name, left, more in pairs})


class Mapper(Protocol):
    """Applies a function to each item, perhaps on several threads."""

    def __call__(self, function: Callable[[Any], Any], items: Any, /) -> Iterator[Any]:
        """Results in the order of the items."""
        ...


@runtime_checkable
class Deferred(Protocol):
    """A state that keeps rows and is evaluated after the last one."""

    def finalize(self, mapper: Mapper) -> Any:
        """The argument of formulas in place of the state."""
        ...


def finalized(state: Any, mapper: Mapper = map) -> Any:
    """The argument of formulas: the state, or the result of a deferred one."""
    return state.finalize(mapper) if isinstance(state, Deferred) else state


S_co = TypeVar("S_co", bound=State, covariant=True)


class Statistic(Protocol[S_co]):
    """Equal by value (a frozen dataclass), so that metrics with the same statistic share its state."""

    def of(self, block: Any) -> S_co:
        """Reduce one block."""
        ...


AnyStatistic = Statistic[Any]
States = dict[AnyStatistic, Any]
"""States, or their results, by statistic."""


@overflow_to_infinity
def reduce(block: Any, statistics: Iterable[AnyStatistic]) -> States:
    """The states of one block."""
    return {statistic: statistic.of(block) for statistic in statistics}


@overflow_to_infinity
def added(states: States, more: States) -> States:
    """The states of two disjoint sets of rows together; an empty mapping is neutral."""
    return {statistic: states[statistic] + more[statistic] for statistic in more} if states else more


@overflow_to_infinity
def finished_states(states: States, mapper: Mapper = map) -> States:
    """Arguments of formulas; ``states`` is emptied, so that rows are freed once their result is there."""
    return {statistic: finalized(states.pop(statistic), mapper) for statistic in list(states)}
