from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from sklearn import metrics as sk

import evalcli
from evalcli.errors import AmbiguousInput, InputError, UsageError
from support.command_line import Cli

RNG = np.random.default_rng(11)
N = 400
BINARY = RNG.integers(0, 2, N)
SCORE = np.clip(BINARY * 0.3 + RNG.random(N) * 0.7, 0, 1)
CLASSES = RNG.integers(0, 3, N)
PROBABILITIES = np.exp(RNG.normal(size=(N, 3)) + np.eye(3)[CLASSES])
PROBABILITIES /= PROBABILITIES.sum(axis=1, keepdims=True)
SETS = RNG.integers(0, 2, (N, 3))
REAL = RNG.normal(size=N)
GUESS = REAL + RNG.normal(size=N) / 2


def values(report: evalcli.Report) -> dict[str, float]:
    return {name: float(score) for name, score in report.metrics.items()}


def test_binary_scores() -> None:
    report = evalcli.evaluate(BINARY, SCORE)
    assert report.task == "binary"
    assert float(report["roc_auc"]) == pytest.approx(sk.roc_auc_score(BINARY, SCORE), abs=1e-12)
    assert float(report["f1"]) == pytest.approx(sk.f1_score(BINARY, SCORE > 0.5), abs=1e-12)
    low, high = report["roc_auc"].interval.low, report["roc_auc"].interval.high  # type: ignore[union-attr]
    assert low < float(report["roc_auc"]) < high


def test_multiclass_probabilities() -> None:
    report = evalcli.evaluate(CLASSES, PROBABILITIES, metrics=["log_loss", "f1_macro", "roc_auc_ovr_macro"])
    expected = sk.f1_score(CLASSES, PROBABILITIES.argmax(axis=1), average="macro")
    assert float(report["f1_macro"]) == pytest.approx(expected, abs=1e-12)
    assert float(report["log_loss"]) == pytest.approx(sk.log_loss(CLASSES, PROBABILITIES), abs=1e-12)
    assert list(report) == ["log_loss", "f1_macro", "roc_auc_ovr_macro"]
    assert report.classes == ("0", "1", "2")
    assert list(report.per_class) == ["0", "1", "2"]


def test_label_sets() -> None:
    report = evalcli.evaluate(SETS, PROBABILITIES, task="multilabel", metrics="f1_macro")
    expected = sk.f1_score(SETS, PROBABILITIES > 0.5, average="macro")
    assert float(report["f1_macro"]) == pytest.approx(expected, abs=1e-12)


def test_one_hot_labels_are_classes() -> None:
    one_hot = evalcli.evaluate(np.eye(3, dtype=int)[CLASSES], PROBABILITIES)
    assert values(one_hot) == values(evalcli.evaluate(CLASSES, PROBABILITIES))


def test_real_values() -> None:
    report = evalcli.evaluate(REAL, y_pred=GUESS, metrics="mae,r2")
    assert float(report["mae"]) == pytest.approx(sk.mean_absolute_error(REAL, GUESS), rel=1e-12)
    assert float(report["r2"]) == pytest.approx(sk.r2_score(REAL, GUESS), rel=1e-12)


def test_predicted_classes() -> None:
    truth, predicted = np.array(["a", "b"])[BINARY], np.array(["a", "b"])[(SCORE > 0.5).astype(int)]
    report = evalcli.evaluate(truth, y_pred=predicted, positive="b", metrics="f1,accuracy")
    assert float(report["f1"]) == pytest.approx(sk.f1_score(truth, predicted, pos_label="b"), abs=1e-12)
    assert float(report["accuracy"]) == pytest.approx(sk.accuracy_score(truth, predicted), abs=1e-12)


def test_weights_groups_and_slices() -> None:
    weight, user, region = RNG.random(N), np.arange(N) // 4, np.where(np.arange(N) % 3, "eu", "us")
    report = evalcli.evaluate(
        BINARY, SCORE, weight=weight, group=user, by={"region": region}, metrics="roc_auc,accuracy"
    )
    expected = sk.roc_auc_score(BINARY, SCORE, sample_weight=weight)
    assert float(report["roc_auc"]) == pytest.approx(expected, abs=1e-12)
    assert [part.label for part in report.slices] == ["region=eu", "region=us"]
    inside = region == "us"
    expected = sk.accuracy_score(BINARY[inside], SCORE[inside] > 0.5, sample_weight=weight[inside])
    assert float(report["accuracy@region=us"]) == pytest.approx(expected, abs=1e-12)
    assert report.input.groups == N // 4


def test_arrays_give_what_files_give(tmp_path: Path, cli: Cli) -> None:
    np.savez(tmp_path / "p.npz", label=CLASSES, probs=PROBABILITIES)
    from_files = evalcli.score(tmp_path / "p.npz")
    from_arrays = evalcli.evaluate(CLASSES, PROBABILITIES)
    assert from_files.metrics == from_arrays.metrics
    assert from_files.per_class == from_arrays.per_class
    typed = cli("score", tmp_path / "p.npz", "-f", "json").json
    assert json.loads(json.dumps(from_files.to_json()))["metrics"] == typed["metrics"]


def test_arguments_are_not_changed() -> None:
    before = PROBABILITIES.copy(), CLASSES.copy()
    evalcli.evaluate(CLASSES, PROBABILITIES, metrics="all")
    assert (before[0] == PROBABILITIES).all()
    assert (before[1] == CLASSES).all()


