"""Every state of every statistic is written and read without a loss, and adds as before."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import asdict

from evalcli.blocks.base import overflow_to_infinity
from evalcli.engine.stored_content import MODULES
from evalcli.loaders.resource import Resource
from evalcli.states.file import read_state, write_state
from evalcli.states.tree import Types
from evalcli.statistics import ScoreRuns
from evalcli.statistics.portable import portable
from laws.test_statistics import CASES, part

TYPES = Types(MODULES)


def through_a_file(value: Any, path: Any) -> Any:
    arrays: list[Any] = []
    tree = TYPES.plain(value, lambda array: arrays.append(array) or len(arrays) - 1)  # type: ignore[func-returns-value]
    path.write_bytes(write_state({"content": tree}, arrays))
    header, back = read_state(Resource(str(path)))
    return TYPES.value(header["content"], back)


def assert_identical(left: Any, right: Any) -> None:
    assert type(left) is type(right)
    if isinstance(left, Struct):
        for name, value in asdict(left).items():
            if name != "store":
                assert_identical(value, getattr(right, name))
    elif isinstance(left, tuple | list):
        assert len(left) == len(right)
        for one, other in zip(left, right, strict=True):
            assert_identical(one, other)
    elif isinstance(left, np.ndarray):
        assert (left.dtype, left.shape) == (right.dtype, right.shape)
        assert left.tobytes() == right.tobytes()
    else:
        assert repr(left) == repr(right)


@pytest.mark.parametrize(("statistic", "blocks"), CASES)
@settings(max_examples=15)
@given(st.data())
def test_a_state_is_read_as_it_was_written(
    statistic: Any, blocks: Any, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    block = data.draw(blocks())
    cut = data.draw(st.integers(0, block.n))
    path = tmp_path_factory.getbasetemp() / "x.state"
    one, other = (statistic.of(part(block, *ends)) for ends in ((0, cut), (cut, block.n)))
    stored = through_a_file((one, other), path)
    assert_identical(stored, (one, other))
    assert_identical(sum(stored), one + other)


def numbers(value: Any) -> list[Any]:
    """All numbers in a structure."""
    if isinstance(value, Struct):
        return [number for part in asdict(value).values() for number in numbers(part)]
    return [] if value is None else np.ravel(value).tolist()


@overflow_to_infinity
def ranked(state: ScoreRuns) -> list[Any]:
    """Areas and variances of each class, and the covariances of classes."""
    ranking = state.finalize(map)
    found = [number for sums in ranking.sums for number in numbers(sums)]
    if state.ranked.with_variance and ranking.covary:
        added = ranking.influences
        found += numbers(np.einsum("crn,drn->rcd", added, added))
    return found


@pytest.mark.parametrize(
    ("statistic", "blocks"),
    [case for case in CASES if "ScoreRanking" in str(case.id) or "score" in str(case.id)],
)
@settings(max_examples=30)
@given(st.data())
def test_a_sorted_ranking_ranks_as_the_rows_do(
    statistic: Any, blocks: Any, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Parts that were sorted, stored and added give the areas and variances of all rows together."""
    block = data.draw(blocks())
    assume(block.n and (block.weight is None or (block.weight > 0).all()))  # rows of no weight are dropped
    cut = data.draw(st.integers(0, block.n))
    path = tmp_path_factory.getbasetemp() / "y.state"
    stored = []
    for ends in ((0, cut), (cut, block.n)):
        ranking = statistic.of(part(block, *ends)).finalize(map)
        stored.append(through_a_file(ScoreRuns(statistic, portable(ranking, map)), path))
    np.testing.assert_allclose(ranked(sum(stored)), ranked(statistic.of(block)), rtol=1e-9, atol=1e-9)
