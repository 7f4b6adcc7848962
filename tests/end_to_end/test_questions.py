"""Where a file can be read in two ways: a question, or a note that says what was taken for granted."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from support.command_line import Cli
from support.questions import INDICATORS, NAMES, RNG, N, P, S, Y, put, refused

pytestmark = pytest.mark.long


def test_a_wrong_value_in_a_matrix_is_no_label(cli: Cli, tmp_path: Path) -> None:
    p = put(tmp_path, "p.npy", S)
    for value, seen in ((2.0, "2"), (0.5, "0.5")):
        y = INDICATORS.astype(float)
        y[4, 1] = value
        refused(cli("score", p, "-l", put(tmp_path, "y.npy", y)), "values other than 0 and 1", "row 5", seen)
    y[4, 1] = np.nan
    path = put(tmp_path, "y.npy", y)
    refused(cli("score", p, "-l", path), "1 of 60 rows lack some of their 3 labels", "row 5")
    assert cli("score", p, "-l", path, "--missing", "drop").code == 0
    wide = put(tmp_path, "wide.npy", np.hstack([S, S[:, :1]]))
    refused(cli("score", wide, "-l", put(tmp_path, "y.npy", INDICATORS)), "3 label columns, 4 score columns")


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
    lists = pa.array([[NAMES[j] for j in np.flatnonzero(row)] for row in INDICATORS], pa.list_(pa.string()))
    both = put(tmp_path, "b.parquet", {"label": lists, "scores": pa.array(S.tolist())})
    assert "assumed to be the labels in sorted order, ant, cat, dog" in cli("score", both).err


def test_a_softmax_for_several_labels_is_a_question(cli: Cli, tmp_path: Path) -> None:
    p = RNG.dirichlet([1, 1, 1], N)
    refused(
        cli("score", put(tmp_path, "p.npy", p), "-l", put(tmp_path, "y.npy", INDICATORS)),
        "sum to 1",
        "multilabel",
    )


def test_one_label_a_row_beside_scores_of_their_own(cli: Cli, tmp_path: Path) -> None:
    """A sparse multilabel file looks like one-hot rows."""
    p = put(tmp_path, "p.npy", RNG.random((N, 3)))
    y = put(tmp_path, "y.npy", np.eye(3, dtype=int)[Y])
    refused(cli("score", p, "-l", y), "or --task multilabel if a row can have several labels")
    assert cli("score", p, "-l", y, "--task", "multilabel").code == 0


def test_a_task_that_the_data_do_not_have(cli: Cli, tmp_path: Path) -> None:
    path = put(tmp_path, "p.parquet", {"label": Y > 0, "score": P[:, 0]})
    refused(cli("score", path, "--task", "multilabel"), "an indicator column (0/1) per label", "--label-cols")
    refused(cli("score", path, "--task", "multiclass"), "a score column per class, and there is one")
    refused(cli("score", path, "--label-col", "label", "--label-cols", "label"), "without --label-cols")
    refused(cli("score", path, "--label-col", "lab*"), "try: --label-cols 'lab*'")
    refused(cli("score", path, "--bins", "1000000000"), "more than 10,000")
    refused(cli("score", path, "--fail-under", "f1=inf"), "is not NAME=VALUE")
