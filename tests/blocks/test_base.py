from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from msgspec.structs import asdict, replace
from scipy.special import expit

from evalcli.blocks import LabelSetBlock, ScoreKind, concatenate, take_rows
from evalcli.blocks.base import clipped_logs, overflow_to_infinity, predicts_positive, sigmoid, unit_interval
from support.measuring import binary_block, class_block, label_block, real_block

RNG = np.random.default_rng(1)
N = 9
WEIGHT = RNG.random(N)
BLOCKS = {
    "binary": binary_block(RNG.integers(0, 2, N), RNG.random(N), weight=WEIGHT),
    "multiclass": class_block(RNG.integers(0, 3, N), RNG.random((N, 3))),
    "multilabel": label_block(
        RNG.random((N, 2)) < 0.5, RNG.random((N, 2)), thresholds=(0.3, np.nan), weight=WEIGHT
    ),
    "regression": real_block(RNG.normal(size=N), RNG.normal(size=N), weight=WEIGHT),
}


def arrays_of(block: Any) -> dict[str, Any]:
    return {name: value for name, value in asdict(block).items() if isinstance(value, np.ndarray)}


@pytest.mark.parametrize("name", BLOCKS)
@pytest.mark.parametrize("rows", [np.array([3, 3, 0]), slice(2, 7), np.array([], np.intp)])
def test_some_rows(name: str, rows: Any) -> None:
    block = BLOCKS[name]
    some = take_rows(block, rows)
    assert some.n == len(np.arange(N)[rows])
    for field, array in arrays_of(block).items():
        expected = array if field == "thresholds" else array[..., rows]
        np.testing.assert_array_equal(getattr(some, field), expected)


def test_views_that_are_known_are_taken_too() -> None:
    rows = np.array([8, 1])
    for name in ("binary", "multiclass", "multilabel"):
        block = replace(BLOCKS[name])
        predicted, (logs, clipped) = block.predicted, block.log_true_probability
        some = take_rows(block, rows)
        np.testing.assert_array_equal(some.predicted, predicted[..., rows])
        np.testing.assert_array_equal(some.log_true_probability, (logs[rows], clipped[rows]))


@pytest.mark.parametrize("name", BLOCKS)
def test_parts_put_together_are_the_whole(name: str) -> None:
    block = BLOCKS[name]
    whole = concatenate([take_rows(block, slice(first, first + 4)) for first in range(0, N, 4)])
    for field, array in arrays_of(block).items():
        np.testing.assert_array_equal(getattr(whole, field), array)


def test_one_block_that_was_rounded_is_enough() -> None:
    block = BLOCKS["multilabel"]
    assert isinstance(block, LabelSetBlock)
    assert concatenate([block, replace(block, has_rounding=True), block]).has_rounding
    assert not concatenate([block, block]).has_rounding


@given(arrays(np.float64, st.integers(0, 20), elements=st.floats(allow_nan=False)))
def test_the_logistic_function(x: Any) -> None:
    np.testing.assert_allclose(sigmoid(x), expit(x), rtol=1e-13, atol=0)


def test_an_outcome_that_is_more_likely_than_not() -> None:
    p = np.array([0.25, 0.5, 0.75])
    logits, expected = np.log(p / (1 - p)), [False, False, True]
    assert predicts_positive(p, ScoreKind.PROBABILITIES).tolist() == expected
    assert predicts_positive(np.log(p), ScoreKind.LOG_PROBABILITIES).tolist() == expected
    assert predicts_positive(logits, ScoreKind.LOGITS).tolist() == expected
    for kind, scores in ((ScoreKind.LOG_PROBABILITIES, np.log(p)), (ScoreKind.LOGITS, logits)):
        np.testing.assert_allclose(unit_interval(scores, kind, False), p, rtol=1e-15)


def test_rounding_errors_above_one_count_as_one() -> None:
    p = np.array([0.5, 1.0, 1.0 + 1e-7])
    assert unit_interval(p, ScoreKind.PROBABILITIES, True).tolist() == [0.5, 1.0, 1.0]


def test_logarithms_are_clipped_at_both_ends() -> None:
    logs, clipped = clipped_logs(np.array([0.0, 0.25, 0.5, 1.0]), 0.25)
    assert logs.tolist() == pytest.approx([math.log(0.25), math.log(0.25), math.log(0.5), math.log(0.75)])
    assert clipped.tolist() == [True, False, False, True]


def test_overflow_is_infinite_and_silent() -> None:
    """Warnings are errors in tests."""
    huge = np.array([1e308, 1e308])
    assert overflow_to_infinity(lambda x: float(x.sum()))(huge) == math.inf
    with pytest.raises(RuntimeWarning):
        huge.sum()


def test_only_classes_of_the_file_can_differ_from_its_scores() -> None:
    assert [block.disagreements for block in BLOCKS.values()] == [0, 0, 0, 0]
    stored = replace(BLOCKS["binary"], given_predictions=1 - BLOCKS["binary"].predicted)
    assert stored.disagreements == N
