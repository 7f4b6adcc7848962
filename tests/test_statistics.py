"""The laws of every statistic: chunking, order, neutral element; on states built by merging."""

from __future__ import annotations

from functools import reduce
from itertools import pairwise
from operator import add
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from evalcli import statistics
from evalcli.blocks import ClassBlock, ScoreKind
from evalcli.statistics import (
    Brier,
    Calibration,
    CalibrationBins,
    ClassScores,
    Confusion,
    ConfusionCounts,
    LogLoss,
    LossMoments,
    Moments,
    RankCounts,
    Ranking,
    ScoreRuns,
    TruthRank,
)

ALL = (Confusion(), TruthRank(), LogLoss(), Brier(), Calibration(), Calibration(3), ClassScores())
PROBABILITIES = (ScoreKind.PROBABILITIES, ScoreKind.LOGITS, ScoreKind.LOG_PROBABILITIES)


@st.composite
def blocks(draw: st.DrawFn) -> ClassBlock:
    """Any kind of data that a statistic may meet; no rows at all, equal scores and far logits among it."""
    seed = draw(st.integers(0, 2**32 - 1))
    n = draw(st.integers(0, 60))
    k = draw(st.integers(2, 6))
    kind = draw(st.sampled_from(PROBABILITIES))
    lone = k == 2 and kind is not ScoreKind.LOG_PROBABILITIES and draw(st.booleans())
    positive = 1 if lone or (k == 2 and draw(st.booleans())) else None
    steps = draw(st.sampled_from([2, 5, 1000]))
    spread = draw(st.sampled_from([1.0, 30.0, 800.0]))
    rng = np.random.default_rng(seed)
    z = np.round(rng.normal(size=(1 if lone else k, n)) * steps) / steps * spread
    if kind is ScoreKind.PROBABILITIES:
        z = 1 / (1 + np.exp(-z.clip(-700, 700)))
        z = z if lone else z / z.sum(axis=0)
    elif kind is ScoreKind.LOG_PROBABILITIES:
        z -= np.logaddexp.reduce(z, axis=0)
    scores = z.astype(draw(st.sampled_from([np.float32, np.float64])))
    if kind is ScoreKind.LOG_PROBABILITIES:
        scores = np.minimum(scores, 0)
    stored = rng.integers(0, k, n) if draw(st.booleans()) else None
    return ClassBlock(rng.integers(0, k, n), np.ascontiguousarray(scores), stored, k, kind, positive)


def part(block: ClassBlock, start: int, end: int) -> ClassBlock:
    """Some of a block's rows."""
    rows = slice(start, end)
    scores = None if block.scores is None else np.ascontiguousarray(block.scores[:, rows])
    stored = None if block.stored is None else block.stored[rows]
    return ClassBlock(block.truth[rows], scores, stored, block.k, block.kind, block.positive)


def applies(statistic: Any, block: ClassBlock) -> bool:
    """The rank of the truth is for scores of every class."""
    return not isinstance(statistic, TruthRank) or block.scores is None or len(block.scores) > 1


def assert_same(left: Any, right: Any) -> None:
    """Counts equal, sums and moments within rounding."""
    assert type(left) is type(right)
    if isinstance(left, ConfusionCounts):
        assert (left.table == right.table).all()
    elif isinstance(left, RankCounts):
        assert (left.counts == right.counts).all()
    elif isinstance(left, CalibrationBins):
        assert (left.count == right.count).all()
        assert (left.hits == right.hits).all()
        np.testing.assert_allclose(left.confidence, right.confidence, rtol=1e-12, atol=1e-12)
    elif isinstance(left, LossMoments):
        assert left.clipped == right.clipped
        assert_same(left.loss, right.loss)
    elif isinstance(left, Moments):
        assert left.n == right.n
        assert left.mean == pytest.approx(right.mean, rel=1e-12, abs=1e-12)
        assert left.m2 == pytest.approx(right.m2, rel=1e-9, abs=1e-9)
    else:
        assert isinstance(left, ScoreRuns)
        for row in range(len(left.columns)):
            one, other = left.sums(row), right.sums(row)
            assert (one.positives, one.negatives, one.twice) == (
                other.positives,
                other.negatives,
                other.twice,
            )
            assert one.steps == pytest.approx(other.steps, rel=1e-12)


