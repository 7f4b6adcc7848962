"""Which task a file is: told by the data, set by an option, or a question."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sklearn.metrics as sk

from support.command_line import Cli
from support.task_files import GUESS, NAMES, REAL, RNG, SETS, N, P, named, write_columns

pytestmark = pytest.mark.long


def lists(values: Any) -> pa.Array:
    return pa.array([[NAMES[j] for j in np.flatnonzero(row)] for row in values], pa.list_(pa.string()))


SAME_SETS: dict[str, tuple[dict[str, Any], dict[str, Any] | None, list[str]]] = {
    "paired by a suffix": ({**named(P), **named(SETS, after="_outcome")}, None, []),
    "paired in another order": ({**named(P), **named(SETS, after="_true", order="201")}, None, []),
    "told by --label-cols": ({**named(P, "prob_"), **named(SETS, "y_")}, None, ["--label-cols", "y_*"]),
    "labels in their own file": (named(P, "prob_"), named(SETS, order="120"), []),
    "lists of labels": ({"labels": lists(SETS), **named(P, "prob_")}, None, []),
    "lists of indicators": (
        {"label": pa.array(SETS.tolist()), "scores": pa.array(P.tolist())},
        None,
        ["--classes", "cat,dog,owl"],
    ),
    "lists of labels, one list of scores": (
        {"label": lists(SETS), "scores": pa.array(P.tolist())},
        None,
        ["--classes", "cat,dog,owl"],
    ),
}


@pytest.mark.parametrize("name", SAME_SETS)
def test_label_sets_in_every_form(name: str, cli: Cli, tmp_path: Path) -> None:
    columns, labels, arguments = SAME_SETS[name]
    if labels is not None:
        arguments = [*arguments, "--labels", str(write_columns(tmp_path, labels, "y"))]
    result = cli("score", write_columns(tmp_path, columns), *arguments, "-f", "json", "-m", "default,f1:dog")
    assert result.code == 0, result.err
    assert result.json["task"] == "multilabel"
    assert set(result.json["classes"]) == set(NAMES)
    found = {name: score["value"] for name, score in result.json["metrics"].items()}
    said = (P > 0.5).astype(int)
    expected = {
        "f1_macro": sk.f1_score(SETS, said, average="macro"),
        "f1_samples": sk.f1_score(SETS, said, average="samples", zero_division=0),
        "roc_auc_macro": sk.roc_auc_score(SETS, P),
        "subset_accuracy": sk.accuracy_score(SETS, said),
        "f1:dog": sk.f1_score(SETS[:, 1], said[:, 1]),
    }
    assert {name: found[name] for name in expected} == pytest.approx(expected, rel=1e-12)


def test_arrays_of_label_sets(cli: Cli, tmp_path: Path) -> None:
    np.save(tmp_path / "p.npy", P)
    np.save(tmp_path / "y.npy", SETS)
    result = cli("score", tmp_path / "p.npy", "-l", tmp_path / "y.npy", "--only", "subset_accuracy")
    assert result.out == f"{sk.accuracy_score(SETS, P > 0.5)!r}\n"


def test_one_hot_rows_are_one_class_unless_told_otherwise(cli: Cli, tmp_path: Path) -> None:
    y = RNG.integers(0, 3, N)
    p = RNG.dirichlet([1, 1, 1], N)
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", np.eye(3)[y])
    arguments = ("score", tmp_path / "p.npy", "-l", tmp_path / "y.npy", "-f", "json")
    assert cli(*arguments).json["task"] == "multiclass"
    assert cli(*arguments, "--task", "multilabel").json["task"] == "multilabel"


def test_scores_that_sum_to_one_beside_label_columns_are_a_question(cli: Cli, tmp_path: Path) -> None:
    """One-vs-rest scores would not; a softmax with several labels a row is odd."""
    p = RNG.dirichlet([1, 1, 1], N)
    path = write_columns(tmp_path, {**named(p), **named(SETS, after="_outcome")})
    result = cli("score", path)
    assert result.code == 2
    assert "sum to 1" in result.err
    assert "--task multilabel" in result.err
    assert cli("score", path, "--task", "multilabel").code == 0


REALS: dict[str, tuple[dict[str, Any], dict[str, Any] | None, list[str]]] = {
    "real labels": ({"label": REAL, "pred": GUESS}, None, []),
    "usual names": ({"y_true": REAL, "y_pred": GUESS, "noise": GUESS * 2}, None, []),
    "labels in their own file": ({"value": GUESS}, {"value": REAL}, []),
    "told": ({"a": REAL, "b": GUESS}, None, ["--label-col", "a", "--pred-col", "b"]),
    "scores by name": ({"a": REAL, "b": GUESS}, None, ["--label-col", "a", "--score-cols", "b"]),
    "float32": ({"label": REAL.astype("f4"), "pred": GUESS.astype("f4")}, None, []),
}


@pytest.mark.parametrize("form", ["parquet", "csv"])
@pytest.mark.parametrize("name", REALS)
def test_real_values_in_every_form(name: str, form: str, cli: Cli, tmp_path: Path) -> None:
    columns, labels, arguments = REALS[name]

    def put(what: dict[str, Any], stem: str) -> Path:
        path = write_columns(tmp_path, what, stem)
        if form == "csv":
            pq.read_table(path).to_pandas().to_csv(path.with_suffix(".csv"), index=False)
        return path.with_suffix(f".{form}")

    if labels is not None:
        arguments = [*arguments, "--labels", str(put(labels, "y"))]
    result = cli("score", put(columns, "p"), *arguments, "-f", "json")
    assert result.code == 0, result.err
    assert result.json["task"] == "regression"
    assert result.json["classes"] == []
    found = result.json["metrics"]
    exact = 1e-6 if name == "float32" else 1e-12
    assert found["mae"]["value"] == pytest.approx(sk.mean_absolute_error(REAL, GUESS), rel=exact)
    assert found["r2"]["value"] == pytest.approx(sk.r2_score(REAL, GUESS), rel=exact)


def test_whole_numbers_are_amounts_only_when_told(cli: Cli, tmp_path: Path) -> None:
    """Ages and class numbers look alike."""
    path = write_columns(tmp_path, {"label": np.arange(N) % 40, "prediction": GUESS})
    result = cli("score", path)
    assert result.code == 2
    assert "--task regression" in result.err
    told = cli("score", path, "--task", "regression", "--only", "mae")
    assert float(told.out) == pytest.approx(sk.mean_absolute_error(np.arange(N) % 40, GUESS), rel=1e-12)


@pytest.mark.parametrize(
    ("columns", "arguments", "words"),
    [
        ({"label": REAL, "a": GUESS, "b": GUESS}, [], ["2 columns may be the predicted value", "--pred-col"]),
        ({"label": REAL, "pred": ["x"] * N}, [], ["does not contain one number per row"]),
        ({"label": ["x", "y"] * (N // 2), "pred": GUESS}, ["--task", "regression"], ["that are numbers"]),
        ({"label": REAL, "pred": GUESS}, ["--task", "multiclass"], ["classes"]),
        ({"label": REAL, "pred": GUESS}, ["--positive", "1"], ["--positive needs binary data"]),
        ({"label": REAL, "pred": GUESS}, ["--threshold", "1"], ["--threshold has no meaning"]),
        ({"label": REAL, "pred": GUESS}, ["--scores", "logits"], ["--scores has no meaning"]),
        ({"label": REAL, "pred": GUESS}, ["--average", "samples"], ["--average samples"]),
        ({"label": REAL, "pred": GUESS}, ["--explain-batches", "9"], ["one class per row"]),
        ({"label": REAL, "pred": GUESS}, ["-m", "f1"], ["'f1' is not defined for regression"]),
        ({"label": REAL, "pred": GUESS}, ["-m", "tweedie_deviance@0.5"], ["at most 0 or at least 1"]),
        ({"label": [1, 2], "p_1": [1.0, 0.0], "p_2": [0.0, 1.0]}, ["-m", "rmse"], ["not defined for binary"]),
        ({**named(P), **named(SETS, after="_outcome")}, ["--positive", "cat"], ["needs binary data"]),
        ({**named(P), **named(SETS, after="_outcome")}, ["-m", "accuracy"], ["'accuracy' is not defined"]),
        ({**named(P), **named(SETS, after="_outcome")}, ["--pred-col", "cat"], ["no labels"]),
        (
            {**named(P, order="01"), **named(SETS, "y_")},
            ["--label-cols", "y_*"],
            ["3 label columns, 2 score"],
        ),
        (
            {**named(P), **named(SETS * 2, "y_")},
            ["--label-cols", "y_*"],
            ["values other than 0 and 1", "row"],
        ),
        ({"label": lists(SETS), **named(P, "p_")}, ["--task", "binary"], ["lists of labels per row"]),
        ({"label": lists(SETS), **named(P, "p_", order="01")}, [], ["'owl'"]),
        ({"label": REAL, "pred": GUESS}, ["--task", "ranking"], ["unknown task 'ranking'"]),
    ],
)
def test_what_a_task_does_not_have(
    columns: dict[str, Any], arguments: list[str], words: list[str], cli: Cli, tmp_path: Path
) -> None:
    result = cli("score", write_columns(tmp_path, columns), *arguments)
    assert result.code == 2, result
    assert result.out == ""
    for word in words:
        assert word in result.err, result.err
