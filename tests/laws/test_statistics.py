"""The laws of every statistic: chunking, order, neutral element; on states built by merging."""

from __future__ import annotations

from functools import partial, reduce
from inspect import isfunction
from itertools import pairwise
from operator import add
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import asdict, replace

from evalcli import statistics
from evalcli.blocks import Block, ClassBlock, LabelSetBlock, RealBlock, ScoreKind
from evalcli.blocks.row_hashes import hash_rows
from evalcli.statistics import (
    Brier,
    Calibration,
    ClasswiseCalibration,
    Confidences,
    Confusion,
    Coverage,
    JointMoments,
    LabelConfusion,
    LabelPatternCounts,
    LabelRanks,
    LargestError,
    LogLoss,
    LogOdds,
    Moments,
    PairedValues,
    RowConfusion,
    RowLoss,
    RowOutcomes,
    RowSample,
    RowValues,
    SampledRows,
    ScoreRanking,
    ScoreRuns,
    Size,
    Spiegelhalter,
    TruthRank,
)
from evalcli.statistics.base import Finished
from evalcli.statistics.curves import AreaSquares
from evalcli.statistics.moments import CoMoments
from evalcli.statistics.row_losses import LOSSES

OF_CLASSES = (
    *(Confusion(), LogLoss(), Brier(), Calibration(), Calibration(3), ScoreRanking()),
    *(
        Confidences(),
        RowOutcomes(),
        Size(),
        RowSample(7),
        RowSample(9, 0.5),
        Confusion(squared=True),
        ScoreRanking(with_variance=True),
        ScoreRanking(certified=True),
        ScoreRanking(with_variance=True, certified=True),
    ),
)
OF_SEVERAL = (TruthRank(), ScoreRanking(one_vs_one=True), ClasswiseCalibration(4))
OF_TWO = (LogOdds(), Spiegelhalter())
OF_LABELS = (
    *(LabelConfusion(), RowConfusion(), LabelRanks(), LogLoss(), Brier(), ScoreRanking()),
    ScoreRanking(certified=True),
    *(ClasswiseCalibration(), Size(), RowSample(7), LabelConfusion(squared=True)),
)
OF_REALS = (
    *(RowLoss(name, 1.5 if name == "tweedie" else 0.25) for name in LOSSES),
    *(LargestError(), JointMoments(), PairedValues(), Coverage(0.25, 0.75), Size(), RowSample(7)),
    RowValues(lambda block: np.cbrt(block.argument("y_true") - block.argument("y_pred"))),
)

PROBABILITIES = (ScoreKind.PROBABILITIES, ScoreKind.LOGITS, ScoreKind.LOG_PROBABILITIES)


def weights(draw: st.DrawFn, rng: Any, n: int) -> Any:
    return np.where(rng.random(n) < 0.2, 0.0, rng.random(n) * 5) if draw(st.booleans()) else None


def row_hashes(draw: st.DrawFn, rng: Any, n: int) -> Any:
    """Of groups of one row or of several."""
    groups = rng.integers(0, draw(st.sampled_from([3, 2**62])), n)
    return np.stack([hash_rows(groups, 1), hash_rows(rng.integers(0, 2**62, n), 1)])


def scores_of(draw: st.DrawFn, rng: Any, shape: tuple[int, int]) -> Any:
    """Of any spread, with ties."""
    steps = draw(st.sampled_from([2, 5, 1000]))
    spread = draw(st.sampled_from([1.0, 30.0, 800.0]))
    return np.round(rng.normal(size=shape) * steps) / steps * spread


@st.composite
def class_blocks(draw: st.DrawFn, binary: bool | None = None) -> ClassBlock:
    """Any kind of data that a statistic may meet; no rows at all, equal scores and far logits among it."""
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, k = draw(st.integers(0, 60)), 2 if binary else draw(st.integers(2, 6))
    kind = draw(st.sampled_from(PROBABILITIES))
    binary = (k == 2 and draw(st.booleans())) if binary is None else binary
    lone = binary and kind is not ScoreKind.LOG_PROBABILITIES and draw(st.booleans())
    positive = 1 if binary else None
    z = scores_of(draw, rng, (1 if lone else k, n))
    if kind is ScoreKind.PROBABILITIES:
        z = 1 / (1 + np.exp(-z.clip(-700, 700)))
        z = z if lone else z / z.sum(axis=0)
    elif kind is ScoreKind.LOG_PROBABILITIES:
        z -= np.logaddexp.reduce(z, axis=0)
    scores = z.astype(draw(st.sampled_from([np.float32, np.float64])))
    if kind is ScoreKind.LOG_PROBABILITIES:
        scores = np.minimum(scores, 0)
    stored = rng.integers(0, k, n) if draw(st.booleans()) else None
    truth = rng.integers(0, k, n)
    weight = weights(draw, rng, n)
    return ClassBlock(
        truth,
        np.ascontiguousarray(scores),
        stored,
        k,
        kind,
        positive,
        weight=weight,
        row_hashes=row_hashes(draw, rng, n),
    )


