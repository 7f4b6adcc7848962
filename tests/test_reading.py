"""Probabilities, logits or log-probabilities: decided by the first block, held to afterwards."""

from __future__ import annotations

import numpy as np
import pytest

from evalcli.blocks import ScoreKind
from evalcli.errors import AmbiguousInput, InputError, Place, UsageError
from evalcli.inputs.score_scale import ROW_SUM, Reading, decide

EPS32 = 2.0**-23


def place(row: int) -> Place:
    return Place("p.csv", row=row + 1)


def spans(scores: np.ndarray) -> np.ndarray:
    return np.stack([scores.min(axis=1), scores.max(axis=1)])


ROWS = np.array([[0.25, 0.5], [0.75, 0.5]])


@pytest.mark.parametrize(
    ("scores", "prefix", "kind"),
    [
        (ROWS, "prob_", ScoreKind.PROBABILITIES),
        (ROWS + 1e-5, "", ScoreKind.PROBABILITIES),
        (np.array([[1.00002, 0.0], [0.0, 1.00001]]), "", ScoreKind.PROBABILITIES),
        (np.array([[0.33, 0.1], [0.33, 0.4], [0.33, 0.5]]), "", ScoreKind.PROBABILITIES),
        (np.array([[2.0, -1.0], [0.5, 0.1]]), "prob_", ScoreKind.LOGITS),
        (np.array([[0.2, 0.1], [0.5, 0.1]]), "logit_", ScoreKind.LOGITS),
        (np.log(ROWS), "", ScoreKind.LOG_PROBABILITIES),
        (-np.array([[1.0, 2.0], [3.0, 4.0]]), "", ScoreKind.LOGITS),
        (np.array([[0.2, 0.9]]), "", ScoreKind.PROBABILITIES),
        (np.array([[0.2, 1.01]]), "", ScoreKind.LOGITS),
        (np.array([[0.2, 1.0000001]]), "", ScoreKind.PROBABILITIES),
        (np.empty((2, 0)), "", ScoreKind.PROBABILITIES),
    ],
)
def test_decisions(scores: np.ndarray, prefix: str, kind: ScoreKind) -> None:
    found = decide("auto", scores, prefix, place, EPS32)
    assert found.kind is kind
    assert found.why


@pytest.mark.parametrize(
    ("scores", "prefix"),
    [
        (np.array([[0.2, 0.25], [0.5, 0.75]]), "prob_"),
        (ROWS, "logit_"),
        (np.array([[0.2, 0.9]]), "logit_"),
    ],
)
def test_what_lies_between_is_a_question(scores: np.ndarray, prefix: str) -> None:
    with pytest.raises(AmbiguousInput, match="cannot tell how to read") as caught:
        decide("auto", scores, prefix, place, EPS32)
    assert "--scores" in str(caught.value.mend)


def test_the_user_has_the_last_word() -> None:
    for kind in ScoreKind:
        assert decide(str(kind), ROWS, "", place, EPS32) == decide(str(kind), -ROWS, "", place, EPS32)
        assert decide(str(kind), ROWS, "", place, EPS32).kind is kind
    with pytest.raises(UsageError, match="unknown kind"):
        decide("probs", ROWS, "", place, EPS32)


@pytest.mark.parametrize(
    ("reading", "later"),
    [
        (Reading(ScoreKind.PROBABILITIES, "", sums=ROW_SUM), [[0.5, 1.5], [0.5, -0.5]]),
        (Reading(ScoreKind.PROBABILITIES, "", sums=ROW_SUM), [[0.5, 0.5], [0.5, 0.9]]),
        (Reading(ScoreKind.PROBABILITIES, ""), [[0.5, 3.0]]),
        (Reading(ScoreKind.LOG_PROBABILITIES, ""), [[-1.0, 0.5]]),
    ],
)
def test_a_later_block_that_contradicts_is_an_error(reading: Reading, later: list[list[float]]) -> None:
    with pytest.raises(InputError, match="cannot be") as caught:
        reading.check(np.array(later), spans(np.array(later)), lambda row: place(100 + row))
    assert str(caught.value.where) == "p.csv, row 102"


