from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from support.command_line import Cli, Save, assert_refused


@pytest.mark.parametrize("value", ["-100", "255", "UNK"])
def test_rows_of_the_label_are_left_out_and_counted(value: str, cli: Cli, saved: Save) -> None:
    rows = ["a,a", "b,b", f"{value},a", "a,b", f"{value},b", "b,b"]
    path = saved("p.csv", "label,pred\n" + "\n".join(rows) + "\n")
    kept = saved("k.csv", "label,pred\n" + "\n".join(r for r in rows if value not in r) + "\n")
    found = cli("score", path, "--ignore-label", value, "-f", "json").json
    without = cli("score", kept, "-f", "json").json
    assert found["classes"] == without["classes"] == ["a", "b"]
    assert {k: v["value"] for k, v in found["metrics"].items()} == {
        k: v["value"] for k, v in without["metrics"].items()
    }
    assert found["input"]["rows"]["dropped"] == {"ignored_label": 2}
    assert "2 of 6 rows dropped: ignored label" in cli("score", path, "--ignore-label", value).err


def test_several_labels_in_any_spelling(cli: Cli, tmp_path: Path) -> None:
    y = np.array([0.0, 1.0, -1.0, -100.0, 1.0])
    np.savez(tmp_path / "p.npz", label=y, pred=np.array([0, 1, 0, 1, 0]))
    result = cli("score", tmp_path / "p.npz", "--ignore-label", "-1", "--ignore-label", "-100", "-f", "json")
    assert result.json["input"]["rows"]["scored"] == 3
    assert result.json["metrics"]["accuracy"]["value"] == pytest.approx(2 / 3)


def test_true_values_that_stand_for_none(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "y,pred\n1.5,1.5\n-999,2.0\n2.5,2.0\n")
    assert cli("score", path, "--ignore-label", "-999", "--only", "mae").out == "0.25\n"
    assert_refused(cli("score", path, "--ignore-label", "x"), "is not a number")


def test_rows_that_hold_the_label_among_others(cli: Cli, saved: Save) -> None:
    rows = [{"labels": ["a"], "probs": [0.9, 0.2]}, {"labels": ["b", "UNK"], "probs": [0.9, 0.9]},
            {"labels": ["b"], "probs": [0.1, 0.8]}]  # fmt: skip
    path = saved("p.jsonl", "\n".join(map(json.dumps, rows)))
    report = cli("score", path, "--ignore-label", "UNK", "-f", "json").json
    assert (report["classes"], report["input"]["rows"]["dropped"]) == (["a", "b"], {"ignored_label": 1})


def test_a_label_that_no_row_has_is_told(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,pred\na,a\nb,b\n")
    result = cli("score", path, "--ignore-label", "c")
    assert (result.code, "ignored-label-absent" in result.err) == (0, True)


def test_nothing_is_left(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,pred\na,a\na,a\n")
    assert_refused(cli("score", path, "--ignore-label", "a"), "every label is missing")


def test_a_mark_among_columns_of_0_and_1_is_a_gap(cli: Cli, saved: Save) -> None:
    rows = [
        "1,-1,0.75,0.5",
        "0,1,0.25,0.875",
        "-1,0,0.5,0.125",
        "1,1,0.625,0.5",
        "-1,-1,0.5,0.5",
        "0,0,0.375,0.25",
    ]
    text = "y_a,y_b,prob_a,prob_b\n" + "\n".join(rows) + "\n"
    marked = saved("m.csv", text)
    gaps = saved("g.csv", text.replace("-1", ""))
    told = ("--label-cols", "y_*", "-m", "roc_auc_macro,f1_macro", "-f", "json")
    assert cli("score", marked, *told).code == 2
    one = cli("score", marked, *told, "--ignore-label", "-1").json
    other = cli("score", gaps, *told, "--missing", "drop").json
    assert one["metrics"] == other["metrics"]
    assert one["input"]["rows"]["dropped"] == {"ignored_label": 1}
    both = saved("b.csv", text.replace("1,1,0.6", "1,,0.6"))
    assert_refused(cli("score", both, "--label-cols", "y_*", "--ignore-label", "-1"), "--missing drop")
