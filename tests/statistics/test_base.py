from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.blocks import RealBlock
from evalcli.statistics import Moments
from evalcli.statistics.base import (
    FieldSums,
    Mapper,
    Summable,
    added,
    finalized,
    finished_states,
    reduce,
)
from support.measuring import real_block


@dataclass(frozen=True)
class Sums(FieldSums):
    """A number, an array, runs and a state; all parts have one name."""

    ALIKE: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    rows: int
    cells: Any
    runs: tuple[int, ...]
    moments: Moments


@dataclass(frozen=True)
class Deferred(Summable):
    """Keeps the rows, for their median."""

    rows: tuple[float, ...] = ()

    def __add__(self, other: Deferred) -> Deferred:
        return Deferred(self.rows + other.rows)

    def finalize(self, mapper: Mapper) -> float:
        return float(np.median(list(mapper(float, self.rows))))


@dataclass(frozen=True)
class Total:
    """The sum of the true values."""

    def of(self, block: RealBlock) -> float:
        return float(block.truth.sum())


@dataclass(frozen=True)
class Rows:
    """All true values."""

    def of(self, block: RealBlock) -> Deferred:
        return Deferred(tuple(block.truth.tolist()))


def sums(values: list[float]) -> Sums:
    return Sums("x", len(values), np.array([len(values), 1]), (len(values),), Moments.of(np.array(values)))


def test_fields_add_one_by_one() -> None:
    found = sum([sums([1.0, 2.0]), sums([3.0]), sums([6.0, 3.0])])
    assert (found.name, found.rows, found.runs) == ("x", 5, (2, 1, 2))
    assert found.cells.tolist() == [5, 3]
    assert (found.moments.n, found.moments.mean) == (5, 3.0)


def test_a_sum_begins_with_nothing_else_than_zero() -> None:
    assert sum([Deferred((1.0,))]) == Deferred((1.0,))
    with pytest.raises(TypeError):
        sum([Deferred((1.0,))], 1)


@given(st.lists(st.integers(-9, 9), min_size=1), st.integers(0, 20))
def test_parts_added_are_the_whole(values: list[int], cut: int) -> None:
    whole = real_block(values, values)
    statistics = (Total(), Rows())
    parts = [real_block(part, part) for part in (values[:cut], values[cut:])]
    total = added(reduce(parts[0], statistics), reduce(parts[1], statistics))
    assert total == reduce(whole, statistics) == {Total(): sum(values), Rows(): Deferred(tuple(values))}


def test_no_rows_at_all_are_an_empty_mapping() -> None:
    states = reduce(real_block([1.0, 2.0], [0.0, 0.0]), (Total(),))
    assert added({}, states) == states


def test_rows_that_are_kept_are_worked_out_at_the_end() -> None:
    assert finalized(Deferred((1.0, 5.0, 2.0))) == 2.0
    assert finalized(7) == 7
    states = reduce(real_block([1.0, 5.0, 2.0], [0.0] * 3), (Total(), Rows()))
    assert finished_states(states) == {Total(): 8.0, Rows(): 2.0}
    assert states == {}


def test_sums_that_are_too_large_are_infinite_and_silent() -> None:
    """Warnings are errors in tests."""
    block = real_block([1.7e308, 1.7e308], [0.0, 0.0])
    assert reduce(block, (Total(),)) == {Total(): np.inf}