def test_rounding_errors_are_counted() -> None:
    reading = Reading(ScoreKind.PROBABILITIES, "", outside=1e-3)
    assert (
        reading.check(np.array([[1.0001, 0.5, -0.0001]]), spans(np.array([[1.0001, 0.5, -0.0001]])), place)
        == 2
    )
    assert reading.check(ROWS, spans(ROWS), place) == 0
    logs = Reading(ScoreKind.LOG_PROBABILITIES, "", outside=1e-3)
    assert logs.check(np.array([[1e-4, -0.5, 0.0]]), spans(np.array([[1e-4, -0.5, 0.0]])), place) == 1
    assert Reading(ScoreKind.LOGITS, "").check(np.array([[9.0]]), spans(np.array([[9.0]])), place) == 0


@pytest.mark.parametrize(
    ("scores", "percent"),
    [
        (np.array([[25.0, 50.0], [75.0, 50.0]]), True),
        (np.arange(100.0)[None, :], True),
        (np.array([[25.0, 50.0], [70.0, 50.0]]), False),
        (np.arange(100.0)[None, :] - 1, False),
        (np.arange(20.0)[None, :] - 0.5, False),
        (np.arange(9.0)[None, :] * 10, False),
        (np.arange(12.0)[None, :] - 20, False),
    ],
)
def test_percentages_are_a_question(scores: np.ndarray, percent: bool) -> None:
    if not percent:
        assert decide("auto", scores, "", place, EPS32).kind is ScoreKind.LOGITS
        return
    with pytest.raises(AmbiguousInput, match="they may be percentages") as caught:
        decide("auto", scores, "", place, EPS32)
    assert "--scores percentages" in str(caught.value.mend)
    assert decide("percentages", scores, "", place, EPS32).scale == 100


@pytest.mark.parametrize(
    ("scores", "count"),
    [
        (np.array([[0.5] * 399 + [1.02]]), 1),
        (np.array([[0.5] * 399 + [-0.2]]), 1),
        (np.array([[0.5, 0.5]] * 99 + [[0.9, 0.4]]).T, 1),
        (np.array([[0.5, 0.5]] * 95 + [[3.0, -2.0]] * 5).T, 5),
    ],
)
def test_a_few_bad_rows_make_no_logits(scores: np.ndarray, count: int) -> None:
    with pytest.raises(AmbiguousInput, match=f"{count} of the first {scores.shape[1]} rows") as caught:
        decide("auto", scores, "", place, EPS32)
    assert caught.value.count == count
    assert caught.value.rows[0] == scores.shape[1] - count + 1
    assert decide("auto", scores, "logit_", place, EPS32).kind is ScoreKind.LOGITS


def test_rows_of_rounded_values_may_sum_to_less() -> None:
    rows = np.random.default_rng(0).dirichlet(np.ones(100), 500).T
    for digits in (1, 2, 3):
        found = decide("auto", np.round(rows, digits), "", place, EPS32)
        assert (found.kind, found.sums) == (ScoreKind.PROBABILITIES, 100 * 0.5 / 10**digits)
    assert decide("auto", rows, "", place, EPS32).sums == ROW_SUM


@pytest.mark.parametrize(("top", "words"), [(18, "percentages"), (850, "no value is below 0")])
def test_a_lone_score_that_is_never_negative_is_a_question(top: float, words: str) -> None:
    """Percentages, credit scores, marks of a judge: logits go below 0."""
    scores = np.linspace(1, top, 50)[None, :]
    with pytest.raises(AmbiguousInput, match=words):
        decide("auto", scores, "", place, EPS32)
    assert decide("auto", scores, "logit_", place, EPS32).kind is ScoreKind.LOGITS
    rows = np.abs(np.random.default_rng(0).normal(size=(3, 40))) * 9
    assert decide("auto", rows, "", place, EPS32).kind is ScoreKind.LOGITS
    with pytest.raises(AmbiguousInput, match="percentages"):
        decide("auto", rows, "prob_", place, EPS32)
