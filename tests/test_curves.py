"""Exact areas from sorted keys: against pair counting, whatever the ties, the stretches and the threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from evalcli.blocks import ClassBlock, ScoreKind
from evalcli.statistics import ClassScores, Ranking, ScoreRuns, Stretch, curves
from evalcli.statistics.area_variance import sums_of_keys
from evalcli.statistics.curves import curve_of_keys, curve_of_scores, sort_keys

rows = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60)


def keys(scores: NDArray[Any], positive: NDArray[np.bool_]) -> NDArray[Any]:
    unsigned = np.uint32 if scores.dtype == np.float32 else np.uint64
    return np.sort((scores.view(unsigned) << unsigned(1)) | positive.astype(unsigned))


def pairs(scores: NDArray[Any], positive: NDArray[np.bool_]) -> Fraction:
    """Share of the pairs in the right order, counted one by one."""
    above = scores[positive][:, None] > scores[~positive]
    tied = scores[positive][:, None] == scores[~positive]
    return Fraction(2 * int(above.sum()) + int(tied.sum()), 2 * above.size)


def assert_same_curve(one: Stretch, other: Stretch) -> None:
    for field in fields(Stretch):
        assert np.array_equal(getattr(one, field.name), getattr(other, field.name)), field.name


@given(rows, st.integers(1, 9))
def test_a_whole_weight_is_a_row_repeated(drawn: list[tuple[int, bool]], most: int) -> None:
    scores = np.array([place / 12 for place, _ in drawn])
    positive = np.array([hit for _, hit in drawn])
    weight = np.arange(len(scores)) % (most + 1)
    one = curve_of_scores(scores, positive, weight.astype(float))
    other = curve_of_scores(np.repeat(scores, weight), np.repeat(positive, weight))
    assert_same_curve(one, other)


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 3)), min_size=1, max_size=50))
def test_duels_are_counted_pair_by_pair(drawn: list[tuple[int, int]]) -> None:
    scores = np.array([place / 9 for place, _ in drawn], np.float32)
    classes = np.array([cls for _, cls in drawn])
    columns, runs = (0, 1, 2, 3), np.stack([scores, scores[::-1], 1 - scores, scores / 2])
    truths, pairs = (classes.astype(np.uint8),), ClassScores(pairs=True)
    ones = (np.ones(len(scores)),)
    states = (
        ScoreRuns(pairs, columns, ScoreKind.PROBABILITIES, (runs.copy(),), truths),
        ScoreRuns(pairs, columns, ScoreKind.RAW, (runs.copy(),), truths),
        ScoreRuns(pairs, columns, ScoreKind.PROBABILITIES, (runs.copy(),), truths, ones),
    )
    for row in columns:
        for state in states:
            duel = state.duel(row)
            assert_same_curve(duel.curve, state.curve(row))
            for other in columns:
                gap = runs[row][classes == row][:, None] - runs[row][classes == other]
                assert other == row or duel.wins[other] == 2 * (gap > 0).sum() + (gap == 0).sum()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(rows, st.sampled_from([1, 2, 7, 1 << 17]))
def test_areas_are_exact(dtype: Any, drawn: list[tuple[int, bool]], stretch: int) -> None:
    scores = np.array([place / 12 for place, _ in drawn], dtype)
    positive = np.array([hit for _, hit in drawn])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(curves, "STRETCH_ROWS", stretch)
        found = sums_of_keys([keys(scores, positive)])
        curve = curve_of_keys(keys(scores, positive))
        halves = [keys(scores[part], positive[part]) for part in (slice(None, None, 2), slice(1, None, 2))]
        assert sums_of_keys(halves).twice == found.twice
        assert sums_of_keys(halves).steps == pytest.approx(found.steps, rel=1e-12)
    other = curve_of_scores(scores, positive).sums
    assert_same_curve(curve, curve_of_scores(scores, positive))
    assert_same_curve(curve, curve_of_scores(scores, positive, np.ones(len(scores))))
    assert (found.positives, found.negatives, found.twice) == (
        int(positive.sum()),
        int((~positive).sum()),
        other.twice,
    )
    assert found.steps == pytest.approx(other.steps, rel=1e-12)
    if not positive.any():
        assert np.isnan(found.average_precision)
    else:
        expected = sk.average_precision_score(positive, scores)
        assert found.average_precision == pytest.approx(expected, rel=1e-12)
    if positive.any() and not positive.all():
        assert found.roc_auc == float(pairs(scores, positive))
    else:
        assert np.isnan(found.roc_auc)


def test_long_arrays_are_sorted_on_two_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(curves, "SPLIT_ROWS", 100)
    monkeypatch.setattr(curves, "STRETCH_ROWS", 64)
    rng = np.random.default_rng(3)
    scores = np.round(rng.random(5000), 2).astype(np.float32)
    positive = rng.random(5000) < scores
    shuffled = rng.permutation(keys(scores, positive))
    with ThreadPoolExecutor(2) as pool:
        found = sums_of_keys([sort_keys(shuffled, pool.map)], pool.map)
    assert found == sums_of_keys([keys(scores, positive)])
    assert found.roc_auc == pytest.approx(sk.roc_auc_score(positive, scores), rel=1e-12)


def test_saturated_logits_do_not_tie() -> None:
    """A softmax of 40 and of 50 is 1.0 in both cases; the logits still order."""
    logits = np.array([[0.0, 0.0, 0.0, 0.0], [50.0, 40.0, 45.0, -3.0]])
    truth = np.array([1, 0, 1, 0])
    state = ClassScores().of(ClassBlock(truth, logits, None, 2, ScoreKind.LOGITS, 1))
    assert state.sums(0).roc_auc == 1.0


@pytest.mark.parametrize("k", [3, 5])
def test_logits_rank_as_their_probabilities(k: int) -> None:
    rng = np.random.default_rng(k)
    logits, truth = rng.normal(size=(k, 300)), rng.integers(0, k, 300)
    p = np.exp(logits) / np.exp(logits).sum(axis=0)
    by_logits = ClassScores().of(ClassBlock(truth, logits, None, k, ScoreKind.LOGITS))
    by_probability = ClassScores().of(ClassBlock(truth, p, None, k))
    for cls in range(k):
        assert by_logits.sums(cls).twice == by_probability.sums(cls).twice
    assert Ranking(by_logits, map).pooled.roc_auc == pytest.approx(
        Ranking(by_probability, map).pooled.roc_auc, rel=1e-12
    )


def test_log_odds_where_all_others_underflow() -> None:
    """Far logits: the highest class is measured against the second, never against zero."""
    logits = np.array([[900.0, 800.0], [0.0, 0.0], [-5.0, -900.0]])
    scores, _ = ClassBlock(np.array([0, 1]), logits, None, 3, ScoreKind.LOGITS).ranking_scores
    assert np.isfinite(scores).all()
    assert scores[0] == pytest.approx([900 - np.log1p(np.exp(-5.0)), 800.0])