@st.composite
def label_blocks(draw: st.DrawFn) -> LabelSetBlock:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n, k = draw(st.integers(0, 60)), draw(st.integers(1, 6))
    kind = draw(st.sampled_from(PROBABILITIES))
    z = scores_of(draw, rng, (k, n))
    if kind is not ScoreKind.LOGITS:
        z = 1 / (1 + np.exp(-z.clip(-700, 700)))
    if kind is ScoreKind.LOG_PROBABILITIES:
        z = np.log(z)
    scores = z.astype(draw(st.sampled_from([np.float32, np.float64])))
    known = rng.random((k, n)) < 0.7 if draw(st.booleans()) else None
    truth = rng.random((k, n)) < 0.4
    return LabelSetBlock(
        truth if known is None else truth & known,
        scores,
        kind,
        known=known,
        weight=weights(draw, rng, n),
        row_hashes=row_hashes(draw, rng, n),
    )


@st.composite
def real_blocks(draw: st.DrawFn) -> RealBlock:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    n = draw(st.integers(0, 60))
    centre = draw(st.sampled_from([0.0, 5.0, 1e8]))
    y, p, low, high = scores_of(draw, rng, (4, n)) + centre
    return RealBlock(
        y, p, np.stack([low, high]), (0.25, 0.75), weights(draw, rng, n), row_hashes(draw, rng, n)
    )


CASES = [
    *(pytest.param(statistic, class_blocks, id=f"{statistic} of classes") for statistic in OF_CLASSES),
    *(pytest.param(statistic, partial(class_blocks, False), id=f"{statistic}") for statistic in OF_SEVERAL),
    *(pytest.param(statistic, partial(class_blocks, True), id=f"{statistic}") for statistic in OF_TWO),
    *(pytest.param(statistic, label_blocks, id=f"{statistic} of labels") for statistic in OF_LABELS),
    *(pytest.param(statistic, real_blocks, id=f"{statistic} of reals") for statistic in OF_REALS),
]


def part(block: Any, start: int, end: int) -> Block:
    """Some of a block's rows."""
    rows = slice(start, end)
    arrays = {
        name: np.ascontiguousarray(value[..., rows])
        for name, value in asdict(block).items()
        if isinstance(value, np.ndarray) and name != "thresholds"
    }
    return replace(block, **arrays)


def assert_same(left: Any, right: Any) -> None:
    """Counts equal, sums and moments within rounding; kept rows the same rows."""
    assert type(left) is type(right)
    if isinstance(left, ScoreRuns):
        squares = left.ranked.with_variance and not left.rows.weights
        for row in range(len(left.rows.columns)):
            assert_same_sums(left.rows.sums(row, map, squares), right.rows.sums(row, map, squares))
    elif isinstance(left, SampledRows):
        left, right = left.finalize(map), right.finalize(map)
        assert left.part == right.part
        for name in ("truth", "row_hashes"):
            np.testing.assert_array_equal(getattr(left.block, name), getattr(right.block, name))
    elif isinstance(left, LabelPatternCounts):
        assert (left.kinds == right.kinds).all()
        np.testing.assert_allclose(left.counts, right.counts, rtol=1e-12)
    elif isinstance(left, CoMoments | Moments):
        scale = max(
            1.0, *(abs(m.mean) for m in ((left.x, left.y) if isinstance(left, CoMoments) else (left,)))
        )
        for name, value in asdict(left).items():
            other = getattr(right, name)
            if isinstance(value, Moments):
                assert_same(value, other)
            elif name in ("m2", "product"):
                assert value == pytest.approx(other, rel=1e-9, abs=1e-9 * scale)
            elif name == "compensation":
                assert abs(value) <= 1e-15 * scale
            else:
                assert value == pytest.approx(other, rel=1e-12, abs=1e-12)
    elif not isinstance(left, Finished):
        for name, value in asdict(left).items():
            if name in ("k", "columns"):
                assert value == getattr(right, name)
        np.testing.assert_array_equal(rows_of(left), rows_of(right))
    else:
        for name, value in asdict(left).items():
            other = getattr(right, name)
            if isinstance(value, Struct):
                assert_same(value, other)
            else:
                np.testing.assert_allclose(value, other, rtol=1e-12, atol=1e-12)


