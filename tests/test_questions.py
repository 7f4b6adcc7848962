"""Where a file can be read in two ways: a question, or a note that says what was taken for granted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import Result

Cli = Callable[..., Result]
N = 60
RNG = np.random.default_rng(6)
NAMES = ("cat", "dog", "ant")
Y = RNG.integers(0, 3, N)
P = np.eye(3)[Y] * 0.7 + 0.1
SETS = (RNG.random((N, 3)) < 0.5).astype(int)
S = np.abs(SETS - 0.2)


def put(folder: Path, name: str, content: Any) -> Path:
    path = folder / name
    if name.endswith(".npy"):
        np.save(path, content)
    else:
        pq.write_table(pa.table(content), path)
    return path


def refused(result: Result, *words: str) -> None:
    assert result.code == 2, result
    assert result.out == ""
    for word in words:
        assert word in result.err, result.err


def test_a_wrong_value_in_a_matrix_is_no_label(cli: Cli, tmp_path: Path) -> None:
    p = put(tmp_path, "p.npy", S)
    for value, seen in ((2.0, "2"), (0.5, "0.5")):
        y = SETS.astype(float)
        y[4, 1] = value
        refused(cli("score", p, "-l", put(tmp_path, "y.npy", y)), "other values than 0 and 1", "row 5", seen)
    y[4, 1] = np.nan
    path = put(tmp_path, "y.npy", y)
    refused(cli("score", p, "-l", path), "1 with no label", "row 5")
    assert cli("score", p, "-l", path, "--missing", "drop").code == 0
    wide = put(tmp_path, "wide.npy", np.hstack([S, S[:, :1]]))
    refused(cli("score", wide, "-l", put(tmp_path, "y.npy", SETS)), "3 label columns, 4 score columns")


def test_one_hot_columns_keep_their_order(cli: Cli, tmp_path: Path) -> None:
    """cat, dog, ant is an order; an array of scores has no other."""
    p = put(tmp_path, "p.npy", P)
    y = put(tmp_path, "y.parquet", {name: (j == Y).astype(int) for j, name in enumerate(NAMES)})
    result = cli("score", p, "-l", y, "-f", "json")
    assert result.json["classes"] == list(NAMES)
    assert result.json["metrics"]["accuracy"]["value"] == 1.0
    assert "in the order of the label columns, cat, dog, ant [order-assumed]" in result.err


def test_sorted_order_is_said(cli: Cli, tmp_path: Path) -> None:
    p = put(tmp_path, "p.npy", P)
    y = put(tmp_path, "y.parquet", {"label": [NAMES[j] for j in Y]})
    assert "in sorted order, ant, cat, dog [order-assumed]" in cli("score", p, "-l", y).err
    told = cli("score", p, "-l", y, "--classes", ",".join(NAMES))
    assert "order-assumed" not in told.err
    assert "accuracy" in told.out
    lists = pa.array([[NAMES[j] for j in np.flatnonzero(row)] for row in SETS], pa.list_(pa.string()))
    both = put(tmp_path, "b.parquet", {"label": lists, "scores": pa.array(S.tolist())})
    assert "as the labels in sorted order, ant, cat, dog" in cli("score", both).err


def test_names_that_do_not_pair(cli: Cli, tmp_path: Path) -> None:
    y = put(tmp_path, "y.parquet", {name: SETS[:, j] for j, name in enumerate(NAMES)})
    other = put(tmp_path, "o.parquet", {f"s{j}": S[:, j] for j in range(3)})
    refused(cli("score", other, "-l", y), "do not pair by name", "--score-cols")
    told = cli("score", other, "-l", y, "--score-cols", "s0,s1,s2")
    assert told.code == 0
    assert "scores s0, s1, s2 are taken for labels cat, dog, ant, in this order" in told.err
    numbered = put(tmp_path, "n.parquet", {f"p_{j}": S[:, j] for j in range(3)})
    assert "order-assumed" in cli("score", numbered, "-l", y).err


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


def test_two_amounts_are_no_classes(cli: Cli, tmp_path: Path) -> None:
    path = put(tmp_path, "p.parquet", {"y": [100, 200, 100, 200], "pred": [104.5, 190.2, 99.0, 201.7]})
    refused(cli("score", path), "classes or amounts", "--task regression")
    assert cli("score", path, "--task", "regression", "--only", "mae").code == 0
    assert cli("score", path, "--task", "binary", "--only", "roc_auc").out == "1.0\n"


def test_big_numbers_stay_apart(cli: Cli, tmp_path: Path) -> None:
    """Beyond 2**53 floats run out; an underscore is no digit."""
    for names in (("1234567890123456789", "1234567890123456790", "7"), ("1_0", "10", "7")):
        y = [names[j] for j in Y]
        said = [names[j] for j in np.roll(Y, 1)]
        result = cli("score", put(tmp_path, "p.parquet", {"label": y, "pred": said}), "-f", "json")
        assert sorted(result.json["classes"]) == sorted(names)
        assert result.json["metrics"]["accuracy"]["value"] == pytest.approx(np.mean(np.roll(Y, 1) == Y))


def test_a_softmax_for_several_labels_is_a_question(cli: Cli, tmp_path: Path) -> None:
    p = RNG.dirichlet([1, 1, 1], N)
    refused(
        cli("score", put(tmp_path, "p.npy", p), "-l", put(tmp_path, "y.npy", SETS)), "sum to 1", "multilabel"
    )


def test_one_label_a_row_beside_scores_of_their_own(cli: Cli, tmp_path: Path) -> None:
    """A sparse multilabel file looks like one-hot rows."""
    p = put(tmp_path, "p.npy", RNG.random((N, 3)))
    y = put(tmp_path, "y.npy", np.eye(3, dtype=int)[Y])
    refused(cli("score", p, "-l", y), "or --task multilabel if a row may have several labels")
    assert cli("score", p, "-l", y, "--task", "multilabel").code == 0


def test_a_task_that_the_data_do_not_have(cli: Cli, tmp_path: Path) -> None:
    path = put(tmp_path, "p.parquet", {"label": Y > 0, "score": P[:, 0]})
    refused(cli("score", path, "--task", "multilabel"), "a column of 0 and 1 for each label", "--label-cols")
    refused(cli("score", path, "--task", "multiclass"), "a score column for each class, and there is one")
    refused(cli("score", path, "--label-col", "label", "--label-cols", "label"), "give one of them")
    refused(cli("score", path, "--label-col", "lab*"), "--label-cols 'lab*' takes several")
    refused(cli("score", path, "--bins", "1000000000"), "more than 10,000")
    refused(cli("score", path, "--fail-under", "f1=inf"), "is not NAME=VALUE")


def test_quantiles_of_whole_numbers(cli: Cli, tmp_path: Path) -> None:
    counts = RNG.poisson(9, N)
    path = put(tmp_path, "p.parquet", {"y": counts, "q_0.1": counts - 3.0, "q_0.9": counts + 3.0})
    result = cli("score", path, "-f", "json")
    assert result.json["task"] == "regression"
    assert result.json["metrics"]["interval_coverage@0.8"]["value"] == 1.0
    assert "1.0000 of the rows lie between q_0.1 and q_0.9: 0.8 should [interval-coverage]" in result.err
    crossed = put(tmp_path, "c.parquet", {"y": counts, "q_0.1": counts + 3.0, "q_0.9": counts - 3.0})
    assert "q_0.1 and q_0.9 are crossed: their mean distance is -6" in cli("score", crossed).err


@pytest.mark.parametrize("name", ["truth", "label", "target", "y_true", "y", "ground_truth"])
def test_a_true_label_beside_scores_is_no_prediction(name: str, cli: Cli, tmp_path: Path) -> None:
    """The predictions carry their labels along: the scores decide, not they."""
    (tmp_path / "p.csv").write_text(f"{name},prob_a,prob_b\na,0.1,0.9\nb,0.2,0.8\na,0.3,0.7\n")
    (tmp_path / "y.csv").write_text("label\na\nb\na\n")
    common = ("score", tmp_path / "p.csv", "-l", tmp_path / "y.csv", "--only", "accuracy")
    for more in ((), ("--score-cols", "prob_*")):
        assert float(cli(*common, *more).out) == 1 / 3
