"""Thresholds are the best ones by exhaustive search, and score reads them back to the same counts."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, fbeta_score, matthews_corrcoef

from conftest import FIXTURES, Result

Cli = Callable[..., Result]
N = 400
RNG = np.random.default_rng(21)
Y = RNG.random(N) < 0.3
LOGITS = RNG.normal(size=N) * 2 + 2.2 * Y - 1.5
P = 1 / (1 + np.exp(-LOGITS))
SCORES = {
    "float64": P,
    "float32": P.astype(np.float32),
    "ties": np.round(P, 1),
    "logits": LOGITS,
}


def write(folder: Path, scores: Any, truth: Any = Y, name: str = "p") -> Path:
    np.savez(folder / f"{name}.npz", label=truth.astype(np.int64), p=scores)
    return folder / f"{name}.npz"


def every(scores: Any, score: Callable[[Any], float]) -> float:
    """The best of all thresholds, by trying them."""
    return max(score(scores >= t) for t in [*np.unique(scores), np.inf])


@pytest.mark.parametrize("kind", SCORES)
@pytest.mark.parametrize(
    ("metric", "score"),
    [
        ("f1", lambda h: f1_score(Y, h, zero_division=0)),
        ("fbeta@2", lambda h: fbeta_score(Y, h, beta=2, zero_division=0)),
        ("accuracy", lambda h: accuracy_score(Y, h)),
        ("balanced_accuracy", lambda h: balanced_accuracy_score(Y, h)),
        ("mcc", lambda h: matthews_corrcoef(Y, h)),
    ],
)
def test_the_chosen_one_is_the_best_and_scores_as_it_says(
    kind: str, metric: str, score: Any, cli: Cli, tmp_path: Path
) -> None:
    path, file = write(tmp_path, SCORES[kind]), tmp_path / "t.json"
    more = ("--scores", "logits") if kind == "logits" else ()
    result = cli("threshold", path, "--maximize", metric, *more, "-o", file, "-f", "json")
    assert result.code == 0
    (chosen,) = [p for p in result.json["points"]["1"]["points"] if p["chosen"]]
    assert chosen[metric]["value"] == pytest.approx(every(SCORES[kind], score), abs=1e-12)
    again = cli(
        "score", path, "--threshold", f"@{file}", "-m", f"{metric},precision,recall,fpr", *more, "-f", "json"
    )
    assert again.json["confusion_matrix"]["counts"] == [
        [chosen["tn"], chosen["fp"]],
        [chosen["fn"], chosen["tp"]],
    ]
    for name in (metric, "precision", "recall", "fpr"):
        value = again.json["metrics"][name]["value"]
        assert value == pytest.approx(chosen[name]["value"], rel=1e-12), name
        assert again.json["metrics"][name]["interval"] == pytest.approx(chosen[name]["interval"], abs=0.02)


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
    data = cli("threshold", write(tmp_path, scores), *arguments, *more, "-f", "json").json
    (chosen,) = [p for p in data["points"]["1"]["points"] if p["chosen"]]
    pairs = [(int((Y & (scores >= t)).sum()), int((~Y & (scores >= t)).sum())) for t in np.unique(scores)]
    expected = max(best(tp, fp) for tp, fp in pairs if keeps(tp, fp))
    assert keeps(chosen["tp"], chosen["fp"])
    assert best(chosen["tp"], chosen["fp"]) == pytest.approx(expected)


def test_nothing_positive_may_cost_the_least(cli: Cli, tmp_path: Path) -> None:
    path, file = write(tmp_path, RNG.random(N), RNG.random(N) < 0.05), tmp_path / "t.json"
    data = cli("threshold", path, "--cost", "fp=50,fn=1", "-f", "json", "-o", file).json
    (chosen,) = [p for p in data["points"]["1"]["points"] if p["chosen"]]
    assert (chosen["tp"], chosen["fp"]) == (0, 0)
    assert chosen["precision"]["reason"] == "no row is predicted positive"
    counts = cli("score", path, "--threshold", f"@{file}", "-f", "json").json["confusion_matrix"]["counts"]
    assert [row[1] for row in counts] == [0, 0]


def test_weights_count(cli: Cli, tmp_path: Path) -> None:
    w = RNG.integers(1, 4, N)
    np.savez(tmp_path / "w.npz", label=Y.astype(int), p=P, weight=w)
    np.savez(tmp_path / "r.npz", label=np.repeat(Y, w).astype(int), p=np.repeat(P, w))
    one, other = (cli("threshold", tmp_path / f"{name}.npz", "-f", "json").json for name in "wr")
    assert one["thresholds"] == other["thresholds"]
    chosen = next(p for p in one["points"]["1"]["points"] if p["chosen"])
    assert "weighted" in chosen["f1"]["interval_reason"]


def test_one_threshold_for_each_label(cli: Cli, tmp_path: Path) -> None:
    path, file = FIXTURES / "world_cup" / "advancement.csv", tmp_path / "t.json"
    data = cli("threshold", path, "-o", file, "-f", "json").json
    assert len(data["thresholds"]) == 10
    scored = cli("score", path, "--threshold", f"@{file}", "-f", "json").json
    assert scored["input"]["roles"]["threshold"] == data["thresholds"]
    for label, found in data["points"].items():
        chosen = next(p for p in found["points"] if p["chosen"])
        assert scored["per_class"][label]["f1"]["value"] == pytest.approx(chosen["f1"]["value"], rel=1e-12)
    assert "tuned-on-these-rows" in {note["code"] for note in scored["notes"]}


def test_tuning_and_testing_on_the_same_rows_is_a_note(cli: Cli, tmp_path: Path) -> None:
    half = N // 2
    one = write(tmp_path, P[:half], Y[:half], "validation")
    other = write(tmp_path, P[half:], Y[half:], "test")
    file = tmp_path / "t.json"
    assert cli("threshold", one, "-o", file).code == 0
    codes = {
        path: {
            note["code"] for note in cli("score", path, "--threshold", f"@{file}", "-f", "json").json["notes"]
        }
        for path in (one, other)
    }
    assert "tuned-on-these-rows" in codes[one]
    assert "tuned-on-these-rows" not in codes[other]
    assert cli("score", one, "--threshold", f"@{file}", "--fail-on", "tuned-on-these-rows").code == 1


def test_what_no_threshold_keeps(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    path = write(tmp_path, RNG.random(N))
    result = cli("threshold", path, "--min-precision", "0.99", "--min-recall", "0.9", "-o", file)
    assert result.code == 1
    assert not file.exists()
    assert "error: no threshold" in result.err
    assert "<- chosen" not in result.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--maximize", "f2"), "unknown metric 'f2'"),
        (("--maximize", "roc_auc"), "no metric of counts"),
        (("--maximize", "fpr"), "no metric of counts"),
        (("--maximize", "f1", "--cost", "fp=1"), "two goals"),
        (("--min-precision", "90"), "try: --min-precision 0.9"),
        (("--min-recall", "-1"), "is not a share from 0 to 1"),
        (("--cost", "fp=1,fn"), "fn has no number"),
        (("--cost", "fp=1", "--cost", "fp=2"), "fp stands twice"),
        (("--cost", "fx=1"), "is no kind of row"),
        (("-o", "t.csv"), "thresholds are written as JSON"),
        (("-o", ""), "is a variable not set?"),
        (("--maximize", "f1_macro"), "a threshold of its own"),
        (("--cost", "fp=0"), "every row costs the same"),
        (("--format", "yaml"), "unknown format 'yaml'"),
        (("--confidence", "95"), "--confidence 0.95"),
    ],
)
def test_one_clear_message(arguments: tuple[str, ...], said: str, cli: Cli, tmp_path: Path) -> None:
    result = cli("threshold", write(tmp_path, P), *arguments)
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
    np.savez(tmp_path / "h.npz", label=Y.astype(int), pred=(P > 0.5).astype(int))
    result = cli("threshold", tmp_path / "h.npz")
    assert (result.code, "thresholds need scores" in result.err) == (2, True)
    result = cli("threshold", write(tmp_path, P, np.zeros(N, bool)), "--classes", "0,1")
    assert (result.code, "one class only" in result.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "the file cannot be read"),
        ("", "this is not a file of thresholds"),
        ("[]", "this is not a file of thresholds"),
        ('{"schema_version": 1, "metrics": {}}', "this is not a file of thresholds"),
        ('{"schema_version": 1, "kind": "thresholds", "thresholds": {"1": "a"}}', "not a file of thresholds"),
    ],
)
def test_files_that_hold_no_thresholds(text: str | None, said: str, cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    if text is not None:
        file.write_text(text)
    result = cli("score", write(tmp_path, P), "--threshold", f"@{file}")
    assert result.code == 2
    assert said in result.err


def test_thresholds_of_other_data(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    cli("threshold", write(tmp_path, P), "-o", file)
    result = cli("score", write(tmp_path, P), "--positive", "0", "--threshold", f"@{file}")
    assert result.code == 2
    assert "it is of other data" in result.err
    result = cli("score", FIXTURES / "world_cup" / "advancement.csv", "--threshold", f"@{file}")
    assert "it is of other data" in result.err


def test_the_table(cli: Cli, tmp_path: Path) -> None:
    out = cli("threshold", write(tmp_path, P), "--cost", "fp=1,fn=5").out
    assert "least cost (fp=1, fn=5)" in out
    assert out.count("<- chosen") == 1
    assert json.loads(cli("threshold", write(tmp_path, P), "-f", "json").out)["goal"]["maximize"] == "f1"


@pytest.mark.parametrize("kind", SCORES)
def test_the_number_that_is_shown_makes_the_same_cut(kind: str, cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, SCORES[kind])
    more = ("--scores", "logits") if kind == "logits" else ()
    for goal in (("--maximize", "balanced_accuracy"), ("--cost", "fp=90,fn=1"), ("--max-fpr", "0.02")):
        result = cli("threshold", path, *goal, *more)
        (line,) = [line.split() for line in result.out.splitlines() if "<- chosen" in line]
        data = cli("threshold", path, *goal, *more, "-f", "json").json
        (chosen,) = [p for p in data["points"]["1"]["points"] if p["chosen"]]
        assert float(line[0]) == chosen["threshold"]
        counts = cli("score", path, "--threshold", line[0], *more, "-f", "json").json["confusion_matrix"][
            "counts"
        ]
        assert counts == [[chosen["tn"], chosen["fp"]], [chosen["fn"], chosen["tp"]]]
    assert len(str(chosen["threshold"])) < 12


def test_a_file_that_is_not_written_is_told(cli: Cli, tmp_path: Path) -> None:
    file = tmp_path / "t.json"
    file.write_text("before")
    result = cli("threshold", write(tmp_path, RNG.random(N)), "--min-precision", "0.999", "-o", file)
    assert result.code == 1
    assert f"{file} was not written" in result.err
    assert file.read_text() == "before"


def test_each_kind_of_file_says_what_it_is(cli: Cli, tmp_path: Path) -> None:
    path, file, report = write(tmp_path, P), tmp_path / "t.json", tmp_path / "r.json"
    cli("threshold", path, "-o", file)
    cli("score", path, "-o", report)
    assert "this is a file of thresholds, and no report" in cli("show", file).err
    assert "seen: a report of scores" in cli("score", path, "--threshold", f"@{report}").err
    assert f"--threshold @{file} reads a file" in cli("score", path, "--threshold", file).err


def test_a_narrow_terminal_leaves_intervals_out(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "80")
    assert max(map(len, cli("threshold", write(tmp_path, P)).out.splitlines()[1:])) <= 80


def test_saturated_logits_make_the_cut_that_is_told(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    y = rng.random(200) < 0.5
    logits = np.where(y, 44.0, 42.0) + rng.normal(size=200) * 3
    path, file = write(tmp_path, logits, y), tmp_path / "t.json"
    data = cli("threshold", path, "--scores", "logits", "-o", file, "-f", "json").json
    (chosen,) = [p for p in data["points"]["1"]["points"] if p["chosen"]]
    again = cli("score", path, "--scores", "logits", "--threshold", f"@{file}", "-f", "json").json
    assert again["confusion_matrix"]["counts"] == [[chosen["tn"], chosen["fp"]], [chosen["fn"], chosen["tp"]]]


def test_a_goal_that_is_undefined_where_the_limits_hold(cli: Cli, tmp_path: Path) -> None:
    y = np.array([1, *RNG.integers(0, 2, 60)], bool)
    path = write(tmp_path, np.array([0.001, *RNG.random(60) + 0.01]) / 2, y)
    result = cli("threshold", path, "--maximize", "mcc", "--min-recall", "1")
    assert result.code == 1
    assert "mcc is undefined at every threshold that keeps to the limits" in result.err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--maximize", "recall:1"), "of one class already"),
        (("--cost", "tn=5,fp=1"), "a mistake costs less than what is right"),
    ],
)
def test_goals_without_a_meaning(arguments: tuple[str, ...], said: str, cli: Cli, tmp_path: Path) -> None:
    result = cli("threshold", write(tmp_path, P), *arguments)
    assert (result.code, said in result.err) == (2, True)


def test_few_rows_have_no_interval_of_a_table(cli: Cli, tmp_path: Path) -> None:
    path = write(tmp_path, np.array([0.1, 0.4, 0.3, 0.8]), np.array([0, 0, 1, 1], bool))
    data = cli("threshold", path, "--maximize", "mcc", "-f", "json").json
    for point in data["points"]["1"]["points"]:
        assert "interval" not in point["mcc"]
