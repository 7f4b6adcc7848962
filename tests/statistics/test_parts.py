from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from msgspec.structs import replace

from evalcli.blocks import ClassBlock, take_rows
from evalcli.statistics import (
    Brier,
    Calibration,
    Confusion,
    LogLoss,
    RowSample,
    ScoreRanking,
    Size,
    TruthRank,
)
from evalcli.statistics.base import added, reduce
from evalcli.statistics.parts import PartStates, reduce_parts

STATISTICS = (
    *(Size(), Confusion(), Confusion(squared=True), TruthRank(), LogLoss(), Brier(), Calibration(7)),
    *(ScoreRanking(), RowSample(5)),
)


def block(rng: np.random.Generator, n: int, weighted: bool) -> ClassBlock:
    scores = rng.random((3, n)).astype(np.float32)
    scores /= scores.sum(axis=0)
    return ClassBlock(
        rng.integers(0, 3, n),
        scores,
        None,
        3,
        weight=rng.random(n) + 0.5 if weighted else None,
        row_hashes=rng.integers(0, 2**62, (2, n)).astype(np.uint64),
    )


def flat(value: Any) -> list[float]:
    """All numbers of a state."""
    if isinstance(value, (tuple, list)):
        return [number for part in value for number in flat(part)]
    if hasattr(value, "__struct_fields__"):
        skipped = ("ranked", "statistic", "kind", "columns")
        return [
            number
            for name in value.__struct_fields__
            if name not in skipped
            for number in flat(getattr(value, name))
        ]
    return [] if value is None or isinstance(value, str) else np.asarray(value, np.float64).ravel().tolist()


@pytest.mark.parametrize("weighted", [False, True])
def test_all_parts_together_are_as_each_on_its_own(weighted: bool) -> None:
    rng = np.random.default_rng(8)
    blocks = [block(rng, n, weighted) for n in (40, 0, 1, 25)]
    codes = [rng.integers(0, 4, 40), np.zeros(0, np.int64), np.array([1 << 40]), rng.integers(2, 7, 25)]
    parts = PartStates()
    expected: dict[int, Any] = {}
    for rows, of in zip(blocks, codes, strict=True):
        parts += reduce_parts(rows, of, STATISTICS)
        for code in np.unique(of).tolist():
            states = reduce(take_rows(rows, np.flatnonzero(of == code)), STATISTICS)
            expected[code] = added(expected.get(code, {}), states)
    assert parts.codes == set(expected)
    for code, states in expected.items():
        found = parts.states(code)
        assert set(found) == set(STATISTICS)
        for statistic in STATISTICS[:-2]:
            left, right = flat(found[statistic]), flat(states[statistic])
            assert left == pytest.approx(right, rel=1e-12, abs=1e-12), statistic
            assert type(found[statistic]) is type(states[statistic])
        left, right = found[ScoreRanking()].finalize(map), states[ScoreRanking()].finalize(map)
        assert left.roc_auc == pytest.approx(right.roc_auc, nan_ok=True)
        assert found[RowSample(5)].rows == states[RowSample(5)].rows


def test_a_state_of_a_part_has_plain_numbers() -> None:
    rows = block(np.random.default_rng(1), 9, False)
    states = reduce_parts(rows, np.arange(9) % 2, [Size(), LogLoss()]).states(0)
    alone = reduce(take_rows(rows, np.arange(0, 9, 2)), [Size(), LogLoss()])
    assert states[Size()] == alone[Size()]
    assert type(states[Size()].rows) is int
    assert type(states[LogLoss()].loss.mean) is float


def test_equal_values_have_no_variance() -> None:
    rows = replace(block(np.random.default_rng(1), 6, False), scores=np.full((3, 6), 1 / 3))
    parts = reduce_parts(rows, np.zeros(6, np.int64), [LogLoss()])
    parts += reduce_parts(rows, np.array([0, 0, 0, 1, 1, 1]), [LogLoss()])
    assert [parts.states(code)[LogLoss()].loss.constant for code in (0, 1)] == [True, True]
