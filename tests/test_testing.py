from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from msgspec import Struct

from evalcli.custom import BINARY, MULTICLASS, MULTILABEL, REGRESSION, FieldSums, Finished, Moments, Summable
from evalcli.statistics import (
    Brier,
    Confusion,
    JointMoments,
    LabelConfusion,
    Size,
)
from evalcli.tasks import Task
from evalcli.testing import check_state_laws, made_block


@pytest.mark.parametrize(
    ("statistic", "task"),
    [
        *((statistic, BINARY) for statistic in (Confusion(), Brier(), Size())),
        *((statistic, MULTICLASS) for statistic in (Confusion(), Brier())),
        *((statistic, MULTILABEL) for statistic in (LabelConfusion(), Brier())),
        *((statistic, REGRESSION) for statistic in (JointMoments(), Size())),
    ],
)
def test_those_of_the_project_keep_the_laws(statistic: Any, task: Task) -> None:
    check_state_laws(statistic, task, weights=statistic != Size())  # it counts rows


class Total(FieldSums, Finished, Struct, frozen=True):
    total: float = 0.0


class Mean(Summable, Finished, Struct, frozen=True):
    """Averages the means of parts, as the mean over batches does."""

    mean: float = 0.0

    def __add__(self, other: Mean) -> Mean:
        return Mean((self.mean + other.mean) / 2)


class Last(Summable, Finished, Struct, frozen=True):
    value: float = 0.0

    def __add__(self, other: Last) -> Last:
        return other


class Unsummable(Finished, Struct, frozen=True):
    total: float = 0.0

    def __add__(self, other: Unsummable) -> Unsummable:
        return Unsummable(self.total + other.total)


def statistic_of(reduce: Any) -> Any:
    class Odd(Struct, frozen=True):
        def of(self, block: Any) -> Any:
            return reduce(block)

    return Odd()


WRONG = {
    "a mean of means": lambda block: Mean(float(block.truth.mean()) if block.n else 0.0),
    "the last part wins": lambda block: Last(float(block.truth[-1]) if block.n else 0.0),
    "no start value of sum": lambda block: Unsummable(float(block.truth.sum())),
    "one more for each part": lambda block: Total(float(block.truth.sum()) + 1),
    "a maximum that is added": lambda block: Total(float(block.truth.max(initial=0))),
    "a sum of squares around the mean of a part": lambda block: Total(
        float(np.square(block.truth - block.truth.mean()).sum()) if block.n else 0.0
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_states_are_found(case: str) -> None:
    with pytest.raises((AssertionError, TypeError)):
        check_state_laws(statistic_of(WRONG[case]), REGRESSION)


def test_the_law_that_does_not_hold_is_named() -> None:
    with pytest.raises(AssertionError, match="add up to the whole"):
        check_state_laws(statistic_of(WRONG["a mean of means"]), REGRESSION)


class Rows(FieldSums, Finished, Struct, frozen=True):
    """Runs of rows, as they come."""

    runs: tuple[Any, ...] = ()


def test_kept_rows_may_be_in_another_order() -> None:
    check_state_laws(statistic_of(lambda block: Rows((block.truth,))), REGRESSION, weights=False)


def test_a_mean_by_moments_is_right() -> None:
    check_state_laws(statistic_of(lambda block: Moments.of(block.truth, block.weight)), REGRESSION)


def test_it_is_of_a_task() -> None:
    with pytest.raises(ValueError, match="no task"):
        made_block("regression", np.random.default_rng(0))  # type: ignore[arg-type]


class Plain:
    """Equal to nothing but itself."""

    def of(self, block: Any) -> Total:
        return Total(float(block.truth.sum()))


class Sorting(Struct, frozen=True):
    def of(self, block: Any) -> Total:
        block.truth.sort()
        return Total(float(block.truth.sum()))


@pytest.mark.parametrize(
    ("statistic", "words"),
    [
        (Plain(), "equal statistics are one"),
        (Sorting(), "a block is not changed"),
        (statistic_of(lambda block: Total(float(block.truth.sum()))), "a row of weight 2 counts as two rows"),
        (statistic_of(lambda block: Total(math.nan)), "all numbers are NaN"),
        (statistic_of(lambda block: Total(float(np.clip(block.truth.sum(), -9, 9)))), "add up to the whole"),
    ],
)
def test_other_faults_are_found(statistic: Any, words: str) -> None:
    with pytest.raises(AssertionError, match=words):
        check_state_laws(statistic, REGRESSION)
