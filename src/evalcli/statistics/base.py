"""A statistic reduces a block of rows to a state; states add, and nothing else happens here."""

from __future__ import annotations

from typing import Any, Protocol, Self, TypeVar

from evalcli.block import Block


class State(Protocol):
    """Sums over rows.

    ``+`` is associative and commutative, and the state of an empty block is its neutral element. Counts are
    int64, sums float64, spreads centred moments.
    """

    def __add__(self, other: Self) -> Self:
        """Join two disjoint sets of rows."""
        ...


S_co = TypeVar("S_co", bound=State, covariant=True)


class Statistic(Protocol[S_co]):
    """Equal by value (a frozen dataclass), so that metrics share it without naming each other."""

    def of(self, block: Block) -> S_co:
        """Reduce one block."""
        ...


AnyStatistic = Statistic[Any]