def test_options_of_files(tmp_path: Path) -> None:
    table = pd.DataFrame({"y": CLASSES, "a": PROBABILITIES[:, 0], "b": PROBABILITIES[:, 1]})
    table["c"], table["part"] = PROBABILITIES[:, 2], np.arange(N) % 2
    table.to_csv(tmp_path / "p.csv", index=False)
    report = evalcli.score(
        str(tmp_path / "p.csv"),
        label_col="y",
        score_cols=["a", "b", "c"],
        by="part",
        metrics=["accuracy"],
        no_intervals=True,
        zero_division=0,
        classes=[0, 1, 2],
    )
    assert float(report["accuracy"]) == sk.accuracy_score(CLASSES, PROBABILITIES.argmax(axis=1))
    assert report["accuracy"].interval is None
    assert [part.by for part in report.slices] == [{"part": "0"}, {"part": "1"}]


def test_several_files_are_one_table(tmp_path: Path) -> None:
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    for path, rows in zip(paths, (slice(0, 150), slice(150, N)), strict=True):
        pd.DataFrame({"label": BINARY[rows], "p": SCORE[rows]}).to_csv(path, index=False)
    found = evalcli.score(paths, metrics="roc_auc", zero_division="skip")
    assert found["roc_auc"] == evalcli.evaluate(BINARY, SCORE, metrics="roc_auc")["roc_auc"]


def test_tables_of_scores() -> None:
    by_name = {str(j): PROBABILITIES[:, j] for j in range(3)}
    assert values(evalcli.evaluate(CLASSES, by_name)) == values(evalcli.evaluate(CLASSES, PROBABILITIES))


def test_thresholds() -> None:
    for given in (0.3, "0.3"):
        report = evalcli.evaluate(BINARY, SCORE, threshold=given, metrics="f1")
        assert float(report["f1"]) == pytest.approx(sk.f1_score(BINARY, SCORE >= 0.3), abs=1e-12)
    frame = pd.DataFrame(SETS, columns=["a", "b", "c"])
    scores = pd.DataFrame(PROBABILITIES, columns=["a", "b", "c"])
    report = evalcli.evaluate(
        frame, scores, task="multilabel", threshold={"a": 0.2, "b": 0.5, "c": 0.7}, metrics="f1_macro"
    )
    expected = sk.f1_score(SETS, np.array([0.2, 0.5, 0.7]) <= PROBABILITIES, average="macro")
    assert float(report["f1_macro"]) == pytest.approx(expected, abs=1e-12)


def test_inspect_and_threshold(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    pd.DataFrame({"label": BINARY, "p": SCORE}).to_csv(path, index=False)
    assert evalcli.inspect(path).verdict == "clean"
    chosen = evalcli.threshold(path, cost={"fp": 1, "fn": 5})
    assert chosen.thresholds
    with pytest.raises(UsageError, match="two goals"):
        evalcli.threshold(path, maximize="f1", cost={"fp": 1})


WRONG: dict[str, tuple[type[Exception], Any, str]] = {
    "nothing to score": (TypeError, lambda: evalcli.evaluate(BINARY), "y_score or y_pred beside it"),
    "other rows": (InputError, lambda: evalcli.evaluate(CLASSES, PROBABILITIES[:9]), r"\(9, 3\)"),
    "transposed": (InputError, lambda: evalcli.evaluate(CLASSES, PROBABILITIES.T), "y_score.T"),
    "unknown option": (TypeError, lambda: evalcli.evaluate(BINARY, SCORE, metric="f1"), "mean metrics"),  # type: ignore[call-arg]
    "other type": (UsageError, lambda: evalcli.evaluate(BINARY, SCORE, bins="x"), "expected int"),  # type: ignore[arg-type]
    "invalid value": (UsageError, lambda: evalcli.evaluate(BINARY, SCORE, missing="drpo"), "missing='drop'"),
    "text as scores": (InputError, lambda: evalcli.evaluate(BINARY, ["a"] * N), "y_pred="),
    "a question": (AmbiguousInput, lambda: evalcli.evaluate(SETS, PROBABILITIES), "task='multilabel'"),
    "arrow text as scores": (InputError, lambda: evalcli.evaluate(BINARY, pa.array(["a"] * N)), "y_pred="),
    "a table with text": (
        InputError,
        lambda: evalcli.evaluate(CLASSES, pa.table({"a": PROBABILITIES[:, 0], "b": ["x"] * N})),
        "not numeric",
    ),
    "two weights": (
        InputError,
        lambda: evalcli.evaluate(BINARY, SCORE, weight={"a": SCORE, "b": SCORE}),
        "2 columns: a, b",
    ),
    "three dimensions": (InputError, lambda: evalcli.evaluate(BINARY, np.zeros((N, 2, 2))), r"\(400, 2, 2\)"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_with_the_next_step(name: str) -> None:
    kind, call, words = WRONG[name]
    with pytest.raises(kind, match=words) as caught:
        call()
    assert "--" not in str(caught.value)


def test_columns_in_another_order_are_refused() -> None:
    truth = pd.DataFrame(SETS, columns=["a", "b", "c"])
    scores = pd.DataFrame(PROBABILITIES, columns=["a", "c", "b"])
    with pytest.raises(InputError, match=r"y_score\[y_true.columns\]"):
        evalcli.evaluate(truth, scores, task="multilabel")


def test_undefined_is_nan_with_a_reason() -> None:
    report = evalcli.evaluate(np.zeros(40, int), RNG.random(40), classes=[0, 1], metrics="roc_auc")
    assert report["roc_auc"].value is None
    assert math.isnan(float(report["roc_auc"]))
    assert report["roc_auc"].reason


def test_arrow_columns() -> None:
    table = pa.table(
        {"y": CLASSES, "a": PROBABILITIES[:, 0], "b": PROBABILITIES[:, 1], "c": PROBABILITIES[:, 2]}
    )
    report = evalcli.evaluate(table["y"], table.select(["a", "b", "c"]), classes=[0, 1, 2])
    assert values(report) == values(evalcli.evaluate(CLASSES, PROBABILITIES))
