"""Many parts of a block at once, e.g. a thousand slices: their states are the rows of one array.

A statistic that has ``of_parts`` reduces all parts together; the others reduce each part on its own.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Generic, Never, Protocol, Self, TypeVar, cast, runtime_checkable

import numpy as np
import numpy.typing as npt
from msgspec import Struct, field

from evalcli.blocks import Array, Block, take_rows
from evalcli.blocks.base import overflow_to_infinity
from evalcli.cached import cached_property
from evalcli.statistics.base import AnyStatistic, Floats, State, States, Summable, added, reduce
from evalcli.statistics.moments import Moments
from evalcli.statistics.weights import Weights

S = TypeVar("S")
S_co = TypeVar("S_co", covariant=True)
C = TypeVar("C", bound="Cuttable")


class Parts(Struct, frozen=True, eq=False, dict=True):
    """Which rows of a block, ordered by part, belong to which part.

    ``codes``: of the parts that have rows, ascending, (parts,); ``starts``: first row of each; ``of``: index
    of the part of each row, (n,).
    """

    codes: Array
    starts: npt.NDArray[np.intp]
    of: npt.NDArray[np.intp]

    @classmethod
    def ordered(cls, block: Block, codes: Array) -> tuple[Block, Parts]:
        """The rows in the order of their parts, with the views that are already computed."""
        highest = int(codes.max(initial=0))
        if highest < 1 << 16:  # a radix sort
            codes = codes.astype(np.uint8 if highest < 1 << 8 else np.uint16)
        order = np.argsort(codes, kind="stable")
        ordered = codes[order]
        is_first = np.ones(len(ordered), np.bool_)
        np.not_equal(ordered[1:], ordered[:-1], out=is_first[1:])
        starts = np.flatnonzero(is_first)
        of = np.repeat(np.arange(len(starts)), np.diff(starts, append=len(ordered)))
        return take_rows(block, order), cls(ordered[starts].astype(np.int64), starts, of)

    @property
    def count(self) -> int:
        """Number of parts."""
        return len(self.codes)

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """Rows of each part, (parts,)."""
        return np.diff(self.starts, append=len(self.of))

    def sums(self, values: Array) -> Array:
        """Sums over the rows of each part: (..., n) → (parts, ...)."""
        return np.moveaxis(np.add.reduceat(values, self.starts, axis=-1), -1, 0)

    @cached_property
    def slices(self) -> Mapping[int, slice]:
        """The rows of each part, by its code."""
        starts = self.starts.tolist()
        ends = [*starts[1:], len(self.of)]
        return dict(zip(self.codes.tolist(), map(slice, starts, ends), strict=True))


class Stack(Protocol[S_co]):
    """States of parts."""

    def __add__(self, other: Self, /) -> Self:
        """States of disjoint sets of rows."""
        ...

    def part(self, code: int, /) -> S_co:
        """The state of one part."""
        ...


@runtime_checkable
class Stacking(Protocol):
    """A statistic that reduces all parts together."""

    def of_parts(self, block: Never, parts: Parts, /) -> Stack[object] | None:
        """Reduce a block whose rows are in the order of their parts; None if this block has to be cut."""
        ...


class Cuttable(Protocol):
    """A state that keeps the rows of each block, as runs."""

    def __add__(self, other: Self, /) -> Self:
        """All runs of both."""
        ...

    def cut(self, rows: Sequence[slice | None], /) -> Self:
        """Some rows of each run; None: the run has none of them."""
        ...


class StackedMoments(Struct, frozen=True, eq=False):
    """Moments of each part, (parts,); they add as ``Moments`` do."""

    n: Array
    mean: Floats
    m2: Floats
    compensation: Floats

    @classmethod
    def of(cls, values: Array, weight: Array | None, parts: Parts) -> StackedMoments:
        """Moments of the values of each part, summed in float64."""
        weights, values = Weights(weight), values.astype(np.float64, copy=False)
        n = parts.sums(weights.of_rows(len(values))) if weights.are_given else parts.rows
        near = _quotient(parts.sums(weights.times(values)), n)
        off = values - near[parts.of]
        weighted = weights.times(off)
        rest = _quotient(parts.sums(weighted), n)
        m2 = np.maximum(parts.sums(weighted * off) - n * rest * rest, 0.0)
        mean = near + rest
        return cls(n, mean, m2, (near - mean) + rest)

    def __add__(self, other: StackedMoments) -> StackedMoments:
        n = self.n + other.n
        difference = (other.mean - self.mean) + (other.compensation - self.compensation)
        step = difference * _quotient(other.n, n) + self.compensation
        mean = self.mean + step
        m2 = self.m2 + other.m2 + difference * difference * _quotient(self.n * other.n, n)
        empty = (self.n == 0), (other.n == 0)
        merged = (
            (mean, self.mean, other.mean),
            (m2, self.m2, other.m2),
            ((self.mean - mean) + step, self.compensation, other.compensation),
        )
        return StackedMoments(n, *(np.select(empty, (right, left), both) for both, left, right in merged))

    def at(self, index: int) -> Moments:
        """Moments of one part."""
        values = (part[index].item() for part in (self.n, self.mean, self.m2, self.compensation))
        return Moments(*values)


def _quotient(values: Array, n: Array) -> Floats:
    return np.divide(values, n, out=np.zeros(len(n)), where=n != 0)


Sums = tuple[Array | StackedMoments, ...]


class StackedSums(Summable, Generic[S], Struct, frozen=True, eq=False):
    """A state of sums: each of its fields has a row for each part.

    ``make``: the state of one part from its fields.
    """

    codes: Array
    sums: Sums
    make: Callable[..., S]
    _index: dict[int, int] = field(default_factory=dict)

    def __add__(self, other: StackedSums[S]) -> StackedSums[S]:
        codes = self.codes
        if not np.array_equal(codes, other.codes):
            codes = np.union1d(codes, other.codes)
        left, right = (
            _spread(stack.sums, np.searchsorted(codes, stack.codes), len(codes)) for stack in (self, other)
        )
        return StackedSums(codes, tuple(map(operator.add, left, right)), self.make)

    def part(self, code: int) -> S:
        """The state of one part."""
        if not self._index:
            self._index.update((code, index) for index, code in enumerate(self.codes.tolist()))
        return self.make(*(_at(part, self._index[code]) for part in self.sums))


def _spread(sums: Sums, rows: Array, count: int) -> Sums:
    """The same with rows of zeros for the parts that have no rows."""
    if len(rows) == count:
        return sums
    return tuple(
        StackedMoments(*(_zeros_but(part, rows, count) for part in (s.n, s.mean, s.m2, s.compensation)))
        if isinstance(s, StackedMoments)
        else _zeros_but(s, rows, count)
        for s in sums
    )


def _zeros_but(values: Array, rows: Array, count: int) -> Array:
    out = np.zeros((count, *values.shape[1:]), values.dtype)
    out[rows] = values
    return out


def _at(part: Array | StackedMoments, index: int) -> object:
    if isinstance(part, StackedMoments):
        return part.at(index)
    return part[index].item() if part.ndim == 1 else part[index]


class StackedRuns(Summable, Generic[C], Struct, frozen=True, eq=False):
    """Rows that are kept, a run for each block, in the order of their parts."""

    runs: tuple[Parts, ...]
    kept: C

    def __add__(self, other: StackedRuns[C]) -> StackedRuns[C]:
        return StackedRuns(self.runs + other.runs, self.kept + other.kept)

    def part(self, code: int) -> C:
        """The state of one part: views of its rows."""
        return self.kept.cut([parts.slices.get(code) for parts in self.runs])


class PartStates(Struct, frozen=True, eq=False):
    """States of the parts of a block, or of several: those that are stacked, and the others of each part."""

    codes: frozenset[int] = frozenset()
    stacks: dict[AnyStatistic, Stack[State[object]]] = field(default_factory=dict)
    apart: dict[int, States] = field(default_factory=dict)

    def __add__(self, other: PartStates) -> PartStates:
        if not self.codes or not other.codes:
            return self if self.codes else other
        apart = dict(self.apart)
        for code, states in other.apart.items():
            apart[code] = added(apart.get(code, {}), states)
        stacks = {statistic: self.stacks[statistic] + stack for statistic, stack in other.stacks.items()}
        return PartStates(self.codes | other.codes, stacks, apart)

    def states(self, code: int) -> States:
        """The states of one part."""
        stacked = {statistic: stack.part(code) for statistic, stack in self.stacks.items()}
        return {**stacked, **self.apart.pop(code, {})}


@overflow_to_infinity
def reduce_parts(block: Block, codes: Array, statistics: Iterable[AnyStatistic]) -> PartStates:
    """The states of each part of a block; ``codes``: the part of each row, (n,)."""
    if not block.n:
        return PartStates()
    ordered, parts = Parts.ordered(block, codes)
    stacks, others = {}, []
    for statistic in statistics:
        stack = statistic.of_parts(cast(Never, ordered), parts) if isinstance(statistic, Stacking) else None
        if stack is None:
            others.append(statistic)
        else:
            stacks[statistic] = cast(Stack[State[object]], stack)
    apart = {code: reduce(take_rows(ordered, rows), others) for code, rows in parts.slices.items() if others}
    return PartStates(frozenset(parts.slices), stacks, apart)
