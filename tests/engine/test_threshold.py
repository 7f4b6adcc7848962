"""Thresholds are the best ones by exhaustive search, and score reads them back to the same counts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from support.command_line import Cli
from support.paths import FIXTURES
from support.threshold_files import PROBABILITIES, RNG, SCORES, N, Y, write_scores


@pytest.mark.parametrize("kind", SCORES)
@pytest.mark.parametrize(
    ("arguments", "keeps", "best"),
    [
        (("--min-precision", "0.8"), lambda tp, fp: tp / max(tp + fp, 1) >= 0.8, lambda tp, fp: tp),
        (("--min-recall", "0.9"), lambda tp, fp: tp / Y.sum() >= 0.9, lambda tp, fp: tp / max(tp + fp, 1)),
        (("--max-fpr", "0.05"), lambda tp, fp: fp / (~Y).sum() <= 0.05, lambda tp, fp: tp),
        (
            ("--cost", "fp=1,fn=5"),
            lambda tp, fp: True,
            lambda tp, fp: -(fp + 5 * (Y.sum() - tp)),
        ),
        (
            ("--cost", "fp=1,fn=2", "--max-fpr", "0.1"),
            lambda tp, fp: fp / (~Y).sum() <= 0.1,
            lambda tp, fp: -(fp + 2 * (Y.sum() - tp)),
        ),
    ],
)
def test_limits_and_costs(
    kind: str, arguments: tuple[str, ...], keeps: Any, best: Any, cli: Cli, tmp_path: Path
) -> None:
    scores = SCORES[kind]
    more = ("--scores", "logits") if kind == "logits" else ()
    data = cli("threshold", write_scores(tmp_path, scores), *arguments, *more, "-f", "json").json
    (chosen,) = [p for p in data["points"]["1"]["points"] if p["chosen"]]
    pairs = [(int((Y & (scores >= t)).sum()), int((~Y & (scores >= t)).sum())) for t in np.unique(scores)]
    expected = max(best(tp, fp) for tp, fp in pairs if keeps(tp, fp))
    assert keeps(chosen["tp"], chosen["fp"])
    assert best(chosen["tp"], chosen["fp"]) == pytest.approx(expected)


def test_nothing_positive_may_cost_the_least(cli: Cli, tmp_path: Path) -> None:
    path, file = write_scores(tmp_path, RNG.random(N), RNG.random(N) < 0.05), tmp_path / "t.json"
    data = cli("threshold", path, "--cost", "fp=50,fn=1", "-f", "json", "-o", file).json
    (chosen,) = [p for p in data["points"]["1"]["points"] if p["chosen"]]
    assert (chosen["tp"], chosen["fp"]) == (0, 0)
    assert chosen["precision"]["reason"] == "no row is predicted positive"
    counts = cli("score", path, "--threshold", f"@{file}", "-f", "json").json["confusion_matrix"]["counts"]
    assert [row[1] for row in counts] == [0, 0]


def test_weights_count(cli: Cli, tmp_path: Path) -> None:
    w = RNG.integers(1, 4, N)
    np.savez(tmp_path / "w.npz", label=Y.astype(int), p=PROBABILITIES, sample_weight=w)
    np.savez(tmp_path / "r.npz", label=np.repeat(Y, w).astype(int), p=np.repeat(PROBABILITIES, w))
    one, other = (cli("threshold", tmp_path / f"{name}.npz", "-f", "json").json for name in "wr")
    assert one["thresholds"] == other["thresholds"]
    chosen = next(p for p in one["points"]["1"]["points"] if p["chosen"])
    assert "weighted" in chosen["f1"]["interval_reason"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--maximize", "ff"), "unknown metric 'ff'"),
        (("--maximize", "roc_auc"), "not a metric of counts"),
        (("--maximize", "fpr"), "not a metric of counts"),
        (("--maximize", "f1", "--cost", "fp=1"), "two goals"),
        (("--min-precision", "90"), "try: --min-precision 0.9"),
        (("--min-recall", "-1"), "is not between 0 and 1"),
        (("--cost", "fp=1,fn"), "fn has no number"),
        (("--cost", "fp=1", "--cost", "fp=2"), "duplicate fp"),
        (("--cost", "fx=1"), "is not an outcome (tp, fp, tn, fn)"),
        (("-o", "t.csv"), "thresholds are written as JSON"),
        (("-o", ""), "is a shell variable unset?"),
        (("--maximize", "f1_macro"), "its own threshold"),
        (("--cost", "fp=0"), "every row costs the same"),
        (("--format", "yaml"), "invalid value 'yaml'"),
        (("--confidence", "95"), "--confidence 0.95"),
    ],
)
def test_one_clear_message(arguments: tuple[str, ...], said: str, cli: Cli, tmp_path: Path) -> None:
    result = cli("threshold", write_scores(tmp_path, PROBABILITIES), *arguments)
    assert result.code == 2
    assert said in result.err


def test_data_without_thresholds(cli: Cli, tmp_path: Path) -> None:
    regression = FIXTURES / "governors" / "final_forecasts.csv"
    result = cli(
        "threshold", regression, "--label-col", "actual_voteshare", "--pred-col", "projected_voteshare"
    )
    assert result.code == 2
    assert "this is regression" in result.err
    classes = FIXTURES / "cifar10"
    result = cli("threshold", classes / "probabilities.npy", "-l", classes / "labels.npy")
    assert "this is multiclass" in result.err
    np.savez(tmp_path / "h.npz", label=Y.astype(int), pred=(PROBABILITIES > 0.5).astype(int))
    result = cli("threshold", tmp_path / "h.npz")
    assert (result.code, "thresholds require scores" in result.err) == (2, True)
    result = cli("threshold", write_scores(tmp_path, PROBABILITIES, np.zeros(N, bool)), "--classes", "0,1")
    assert (result.code, "one class only" in result.err) == (2, True)


def test_a_goal_that_is_undefined_where_the_limits_hold(cli: Cli, tmp_path: Path) -> None:
    y = np.array([1, *RNG.integers(0, 2, 60)], bool)
    path = write_scores(tmp_path, np.array([0.001, *RNG.random(60) + 0.01]) / 2, y)
    result = cli("threshold", path, "--maximize", "mcc", "--min-recall", "1")
    assert result.code == 1
    assert "mcc is undefined at every threshold within the limits" in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--maximize", "recall:1"), "always for one class"),
        (("--cost", "tn=5,fp=1"), "an error costs less than a correct prediction"),
    ],
)
def test_goals_without_a_meaning(arguments: tuple[str, ...], said: str, cli: Cli, tmp_path: Path) -> None:
    result = cli("threshold", write_scores(tmp_path, PROBABILITIES), *arguments)
    assert (result.code, said in result.err) == (2, True)


def test_few_rows_have_no_interval_of_a_table(cli: Cli, tmp_path: Path) -> None:
    path = write_scores(tmp_path, np.array([0.1, 0.4, 0.3, 0.8]), np.array([0, 0, 1, 1], bool))
    data = cli("threshold", path, "--maximize", "mcc", "-f", "json").json
    for point in data["points"]["1"]["points"]:
        assert "interval" not in point["mcc"]


def test_a_cost_of_one_kind_of_error_alone_is_refused(cli: Cli, tmp_path: Path) -> None:
    path = write_scores(tmp_path, PROBABILITIES)
    refused = cli("threshold", path, "--cost", "fp=1")
    assert (refused.code, "--cost fp=1,fn=COST" in refused.err) == (2, True)
