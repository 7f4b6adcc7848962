from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalcli.blocks import ScoreKind
from evalcli.errors import AmbiguousInput, InputError, UsageError
from evalcli.findings import Place
from evalcli.inputs.score_scale import ROW_SUM, ScoreScale, detect_scale
from support.command_line import Cli, assert_refused
from support.inspecting import K, check, frame, good, saved_table
from support.questions import put, refused


def test_a_contradiction_in_a_later_block(cli: Cli, tmp_path: Path) -> None:
    rows = 140_000
    p = np.full((rows, 2), 0.5)
    p[rows - 1] = [3.0, -2.0]
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", np.arange(rows) % 2)
    assert_refused(
        cli("score", tmp_path / "p.npy", "--labels", tmp_path / "y.npy"),
        "cannot be probabilities",
        "row 140000",
        "3 -2",
    )


def test_rows_that_do_not_sum_to_one(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    p[[2, 7]] *= 0.8
    path = saved_table(tmp_path, frame(p, y))
    check(cli, (path,), "rows-do-not-sum-to-1", "error", ("--scores", "probabilities"), count=2, rows=[3, 8])
    assert (
        "2 of 300 rows of probabilities do not sum to 1"
        in cli("score", path, "--scores", "probabilities").err
    )


def test_a_contradiction_far_down(cli: Cli, tmp_path: Path) -> None:
    y, p = good(n=140_000)
    p[139_000] *= 5
    path = saved_table(tmp_path, frame(p, y), "p.parquet")
    check(cli, (path,), "scores-contradict", "error", count=1, rows=[139_001])


@pytest.mark.parametrize("k", [2, K])
def test_percentages(k: int, cli: Cli, tmp_path: Path) -> None:
    y, p = good(k)
    table = frame(100 * p, y) if k > 2 else pd.DataFrame({"label": y, "prob": 100 * p[:, 1]})
    path = saved_table(tmp_path, table)
    check(cli, (path,), "percentages", "error", ("--scores", "percentages"))
    fractions = saved_table(
        tmp_path, frame(p, y) if k > 2 else pd.DataFrame({"label": y, "prob": p[:, 1]}), "f.csv"
    )
    one = cli("score", path, "--scores", "percentages", "-f", "json").json["metrics"]
    other = cli("score", fractions, "-f", "json").json["metrics"]
    assert one.keys() == other.keys()
    for name, score in one.items():
        assert score["value"] == pytest.approx(other[name]["value"], rel=1e-9), name


def test_probabilities_called_logits(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    path = saved_table(tmp_path, frame(p, y, "logit_"))
    check(cli, (path,), "which-scale", "error", ("--scores", "probabilities"))


def test_one_bad_value_among_probabilities(cli: Cli, tmp_path: Path) -> None:
    y, p = good(2)
    p[17, 1] = 1.02
    path = saved_table(tmp_path, pd.DataFrame({"label": y, "prob": p[:, 1]}))
    check(cli, (path,), "which-scale", "error", count=1, rows=[18])


def test_percentages_with_their_sign(cli: Cli, tmp_path: Path) -> None:
    path = saved_table(tmp_path, "label,prob\n" + "1,97.1%\n0,3.4%\n" * 20)
    refused = cli("score", path)
    assert (refused.code, "contains text, not numbers" in refused.err) == (2, True)
    whole = saved_table(tmp_path, "label,prob\n" + "1,97\n0,3\n" * 20, "q.csv")
    check(cli, (whole,), "percentages", "error", ("--scores", "percentages"))


def test_two_amounts_are_no_classes(cli: Cli, tmp_path: Path) -> None:
    path = put(tmp_path, "p.parquet", {"y": [100, 200, 100, 200], "pred": [104.5, 190.2, 99.0, 201.7]})
    refused(cli("score", path), "class labels or numeric targets", "--task regression")
    assert cli("score", path, "--task", "regression", "--only", "mae").code == 0
    assert cli("score", path, "--task", "binary", "--only", "roc_auc").out == "1.0\n"


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
    found = detect_scale("auto", scores, prefix, place, EPS32)
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
        detect_scale("auto", scores, prefix, place, EPS32)
    assert "--scores" in str(caught.value.hint)


def test_the_user_has_the_last_word() -> None:
    for kind in ScoreKind:
        assert detect_scale(str(kind), ROWS, "", place, EPS32) == detect_scale(
            str(kind), -ROWS, "", place, EPS32
        )
        assert detect_scale(str(kind), ROWS, "", place, EPS32).kind is kind
    with pytest.raises(UsageError, match="invalid value"):
        detect_scale("probs", ROWS, "", place, EPS32)


@pytest.mark.parametrize(
    ("reading", "later"),
    [
        (ScoreScale(ScoreKind.PROBABILITIES, "", sums=ROW_SUM), [[0.5, 1.5], [0.5, -0.5]]),
        (ScoreScale(ScoreKind.PROBABILITIES, "", sums=ROW_SUM), [[0.5, 0.5], [0.5, 0.9]]),
        (ScoreScale(ScoreKind.PROBABILITIES, ""), [[0.5, 3.0]]),
        (ScoreScale(ScoreKind.LOG_PROBABILITIES, ""), [[-1.0, 0.5]]),
    ],
)
def test_a_later_block_that_contradicts_is_an_error(reading: ScoreScale, later: list[list[float]]) -> None:
    with pytest.raises(InputError, match="cannot be") as caught:
        reading.validate(np.array(later), spans(np.array(later)), lambda row: place(100 + row))
    assert str(caught.value.where) == "p.csv, row 102"


def test_rounding_errors_are_counted() -> None:
    reading = ScoreScale(ScoreKind.PROBABILITIES, "", outside=1e-3)
    assert (
        reading.validate(np.array([[1.0001, 0.5, -0.0001]]), spans(np.array([[1.0001, 0.5, -0.0001]])), place)
        == 2
    )
    assert reading.validate(ROWS, spans(ROWS), place) == 0
    logs = ScoreScale(ScoreKind.LOG_PROBABILITIES, "", outside=1e-3)
    assert logs.validate(np.array([[1e-4, -0.5, 0.0]]), spans(np.array([[1e-4, -0.5, 0.0]])), place) == 1
    assert ScoreScale(ScoreKind.LOGITS, "").validate(np.array([[9.0]]), spans(np.array([[9.0]])), place) == 0


@pytest.mark.parametrize(
    ("scores", "percent"),
    [
        (np.array([[25.0, 50.0], [75.0, 50.0]]), True),
        (np.arange(100.0)[None, :], True),
        (np.array([[25.0, 50.0], [70.0, 50.0]]), False),
        (np.arange(100.0)[None, :] - 1, False),
        (np.arange(20.0)[None, :] - 0.5, False),
        (np.arange(9.0)[None, :] * 10, False),
        (np.arange(12.0)[None, :] - 2, False),
    ],
)
def test_percentages_are_a_question(scores: np.ndarray, percent: bool) -> None:
    if not percent:
        assert detect_scale("auto", scores, "", place, EPS32).kind is ScoreKind.LOGITS
        return
    with pytest.raises(AmbiguousInput, match="they may be percentages") as caught:
        detect_scale("auto", scores, "", place, EPS32)
    assert "--scores percentages" in str(caught.value.hint)
    assert detect_scale("percentages", scores, "", place, EPS32).scale == 100


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
        detect_scale("auto", scores, "", place, EPS32)
    assert caught.value.count == count
    assert caught.value.rows[0] == scores.shape[1] - count + 1
    assert detect_scale("auto", scores, "logit_", place, EPS32).kind is ScoreKind.LOGITS


def test_rows_of_rounded_values_may_sum_to_less() -> None:
    rows = np.random.default_rng(0).dirichlet(np.ones(100), 500).T
    for digits in (1, 2, 3):
        found = detect_scale("auto", np.round(rows, digits), "", place, EPS32)
        assert (found.kind, found.sums) == (ScoreKind.PROBABILITIES, 100 * 0.5 / 10**digits)
    assert detect_scale("auto", rows, "", place, EPS32).sums == ROW_SUM


@pytest.mark.parametrize(("top", "words"), [(18, "percentages"), (850, "no value is below 0")])
def test_a_lone_score_that_is_never_negative_is_a_question(top: float, words: str) -> None:
    """Percentages, credit scores, marks of a judge: logits go below 0."""
    scores = np.linspace(1, top, 50)[None, :]
    with pytest.raises(AmbiguousInput, match=words):
        detect_scale("auto", scores, "", place, EPS32)
    assert detect_scale("auto", scores, "logit_", place, EPS32).kind is ScoreKind.LOGITS
    rows = np.abs(np.random.default_rng(0).normal(size=(3, 40))) * 9
    assert detect_scale("auto", rows, "", place, EPS32).kind is ScoreKind.LOGITS
    with pytest.raises(AmbiguousInput, match="percentages"):
        detect_scale("auto", rows, "prob_", place, EPS32)
