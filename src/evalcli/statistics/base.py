"""A statistic reduces a block of rows to a state; states can be added."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import ClassVar, Literal, Never, Protocol, Self, TypeVar, cast

import numpy as np
import numpy.typing as npt

from evalcli.blocks.base import Array, overflow_to_infinity

T = TypeVar("T")
R = TypeVar("R")
Floats = npt.NDArray[np.float64]
ROUNDING = 1e-12
"""Relative rounding error of a sum of weights."""
OfRows = tuple[Array, Array | None]
"""A value of each row, (n,), NaN outside its domain, and the weights of the rows."""


def dot(x: Array, y: Array) -> float:
    """Sum of the products of two arrays, (n,): a whole number if both are.

    Without BLAS, whose threads would compete with those of the blocks, and whose sums depend on their number.

    >>> dot(np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    11.0
    """
    total: float = np.einsum("i,i->", x, y).item()
    return total


class Mapper(Protocol):
    """Applies a function to each item, perhaps on several threads."""

    def __call__(self, function: Callable[[T], R], items: Iterable[T], /) -> Iterator[R]:
        """Results in the order of the items."""
        ...


F_co = TypeVar("F_co", covariant=True)


class State(Protocol[F_co]):
    """Sums over rows, and their finished form, which formulas are given.

    ``+`` is associative and commutative, and the state of an empty block is its neutral element. Counts are
    int64 (float64 where rows have weights), sums float64, spreads centred moments.
    """

    def __add__(self, other: Self, /) -> Self:
        """State of two disjoint sets of rows together."""
        ...

    def __radd__(self, zero: Literal[0], /) -> Self:
        """Start value of ``sum``."""
        ...

    def finalize(self, mapper: Mapper, /) -> F_co:
        """The finished form, after the last row."""
        ...


class Summable:
    """``sum(states)`` works, since 0 + state is that state."""

    __slots__ = ()

    def __radd__(self, zero: Literal[0]) -> Self:
        """Start value of ``sum``."""
        return self if zero == 0 else NotImplemented


class Finished:
    """A state that is its own finished form."""

    __slots__ = ()

    def finalize(self, _: Mapper) -> Self:
        """Nothing is left to compute."""
        return self


class FieldSums(Summable):
    """A ``Struct`` that adds field by field: numbers, arrays, tuples of runs, other states.

    ``ALIKE``: fields that are not sums and are equal in all parts.
    """

    ALIKE: ClassVar[tuple[str, ...]] = ()
    __slots__ = ()
    __struct_fields__: ClassVar[tuple[str, ...]]

    def __add__(self, other: Self) -> Self:
        pairs = ((name, getattr(self, name), getattr(other, name)) for name in self.__struct_fields__)
        return type(self)(**{name: left if name in self.ALIKE else left + more for name, left, more in pairs})


B = TypeVar("B")
B_contra = TypeVar("B_contra", contravariant=True)
S_co = TypeVar("S_co", bound=State[object], covariant=True)


class Statistic(Protocol[B_contra, S_co]):
    """Equal by value (a frozen ``Struct``), so that metrics with the same statistic share its state."""

    def of(self, block: B_contra, /) -> S_co:
        """Reduce one block."""
        ...


class SharedWork:
    """A statistic of which several cost less together, as they share intermediate results."""

    def of(self, block: Never) -> State[object]:
        """Reduce one block."""
        raise NotImplementedError

    @classmethod
    def of_all(cls, block: Never, statistics: Never) -> Sequence[State[object]]:
        """Reduce one block, for several statistics of this class."""
        raise NotImplementedError


AnyStatistic = Statistic[Never, State[object]]
"""A statistic of some kind of block."""
States = dict[AnyStatistic, State[object]]
"""States by statistic."""


@overflow_to_infinity
def reduce(block: B, statistics: Iterable[AnyStatistic]) -> States:
    """The states of one block, for statistics of its kind."""
    # the statistics of a plan differ in type: that they are of this kind of block, the plan knows
    of_this_kind = cast(Iterable[Statistic[B, State[object]]], statistics)
    states: States = {}
    sharing: dict[type[SharedWork], list[SharedWork]] = {}
    for statistic in of_this_kind:
        if isinstance(statistic, SharedWork):
            sharing.setdefault(type(statistic), []).append(statistic)
        else:
            states[statistic] = statistic.of(block)
    for kind, some in sharing.items():
        together = cast(Callable[[B, Sequence[SharedWork]], Sequence[State[object]]], kind.of_all)
        states.update(zip(some, together(block, some), strict=True))
    return states


@overflow_to_infinity
def added(states: States, more: States) -> States:
    """The states of two disjoint sets of rows together; an empty mapping is neutral."""
    return {statistic: states[statistic] + more[statistic] for statistic in more} if states else more


@overflow_to_infinity
def finished_states(states: States, mapper: Mapper = map) -> dict[AnyStatistic, object]:
    """Arguments of formulas; ``states`` is emptied, so that rows are freed once their result is there."""
    return {statistic: states.pop(statistic).finalize(mapper) for statistic in list(states)}
