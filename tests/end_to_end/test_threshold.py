"""Thresholds are the best ones by exhaustive search, and score reads them back to the same counts."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, fbeta_score, matthews_corrcoef

from support.command_line import Cli
from support.paths import FIXTURES
from support.threshold_files import PROBABILITIES, SCORES, N, Y, write_scores

pytestmark = pytest.mark.long


def every(scores: Any, score: Callable[[Any], float]) -> float:
    """The best of all thresholds, by trying them."""
    return max(score(scores >= t) for t in [*np.unique(scores), np.inf])


@pytest.mark.unmeasured
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
    path, file = write_scores(tmp_path, SCORES[kind]), tmp_path / "t.json"
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
    one = write_scores(tmp_path, PROBABILITIES[:half], Y[:half], "validation")
    other = write_scores(tmp_path, PROBABILITIES[half:], Y[half:], "test")
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


@pytest.mark.parametrize("kind", SCORES)
def test_the_number_that_is_shown_makes_the_same_cut(kind: str, cli: Cli, tmp_path: Path) -> None:
    path = write_scores(tmp_path, SCORES[kind])
    more = ("--scores", "logits") if kind == "logits" else ()
    for goal in (("--maximize", "balanced_accuracy"), ("--cost", "fp=90,fn=1"), ("--max-fpr", "0.02")):
        result = cli("threshold", path, *goal, *more)
        (line,) = [line.split() for line in result.out.splitlines() if "  selected" in line]
        data = cli("threshold", path, *goal, *more, "-f", "json").json
        (chosen,) = [p for p in data["points"]["1"]["points"] if p["chosen"]]
        assert float(line[0]) == chosen["threshold"]
        counts = cli("score", path, "--threshold", line[0], *more, "-f", "json").json["confusion_matrix"][
            "counts"
        ]
        assert counts == [[chosen["tn"], chosen["fp"]], [chosen["fn"], chosen["tp"]]]
    assert len(str(chosen["threshold"])) < 12


def test_saturated_logits_make_the_cut_that_is_told(cli: Cli, tmp_path: Path) -> None:
    rng = np.random.default_rng(7)
    y = rng.random(200) < 0.5
    logits = np.where(y, 44.0, 42.0) + rng.normal(size=200) * 3
    path, file = write_scores(tmp_path, logits, y), tmp_path / "t.json"
    data = cli("threshold", path, "--scores", "logits", "-o", file, "-f", "json").json
    (chosen,) = [p for p in data["points"]["1"]["points"] if p["chosen"]]
    again = cli("score", path, "--scores", "logits", "--threshold", f"@{file}", "-f", "json").json
    assert again["confusion_matrix"]["counts"] == [[chosen["tn"], chosen["fp"]], [chosen["fn"], chosen["tp"]]]