def rows_of(state: Any) -> Any:
    """The rows that a state keeps, in an order of their own."""
    runs = (
        state.runs
        if hasattr(state, "runs")
        else tuple(zip(state.truths, state.predicted_values, strict=True))
    )
    parts = [
        np.stack([a for a in run if a is not None and len(a) == len(run[0])]) for run in runs if len(run[0])
    ]
    if not parts:
        return np.empty(0)
    rows = np.concatenate(parts, axis=1)
    return rows[:, np.lexsort(rows)]


def assert_same_sums(one: Any, other: Any) -> None:
    for name, value in asdict(one).items():
        if value is None or isinstance(value, AreaSquares):
            assert (value is None) == (getattr(other, name) is None)
            continue
        assert value == pytest.approx(getattr(other, name), rel=1e-9, abs=1e-9), name


def test_all_statistics_are_under_test() -> None:
    named = (getattr(statistics, name) for name in statistics.__all__)
    known = {found for found in named if isfunction(getattr(found, "of", None))}  # states' are class methods
    known -= {found for found in known if getattr(found, "_is_protocol", False)}
    assert known == {
        type(statistic) for statistic in (*OF_CLASSES, *OF_SEVERAL, *OF_TWO, *OF_LABELS, *OF_REALS)
    }


@pytest.mark.parametrize(("statistic", "blocks"), CASES)
@given(st.data())
def test_chunks_add_up_to_the_whole(statistic: Any, blocks: Any, data: st.DataObject) -> None:
    block = data.draw(blocks())
    places = st.lists(st.integers(0, block.n), max_size=4)
    cuts = [0, *sorted(data.draw(places)), block.n]
    parts = [statistic.of(part(block, *ends)) for ends in pairwise(cuts)]
    assert_same(reduce(add, parts), statistic.of(block))


@pytest.mark.unmeasured
@pytest.mark.parametrize(("statistic", "blocks"), CASES)
@given(st.data())
def test_addition_is_associative_commutative_and_has_a_neutral_element(
    statistic: Any, blocks: Any, data: st.DataObject
) -> None:
    block = data.draw(blocks())
    one, two = sorted((data.draw(st.integers(0, block.n)), data.draw(st.integers(0, block.n))))
    a, b, c = (statistic.of(part(block, *ends)) for ends in ((0, one), (one, two), (two, block.n)))
    nothing = statistic.of(part(block, 0, 0))
    assert_same((a + b) + c, a + (b + c))
    assert_same(a + b, b + a)
    assert_same(a + nothing, a)
    assert_same(nothing + a, a)


@pytest.mark.parametrize(("statistic", "blocks"), CASES)
@settings(max_examples=10)
@given(st.data())
def test_sum_adds_parts(statistic: Any, blocks: Any, data: st.DataObject) -> None:
    block = data.draw(blocks())
    cut = data.draw(st.integers(0, block.n))
    parts = [statistic.of(part(block, 0, cut)), statistic.of(part(block, cut, block.n))]
    assert_same(sum(parts), parts[0] + parts[1])


FAR = np.array([1e308, -1e308, 1e308, -1e308, 5e307, 0.0])
"""Whose differences, squares and sums are too large for a number."""


def far_block(statistic: Any, blocks: Any) -> Block:
    chances = np.stack([hash_rows(np.arange(len(FAR)), 1)] * 2)
    if blocks is real_blocks:
        return RealBlock(FAR, -FAR, np.stack([-FAR, FAR]), (0.25, 0.75), None, chances)
    truth = np.array([0, 1, 1, 0, 1, 0])
    if blocks is label_blocks:
        return LabelSetBlock(
            np.stack([truth > 0, truth < 1]), np.stack([FAR, -FAR]), ScoreKind.LOGITS, row_hashes=chances
        )
    if statistic in OF_TWO:
        return ClassBlock(truth, FAR[None].copy(), None, 2, ScoreKind.LOGITS, 1, row_hashes=chances)
    scores = np.stack([FAR, -FAR, FAR[::-1]])
    return ClassBlock(truth, scores, None, 3, ScoreKind.LOGITS, None, row_hashes=chances)


@pytest.mark.parametrize(("statistic", "blocks"), CASES)
def test_sums_too_large_for_a_number_are_silent(statistic: Any, blocks: Any) -> None:
    """Whoever calls: what NumPy would warn of is an error here."""
    state = statistic.of(far_block(statistic, blocks))
    sum([state, state]).finalize(map)


def test_statistics_are_equal_by_value() -> None:
    assert Calibration(15) == Calibration(15)
    assert Calibration(15) != Calibration(10)
    assert len({*OF_CLASSES, Confusion(), ScoreRanking()}) == len(OF_CLASSES)
    assert RowLoss("pinball", 0.1) != RowLoss("pinball", 0.9)
