from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from support.command_line import Cli, Save, assert_refused
from support.inspecting import good

N = 200


def pair(folder: Path, name: str, values: object, other: object, seed: int = 0) -> tuple[Path, Path, float]:
    """Predictions and labels with a column of one name, the labels shuffled if ``other`` is None."""
    y, p = good(2, N)
    predictions = pd.DataFrame({name: values, "prob": p[:, 1]})
    labels = pd.DataFrame({name: values if other is None else other, "label": y})
    if other is None:
        labels = labels.sample(frac=1, random_state=seed)
    predictions.to_csv(folder / "p.csv", index=False)
    labels.to_csv(folder / "y.csv", index=False)
    return folder / "p.csv", folder / "y.csv", float(((p[:, 1] > 0.5) == y).mean())


@pytest.mark.parametrize("name", ["img", "name", "text", "sample", "row", "file", "document"])
def test_a_column_that_names_the_rows_matches_them(name: str, cli: Cli, tmp_path: Path) -> None:
    p, y, accuracy = pair(tmp_path, name, [f"x{j}" for j in range(N)], None)
    found = cli("score", p, "--labels", y, "--only", "accuracy")
    assert (float(found.out), "matched-by-name" in found.err) == (accuracy, True)
    by_order = cli("score", p, "--labels", y, "--by-order", "--only", "accuracy")
    assert float(by_order.out) != accuracy


def test_a_column_that_repeats_and_differs_is_asked_about(cli: Cli, tmp_path: Path) -> None:
    values = np.arange(N) % 50
    p, y, _ = pair(tmp_path, "user_id", values, values[::-1])
    said = assert_refused(cli("score", p, "--labels", y), "column user_id is in both files", "--by-order")
    assert "200 of 200 rows" in said
    assert cli("score", p, "--labels", y, "--by-order").code == 0


def test_a_column_that_is_the_same_asks_nothing(cli: Cli, tmp_path: Path) -> None:
    values = np.arange(N) % 50
    p, y, accuracy = pair(tmp_path, "user_id", values, values)
    found = cli("score", p, "--labels", y, "--only", "accuracy")
    assert (float(found.out), "matched" in found.err) == (accuracy, False)


def test_fractions_that_differ_are_asked_about(cli: Cli, tmp_path: Path) -> None:
    values = np.round(np.random.default_rng(0).normal(size=N), 3)
    p, y, _ = pair(tmp_path, "age", values, values[::-1])
    assert_refused(cli("score", p, "--labels", y), "column age is in both files")


def test_labels_in_both_files_that_differ(cli: Cli, tmp_path: Path) -> None:
    y, p = good(2, N)
    pd.DataFrame({"label": p.argmax(axis=1), "prob": p[:, 1]}).to_csv(tmp_path / "p.csv", index=False)
    pd.DataFrame({"label": y}).to_csv(tmp_path / "y.csv", index=False)
    said = assert_refused(cli("score", tmp_path / "p.csv", "--labels", tmp_path / "y.csv"), "column label")
    assert "--pred-col label" in said
    told = cli("score", tmp_path / "p.csv", "--labels", tmp_path / "y.csv", "--pred-col", "label")
    assert told.code == 0


def test_columns_of_other_names_with_the_same_values(cli: Cli, tmp_path: Path) -> None:
    p, y, accuracy = pair(tmp_path, "image", [f"x{j}" for j in range(N)], None)
    labels = pd.read_csv(y).rename(columns={"image": "picture"})
    labels.to_csv(y, index=False)
    assert_refused(cli("score", p, "--labels", y), "the same values", "--id-col image=picture")
    found = cli("score", p, "--labels", y, "--id-col", "image=picture", "--only", "accuracy")
    assert float(found.out) == accuracy
    labels.sort_values("picture", key=lambda c: c.str[1:].astype(int)).to_csv(y, index=False)
    assert float(cli("score", p, "--labels", y, "--only", "accuracy").out) == accuracy


def test_whole_numbers_under_another_name_are_asked_about(cli: Cli, saved: Save) -> None:
    """A column called id in one file only, whose values the other file has in another order."""
    rows = range(1, 31)
    p = saved("p.csv", "id,prob\n" + "".join(f"{j},{(j % 7) / 7}\n" for j in rows))
    moved = [((j * 7) % 31) for j in rows]
    y = saved("y.csv", "image,label\n" + "".join(f"{j},{int(j % 7 > 3)}\n" for j in moved))
    said = assert_refused(
        cli("score", p, "--labels", y), "same values, in another order", "--id-col id=image"
    )
    assert "--by-order" not in said
    assert cli("score", p, "--labels", y, "--id-col", "id=image", "--only", "roc_auc").out == "1.0\n"
