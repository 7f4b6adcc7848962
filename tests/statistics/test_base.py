from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from mypy import api

from evalcli.blocks import RealBlock
from evalcli.statistics import Moments
from evalcli.statistics.base import FieldSums, Finished, Mapper, Summable, added, finished_states, reduce
from support.measuring import real_block
from support.paths import ROOT


class Sums(FieldSums, Struct, frozen=True):
    """A number, an array, runs and a state; all parts have one name."""

    ALIKE: ClassVar[tuple[str, ...]] = ("name",)

    name: str
    rows: int
    cells: Any
    runs: tuple[int, ...]
    moments: Moments


class Number(FieldSums, Finished, Struct, frozen=True):
    """A sum."""

    value: float


class Kept(Summable, Struct, frozen=True):
    """Keeps the rows, for their median."""

    rows: tuple[float, ...] = ()

    def __add__(self, other: Kept) -> Kept:
        return Kept(self.rows + other.rows)

    def finalize(self, mapper: Mapper) -> float:
        return float(np.median(list(mapper(float, self.rows))))


class Total(Struct, frozen=True):
    """The sum of the true values."""

    def of(self, block: RealBlock) -> Number:
        return Number(float(block.truth.sum()))


class Rows(Struct, frozen=True):
    """All true values."""

    def of(self, block: RealBlock) -> Kept:
        return Kept(tuple(block.truth.tolist()))


def sums(values: list[float]) -> Sums:
    return Sums("x", len(values), np.array([len(values), 1]), (len(values),), Moments.of(np.array(values)))


def test_fields_add_one_by_one() -> None:
    found = sum([sums([1.0, 2.0]), sums([3.0]), sums([6.0, 3.0])])
    assert (found.name, found.rows, found.runs) == ("x", 5, (2, 1, 2))
    assert found.cells.tolist() == [5, 3]
    assert (found.moments.n, found.moments.mean) == (5, 3.0)


def test_a_sum_begins_with_nothing_else_than_zero() -> None:
    assert sum([Kept((1.0,))]) == Kept((1.0,))
    with pytest.raises(TypeError):
        sum([Kept((1.0,))], 1)


@given(st.lists(st.integers(-9, 9), min_size=1), st.integers(0, 20))
def test_parts_added_are_the_whole(values: list[int], cut: int) -> None:
    whole = real_block(values, values)
    statistics = (Total(), Rows())
    parts = [real_block(part, part) for part in (values[:cut], values[cut:])]
    total = added(reduce(parts[0], statistics), reduce(parts[1], statistics))
    assert total == reduce(whole, statistics) == {Total(): Number(sum(values)), Rows(): Kept(tuple(values))}


def test_no_rows_at_all_are_an_empty_mapping() -> None:
    states = reduce(real_block([1.0, 2.0], [0.0, 0.0]), (Total(),))
    assert added({}, states) == states


def test_rows_that_are_kept_are_worked_out_at_the_end() -> None:
    states = reduce(real_block([1.0, 5.0, 2.0], [0.0] * 3), (Total(), Rows()))
    assert finished_states(states) == {Total(): Number(8.0), Rows(): 2.0}
    assert states == {}


def test_sums_that_are_too_large_are_infinite_and_silent() -> None:
    """Warnings are errors in tests."""
    block = real_block([1.7e308, 1.7e308], [0.0, 0.0])
    assert reduce(block, (Total(),)) == {Total(): Number(np.inf)}


TYPED = """
from typing import TypeVar, assert_type

from evalcli.blocks import ClassBlock, LabelSetBlock, RealBlock
from evalcli.statistics import (
    AnyStatistic, Confusion, ConfusionCounts, LogLoss, LossMoments, PairedValues, Pairs, Ranking,
    ScoreRanking, State, Statistic,
)

B = TypeVar("B")
F = TypeVar("F")


def given(needs: Statistic[B, State[F]]) -> tuple[B, F]:
    raise NotImplementedError


assert_type(given(Confusion()), tuple[ClassBlock, ConfusionCounts])
assert_type(given(LogLoss()), tuple[ClassBlock | LabelSetBlock, LossMoments])
assert_type(given(ScoreRanking()), tuple[ClassBlock | LabelSetBlock, Ranking])
assert_type(given(PairedValues()), tuple[RealBlock, Pairs])
all_kinds: tuple[AnyStatistic, ...] = (Confusion(), LogLoss(), ScoreRanking(), PairedValues())
"""
WRONG = """\
of_reals: Statistic[RealBlock, State[object]] = Confusion()
given(ConfusionCounts)
"""


@pytest.mark.long
def test_types_say_which_block_is_reduced_and_what_formulas_are_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MYPYPATH", str(ROOT / "src"))
    (tmp_path / "typed.py").write_text(TYPED + WRONG)
    output, _, _ = api.run(["--strict", f"--cache-dir={tmp_path}", str(tmp_path / "typed.py")])
    lines = [int(line.split(":")[1]) for line in output.splitlines() if ": error:" in line]
    right = len(TYPED.splitlines())
    assert lines == [right + 1, right + 2], output
