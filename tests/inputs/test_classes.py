from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli, Save, assert_refused
from support.inspecting import RNG, N, check, frame, good, saved_table
from support.questions import put, refused


def test_labels_are_numbers_and_columns_are_names(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_a,prob_b\n0,0.9,0.1\n1,0.2,0.8\n")
    assert_refused(
        cli("score", path), "the labels are numbers, but the score columns have names", "--classes"
    )
    assert cli("score", path, "--classes", "a,b").code == 0


def test_one_score_column_and_three_labels(cli: Cli, saved: Save) -> None:
    assert_refused(
        cli("score", saved("p.csv", "label,p\na,0.1\nb,0.2\nc,0.3\n")),
        "one score column, but 3 different labels",
    )


def test_a_single_class_is_refused(cli: Cli, saved: Save) -> None:
    assert_refused(cli("score", saved("p.csv", "label,pred\na,a\na,a\n")), "a single class", "--classes")


def test_options_for_binary_data_alone(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_a,prob_b,prob_c\na,1,0,0\nb,0,1,0\nc,0,0,1\n")
    assert_refused(cli("score", path, "--threshold", "0.3"), "--threshold needs binary data")
    assert_refused(cli("score", path, "--positive", "a"), "--positive needs binary data")
    assert_refused(cli("score", path, "--task", "binary"), "3 classes are not binary")


def test_a_single_class(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    check(cli, (saved_table(tmp_path, frame(p[y == 2], y[y == 2])),), "single-class", "warning")
    check(
        cli, (saved_table(tmp_path, "label,pred\na,a\na,a\n"),), "single-class", "error", ("--classes", "a,b")
    )


def test_columns_that_sort_as_text_are_taken_as_numbers(cli: Cli, tmp_path: Path) -> None:
    y, p = good(12, 500)
    table = frame(p, y)
    path = saved_table(tmp_path, table[sorted(table.columns)])
    report = cli("score", path, "-f", "json").json
    assert report["classes"] == [str(j) for j in range(12)]
    assert report["metrics"]["accuracy"]["value"] == (p.argmax(axis=1) == y).mean()


def test_predicted_classes_that_count_from_zero(cli: Cli, tmp_path: Path) -> None:
    path = saved_table(tmp_path, "label,pred\n" + "1,0\n2,1\n3,2\n" * 20)
    check(cli, (path,), "labels-shifted", "error")


def test_a_number_among_columns_called_as_labels(cli: Cli, tmp_path: Path) -> None:
    y, p = good(3)
    names = ["cat", "dog", "owl"]
    table = pd.DataFrame(p, columns=names).assign(surprise=RNG.random(N), label=np.array(names)[y])
    path = saved_table(tmp_path, table)
    assert cli("score", path).out == cli("score", path, "--score-cols", "cat,dog,owl").out
    logits = table.assign(**{name: np.log(table[name] / (1 - table[name])) for name in names})
    path = saved_table(tmp_path, logits)
    check(cli, (path,), "which-scores", "error", ("--score-cols", "cat,dog,owl"))


def test_names_with_nothing_in_common(cli: Cli, tmp_path: Path) -> None:
    path = saved_table(tmp_path, "label,pred\n" + "0,cat\n1,dog\n" * 20)
    check(cli, (path,), "unknown-labels", "error")


@pytest.mark.parametrize(
    ("truth", "predicted"),
    [
        ([18, 44, 63, 29], [20, 41, 66, 30]),
        (list(range(1990, 2020)), list(range(1990, 2020))),
        ([18.0, 44.0, 63.0, 29.0], [20.0, 41.0, 66.0, 31.0]),
    ],
)
def test_numbers_that_may_be_amounts(
    truth: list[int], predicted: list[int], cli: Cli, tmp_path: Path
) -> None:
    path = put(tmp_path, "p.parquet", {"y": truth, "pred": predicted})
    refused(cli("score", path), "--task regression")
    assert cli("score", path, "--task", "regression").code == 0
    if isinstance(truth[0], int):
        assert cli("score", path, "--task", "multiclass").code == 0


@pytest.mark.parametrize("truth", [[0, 1, 2, 1], [1, 2, 3, 1], [10, 20, 30, 10]])
def test_numbers_that_are_classes(truth: list[int], cli: Cli, tmp_path: Path) -> None:
    path = put(tmp_path, "p.parquet", {"y": truth, "pred": truth[::-1]})
    assert cli("score", path, "-f", "json").json["task"] == "multiclass"


@pytest.mark.parametrize(
    "spelling", [["False", "True"], ["false", "true"], ["0", "1"], ["-1", "1"], ["no", "yes"]]
)
def test_binary_labels_of_any_spelling(spelling: list[str], cli: Cli, tmp_path: Path) -> None:
    rows = "".join(f"{spelling[y]},{p}\n" for y, p in ((0, 0.1), (1, 0.4), (0, 0.35), (1, 0.8)))
    (tmp_path / "p.csv").write_text("label,p\n" + rows)
    assert cli("score", tmp_path / "p.csv", "--only", "roc_auc").out == "1.0\n"


@pytest.mark.parametrize(
    ("labels", "predicted"), [("01", ["false", "true"]), (["False", "True"], "01"), ("01", ["0.0", "1.0"])]
)
def test_predicted_classes_of_another_spelling(labels: Any, predicted: Any, cli: Cli, tmp_path: Path) -> None:
    rows = "".join(f"{labels[y]},{predicted[h]}\n" for y, h in ((0, 0), (1, 1), (1, 0), (0, 0)))
    (tmp_path / "p.csv").write_text("label,pred\n" + rows)
    result = cli("score", tmp_path / "p.csv", "-f", "json")
    assert result.json["classes"] == list(labels)
    assert result.json["metrics"]["accuracy"]["value"] == 0.75


def test_boolean_predictions_of_one_class(cli: Cli, tmp_path: Path) -> None:
    """The labels hold the other class alone."""
    np.save(tmp_path / "h.npy", np.array([True, False, True]))
    np.save(tmp_path / "y.npy", np.array([1, 1, 1]))
    result = cli("score", tmp_path / "h.npy", "-l", tmp_path / "y.npy", "--only", "accuracy")
    assert result.out == f"{2 / 3}\n"


@pytest.mark.parametrize(
    ("mark", "classes"), [("-100", [0, 1, 2]), ("255", list(range(21))), ("-1000", [1, 2]), ("999", [0, 1])]
)
def test_a_label_that_marks_what_does_not_count_is_a_question(
    mark: str, classes: list[int], cli: Cli, tmp_path: Path
) -> None:
    rng = np.random.default_rng(2)
    predicted = np.array(classes * 4)
    truth = np.where(rng.random(len(predicted)) < 0.3, int(mark), predicted)
    truth[0] = int(mark)
    labels = tmp_path / "y.npy"
    np.save(labels, truth)
    np.save(tmp_path / "stored.npy", predicted)
    np.save(tmp_path / "scores.npy", rng.dirichlet(np.ones(max(classes) + 1), len(truth)))
    marked = f"{np.count_nonzero(truth == int(mark))} of {len(truth)} rows"
    for name in ("stored", "scores"):
        common = ("score", tmp_path / f"{name}.npy", "-l", labels, "-m", "accuracy")
        message = assert_refused(cli(*common), f"label {mark} is far", f"--ignore-label {mark}", marked)
        assert f"--null-values {mark} --missing drop" in message
        assert message.index("--ignore-label") < message.index("--null-values")
        dropped = cli(*common, "--null-values", mark, "--missing", "drop", "-f", "json")
        assert dropped.json["input"]["rows"]["scored"] == np.count_nonzero(truth != int(mark))
    everything = ",".join(map(str, sorted([int(mark), *classes])))
    kept = cli("score", tmp_path / "stored.npy", "-l", labels, "--classes", everything, "-f", "json")
    assert kept.json["metrics"]["accuracy"]["value"] == pytest.approx(np.mean(truth == predicted))


def test_a_mark_beside_named_scores_and_one_score(cli: Cli, tmp_path: Path) -> None:
    rows = "0,0.9,0.1,0\n1,0.2,0.7,0.1\n2,0.1,0.1,0.8\n-100,0.5,0.3,0.2\n"
    (tmp_path / "named.csv").write_text("label,prob_0,prob_1,prob_2\n" + rows)
    assert_refused(cli("score", tmp_path / "named.csv"), "not among the 3 classes", "--ignore-label -100")
    (tmp_path / "one.csv").write_text("label,prob_1\n0,0.1\n1,0.9\n-100,0.5\n")
    assert_refused(cli("score", tmp_path / "one.csv"), "label -100 is far", "--ignore-label -100")


@pytest.mark.parametrize(
    ("truth", "predicted"),
    [
        ([-1, 1, 1, -1], [1, 1, 1, 1]),
        ([-1, 0, 1, 1], [0, 0, 1, 1]),
        ([0, 1, 2, 100], [0, 1, 100, 2]),
        ([0, 1, 5, 1], [0, 1, 1, 0]),
        (["a", "b", "UNK", "a"], ["a", "b", "a", "a"]),
    ],
)
def test_classes_that_are_no_marks(truth: list[Any], predicted: list[Any], cli: Cli, tmp_path: Path) -> None:
    pd.DataFrame({"label": truth, "pred": predicted}).to_csv(tmp_path / "p.csv", index=False)
    assert cli("score", tmp_path / "p.csv", "-m", "accuracy").code == 0


def test_dates_are_a_question(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "y_true,y_pred\n2024-01-01,2024-01-02\n2024-01-03,2024-01-03\n")
    assert_refused(cli("score", path), "dates or times", "--task multiclass")
    assert cli("score", path, "--task", "multiclass", "--only", "accuracy").out == "0.5\n"