def test_all_statistics_are_under_test() -> None:
    known = {found for name in statistics.__all__ if hasattr(found := getattr(statistics, name), "of")}
    known -= {Moments}
    known -= {found for found in known if getattr(found, "_is_protocol", False)}
    assert known == {type(statistic) for statistic in ALL}


@pytest.mark.parametrize("statistic", ALL, ids=str)
@given(blocks(), st.data())
def test_chunks_add_up_to_the_whole(statistic: Any, block: ClassBlock, data: st.DataObject) -> None:
    assume(applies(statistic, block))
    places = st.lists(st.integers(0, block.n), max_size=4)
    cuts = [0, *sorted(data.draw(places)), block.n]
    parts = [statistic.of(part(block, *ends)) for ends in pairwise(cuts)]
    assert_same(reduce(add, parts), statistic.of(block))


@pytest.mark.parametrize("statistic", ALL, ids=str)
@given(blocks(), st.data())
def test_addition_is_associative_commutative_and_has_a_neutral_element(
    statistic: Any, block: ClassBlock, data: st.DataObject
) -> None:
    assume(applies(statistic, block))
    one, two = sorted((data.draw(st.integers(0, block.n)), data.draw(st.integers(0, block.n))))
    a, b, c = (statistic.of(part(block, *ends)) for ends in ((0, one), (one, two), (two, block.n)))
    nothing = statistic.of(part(block, 0, 0))
    assert_same((a + b) + c, a + (b + c))
    assert_same(a + b, b + a)
    assert_same(a + nothing, a)
    assert_same(nothing + a, a)


def test_statistics_are_equal_by_value() -> None:
    assert Calibration(15) == Calibration(15)
    assert Calibration(15) != Calibration(10)
    assert len({*ALL, Confusion(), ClassScores()}) == len(ALL)


@given(
    st.lists(st.integers(-1000, 1000), min_size=2, max_size=50),
    st.integers(1, 49),
    st.sampled_from([0.0, 1e8, -1e8]),
)
def test_moments_hold_far_from_zero(steps: list[int], cut: int, centre: float) -> None:
    values = np.array(steps) / 1000
    shifted = values + centre
    merged = Moments.of(shifted[:cut]) + Moments.of(shifted[cut:])
    assert merged.n == len(steps)
    assert merged.mean - centre == pytest.approx(float(values.mean()), abs=1e-7)
    assert merged.variance == pytest.approx(float(values.var(ddof=1)), abs=1e-6)


def test_counts_pass_two_to_the_twenty_four() -> None:
    """Where float32 counters stop."""
    state = ConfusionCounts(np.full((2, 2), 2**24, np.int64))
    assert (state + ConfusionCounts(np.eye(2, dtype=np.int64))).n == 2**26 + 2


@given(st.lists(st.tuples(st.integers(0, 45), st.booleans()), min_size=1), st.integers(1, 20))
def test_calibration_bins_are_open_below_and_closed_above(rows: list[tuple[int, bool]], bins: int) -> None:
    p = np.array([place for place, _ in rows]) / 45
    y = np.array([int(hit) for _, hit in rows])
    state = Calibration(bins).of(ClassBlock(y, p[None, :], None, 2, positive=1))
    edges = np.arange(bins + 1) / bins
    inside = (p[:, None] > edges[:-1]) & (p[:, None] <= edges[1:])
    inside[p == 0, 0] = True
    assert (state.count == inside.sum(axis=0)).all()
    assert (state.hits == inside[y == 1].sum(axis=0)).all()


def test_ranking_of_nothing_is_undefined() -> None:
    block = ClassBlock(np.empty(0, np.intp), np.empty((1, 0)), None, 2, positive=1)
    ranking = Ranking(ClassScores().of(block), map)
    assert np.isnan(ranking.roc_auc).all()
    assert np.isnan(ranking.average_precision).all()
