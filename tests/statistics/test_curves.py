"""Exact areas from sorted keys: against pair counting, for any ties, segments and threads."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from evalcli.statistics.area_variance import sums_of_keys
from evalcli.statistics.curves import curve_of_keys, curve_of_scores
from evalcli.statistics.sorted_keys import sort_keys
from support.curves import assert_same_curve

rows = st.lists(st.tuples(st.integers(0, 12), st.booleans()), min_size=1, max_size=60)


def keys(scores: NDArray[Any], positive: NDArray[np.bool_]) -> NDArray[Any]:
    unsigned = np.uint32 if scores.dtype == np.float32 else np.uint64
    return np.sort((scores.view(unsigned) << unsigned(1)) | positive.astype(unsigned))


def pairs(scores: NDArray[Any], positive: NDArray[np.bool_]) -> Fraction:
    """Share of the pairs in the right order, counted one by one."""
    above = scores[positive][:, None] > scores[~positive]
    tied = scores[positive][:, None] == scores[~positive]
    return Fraction(2 * int(above.sum()) + int(tied.sum()), 2 * above.size)


@given(rows, st.integers(1, 9))
def test_a_whole_weight_is_a_row_repeated(drawn: list[tuple[int, bool]], most: int) -> None:
    scores = np.array([place / 12 for place, _ in drawn])
    positive = np.array([hit for _, hit in drawn])
    weight = np.arange(len(scores)) % (most + 1)
    one = curve_of_scores(scores, positive, weight.astype(float))
    other = curve_of_scores(np.repeat(scores, weight), np.repeat(positive, weight))
    assert_same_curve(one, other)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@given(rows, st.sampled_from([1, 2, 7, 1 << 17]))
def test_areas_are_exact(dtype: Any, drawn: list[tuple[int, bool]], segment: int) -> None:
    scores = np.array([place / 12 for place, _ in drawn], dtype)
    positive = np.array([hit for _, hit in drawn])
    found = sums_of_keys([keys(scores, positive)], segment_rows=segment)
    curve = curve_of_keys(keys(scores, positive), segment_rows=segment)
    halves = [keys(scores[part], positive[part]) for part in (slice(None, None, 2), slice(1, None, 2))]
    together = sums_of_keys(halves, segment_rows=segment)
    assert together.doubled_concordant == found.doubled_concordant
    assert together.precision_sum == pytest.approx(found.precision_sum, rel=1e-12)
    other = curve_of_scores(scores, positive).sums
    assert_same_curve(curve, curve_of_scores(scores, positive))
    assert_same_curve(curve, curve_of_scores(scores, positive, np.ones(len(scores))))
    assert (found.positives, found.negatives, found.doubled_concordant) == (
        int(positive.sum()),
        int((~positive).sum()),
        other.doubled_concordant,
    )
    assert found.precision_sum == pytest.approx(other.precision_sum, rel=1e-12)
    if not positive.any():
        assert np.isnan(found.average_precision)
    else:
        expected = sk.average_precision_score(positive, scores)
        assert found.average_precision == pytest.approx(expected, rel=1e-12)
    if positive.any() and not positive.all():
        assert found.roc_auc == float(pairs(scores, positive))
    else:
        assert np.isnan(found.roc_auc)


def test_long_arrays_are_sorted_on_two_threads() -> None:
    rng = np.random.default_rng(3)
    scores = np.round(rng.random(5000), 2).astype(np.float32)
    positive = rng.random(5000) < scores
    shuffled = rng.permutation(keys(scores, positive))
    with ThreadPoolExecutor(2) as pool:
        found = sums_of_keys([sort_keys(shuffled, pool.map, split_rows=100)], pool.map, segment_rows=64)
    assert found == sums_of_keys([keys(scores, positive)])
    assert found.roc_auc == pytest.approx(sk.roc_auc_score(positive, scores), rel=1e-12)
