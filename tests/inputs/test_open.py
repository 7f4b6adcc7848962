from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli, Save, assert_refused
from support.inspecting import K, N, check, good, saved_table


def test_unequal_lengths_show_both(cli: Cli, saved: Save) -> None:
    p = saved("p.csv", "prob_a,prob_b\n0.9,0.1\n0.2,0.8\n0.5,0.5\n")
    assert_refused(
        cli("score", p, "--labels", saved("y.csv", "y\na\nb\n")),
        "different numbers of rows",
        "3 predictions, 2 labels",
    )
    long = saved("long.csv", "y\n" + "a\nb\n" * 1000)
    assert_refused(cli("score", p, "--labels", long), "3 predictions, 2,000 labels")
    assert_refused(
        cli("score", saved("p.npy", np.full((3, 2), 0.5)), "--labels", saved("y.npy", np.array([0, 1]))),
        "3 predictions, 2 labels",
    )


def test_a_transposed_matrix(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    np.save(tmp_path / "p.npy", p.T)
    np.save(tmp_path / "y.npy", y)
    found = check(cli, (tmp_path / "p.npy", "-l", tmp_path / "y.npy"), "transposed", "error")
    assert found["seen"] == f"shape ({K}, {N}), and {N} labels"


def test_files_of_different_lengths(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", y[:-3])
    check(cli, (tmp_path / "p.npy", "-l", tmp_path / "y.npy"), "rows-differ", "error")


def test_the_confidence_beside_a_predicted_class(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    for name in ("confidence", "score"):
        path = saved_table(
            tmp_path, pd.DataFrame({"label": y, "pred": p.argmax(axis=1), name: p.max(axis=1)})
        )
        assert float(cli("score", path, "--only", "accuracy").out) == (p.argmax(axis=1) == y).mean()


def test_the_confidence_of_a_pipeline(cli: Cli, tmp_path: Path) -> None:
    """A label and how sure it is of it, beside labels of their own."""
    y, p = good(2)
    names = np.array(["NEGATIVE", "POSITIVE"])
    output = pd.DataFrame({"label": names[p.argmax(axis=1)], "score": p.max(axis=1)})
    path = saved_table(tmp_path, output)
    labels = saved_table(tmp_path, pd.DataFrame({"label": names[y]}), "y.csv")
    found = cli("score", path, "-l", labels)
    assert "[score-not-used]" in found.err
    assert float(cli("score", path, "-l", labels, "--only", "accuracy").out) == (p.argmax(axis=1) == y).mean()
    assert "roc_auc" not in found.out


def test_a_header_taken_for_a_row_shows_in_the_count(tmp_path: Path, cli: Cli) -> None:
    np.save(tmp_path / "p.npy", np.array([0, 1, 2]))
    (tmp_path / "y.csv").write_text("1\n0\n1\n2\n")
    refused = cli("score", tmp_path / "p.npy", "-l", tmp_path / "y.csv")
    assert (refused.code, "3 predictions, 4 labels" in refused.err, "--header" in refused.err) == (
        2,
        True,
        True,
    )
    assert cli("score", tmp_path / "p.npy", "-l", tmp_path / "y.csv", "--header").code == 0


@pytest.mark.parametrize("order", [[2, 0, 3, 1], [3, 2, 1, 0], [0, 1, 2, 3]])
@pytest.mark.parametrize("other", [[1, 3, 0, 2], [3, 2, 1, 0], [0, 1, 2, 3]])
def test_the_index_of_pandas_joins_shuffled_rows(
    order: list[int], other: list[int], cli: Cli, tmp_path: Path
) -> None:
    """Stored as a column, or as the start and step of a range; where one file counts its rows, a question."""
    frame = pd.DataFrame({"label": list("abab"), "prob_a": [0.9, 0.2, 0.7, 0.4]})
    frame["prob_b"] = 1 - frame["prob_a"]
    frame[["prob_a", "prob_b"]].iloc[order].to_parquet(tmp_path / "p.parquet")
    frame[["label"]].iloc[other].to_parquet(tmp_path / "y.parquet")
    files = (tmp_path / "p.parquet", "-l", tmp_path / "y.parquet", "--only", "accuracy")
    result = cli("score", *files)
    if (order == [0, 1, 2, 3]) == (other == [0, 1, 2, 3]):
        assert (result.out, result.err) == ("1.0\n", "")
        return
    assert (result.code, "--by-order" in result.err) == (2, True)
    assert cli("score", *files, "--id-col", "__index_level_0__").out == "1.0\n"
    assert cli("score", *files, "--by-order").code == 0


def test_labels_that_kept_their_places_in_a_larger_table(cli: Cli, tmp_path: Path) -> None:
    """The rows of a split beside predictions that were never named: their order is all there is."""
    pd.DataFrame({"prob_a": [0.9, 0.2], "prob_b": [0.1, 0.8]}).to_parquet(tmp_path / "p.parquet")
    pd.DataFrame({"label": ["a", "b"]}, index=[90, 17]).to_parquet(tmp_path / "y.parquet")
    result = cli("score", tmp_path / "p.parquet", "-l", tmp_path / "y.parquet", "--only", "accuracy")
    assert (result.out, result.err) == ("1.0\n", "")
