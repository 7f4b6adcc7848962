from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from support.command_line import Cli
from support.matching import LABELS, PREDICTIONS, saved_pair
from support.weighted_files import TASKS, WEIGHT, write_weighted


@pytest.mark.parametrize("weight", ["x", "heavy"])
def test_a_weight_that_is_none_is_refused(weight: str, cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(f"label,prob,sample_weight\n1,.9,1\n0,.8,{weight}\n1,.7,5\n0,.1,1\n")
    refused = cli("score", tmp_path / "p.csv")
    assert (refused.code, "named like a sample weight does not contain numbers" in refused.err) == (2, True)
    assert cli("score", tmp_path / "p.csv", "--unweighted").code == 0


def test_weights_that_begin_far_down(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,prob,sample_weight\n" + "1,.9,\n" * 20_000 + "0,.8,100\n" * 20_000)
    refused = cli("score", tmp_path / "p.csv")
    assert (refused.code, "20,000 with no weight" in refused.err) == (2, True)


def test_columns_of_other_names(cli: Cli, tmp_path: Path) -> None:
    files = saved_pair(tmp_path, PREDICTIONS.replace("id,", "image,"), LABELS.replace("id,", "key,"))
    assert cli("score", *files, "--id-col", "image=key", "--only", "accuracy").out == "1.0\n"
    assert "no column 'key'" in cli("score", *files, "--id-col", "key").err
    assert "contradict" in cli("score", *files, "--id-col", "image=key", "--by-order").err


def test_which_id_is_a_question(cli: Cli, tmp_path: Path) -> None:
    files = saved_pair(tmp_path, "uuid,id,p\na,1,0.5\nb,2,0.5\n", "uuid,id,label\na,1,0\nb,2,1\n")
    assert "several columns may be the ids" in cli("score", *files).err


@pytest.mark.parametrize("name", ["customer_id", "PassengerId", "customerID", "idx"])
def test_ids_of_other_things_join_too(name: str, cli: Cli, tmp_path: Path) -> None:
    files = saved_pair(tmp_path, PREDICTIONS.replace("id,", f"{name},"), LABELS.replace("id,", f"{name},"))
    assert cli("score", *files, "--only", "accuracy").out == "1.0\n"
    repeated = LABELS.replace("id,", f"{name},").replace("\n2,", "\n1,")
    files = saved_pair(tmp_path, PREDICTIONS.replace("id,", f"{name},"), repeated)
    assert "matched by" not in cli("score", *files).out  # it names no rows


def test_a_file_of_ids_and_weights_has_the_weight_for_its_truth(cli: Cli, tmp_path: Path) -> None:
    files = saved_pair(tmp_path, "id,pred\n1,71.5\n2,60.5\n3,90\n", "id,weight\n1,70.5\n2,61\n3,88\n")
    report = cli("score", *files, "-f", "json").json
    assert (report["task"], report["input"]["roles"]["truth"]) == ("regression", "weight")
    assert "weight-not-used" not in {note["code"] for note in report["notes"]}
    refused = cli("score", *files, "--weight-col", "weight")
    assert (refused.code, "no column is left for the label" in refused.err) == (2, True)


def test_ids_that_differ_in_case_are_one_column(cli: Cli, tmp_path: Path) -> None:
    files = saved_pair(tmp_path, PREDICTIONS, LABELS.replace("id,", "Id ,"))
    assert cli("score", *files, "--only", "accuracy").out == "1.0\n"


def test_ids_of_other_names_are_a_question(cli: Cli, tmp_path: Path) -> None:
    files = saved_pair(tmp_path, PREDICTIONS, LABELS.replace("id,", "sample_id,"))
    refused = cli("score", *files)
    assert (refused.code, "--id-col id=sample_id" in refused.err) == (2, True)
    assert cli("score", *files, "--id-col", "id=sample_id", "--only", "accuracy").out == "1.0\n"
    assert cli("score", *files, "--by-order").code == 0


@pytest.mark.parametrize("forms", [("csv", "parquet"), ("parquet", "csv"), ("csv", "csv")])
def test_the_index_of_pandas_whatever_the_format(forms: tuple[str, str], cli: Cli, tmp_path: Path) -> None:
    frame = pd.DataFrame({"label": list("abab"), "prob_a": [0.9, 0.2, 0.7, 0.4]}).assign(
        prob_b=lambda t: 1 - t.prob_a
    )
    for name, columns, order, form in (
        ("p", ["prob_a", "prob_b"], [2, 0, 3, 1], forms[0]),
        ("y", ["label"], [1, 3, 0, 2], forms[1]),
    ):
        table = frame[columns].iloc[order]
        path = tmp_path / f"{name}.{form}"
        table.to_csv(path) if form == "csv" else table.to_parquet(path)
    files = (tmp_path / f"p.{forms[0]}", "-l", tmp_path / f"y.{forms[1]}")
    assert cli("score", *files, "--only", "accuracy").out == "1.0\n"


def test_weights_beside_the_labels(cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    p = write_weighted(tmp_path, {"p_True": columns["p_True"]}, "p")
    y = write_weighted(tmp_path, {"label": columns["label"], "w": WEIGHT}, "y")
    both = write_weighted(tmp_path, {**columns, "w": WEIGHT}, "both")
    apart = cli("score", p, "-l", y, "--weight-col", "w", "--only", "log_loss")
    assert apart.out == cli("score", both, "--weight-col", "w", "--only", "log_loss").out


def test_a_column_of_weights_is_found_and_said(cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    path = write_weighted(tmp_path, {**columns, "sample_weight": WEIGHT}, "p")
    found = cli("score", path)
    assert "weighted by sample_weight" in found.out
    assert found.out == cli("score", path, "--weight-col", "sample_weight").out
    assert "weighted" not in cli("score", path, "--unweighted").out
    both = cli("score", path, "--unweighted", "--weight-col", "sample_weight")
    assert (both.code, "contradict" in both.err) == (2, True)


def test_a_misspelled_column_of_weights(cli: Cli, tmp_path: Path) -> None:
    columns, _ = TASKS["binary"]
    path = write_weighted(tmp_path, {**columns, "weight": WEIGHT}, "p")
    assert "did you mean --weight-col weight?" in cli("score", path, "--weight-col", "wieght").err
    refused = cli("score", path, "--weight-col", "weight", "--explain-batches", 10)
    assert "no meaning for weighted rows" in refused.err
