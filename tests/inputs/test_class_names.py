from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from evalcli.errors import AmbiguousInput
from evalcli.findings import Place
from evalcli.inputs.class_names import class_indices, in_order, unnamed_classes
from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused
from support.inspecting import check, frame, good, saved_table
from support.questions import Y, put


def test_labels_that_are_not_among_the_classes(cli: Cli, saved: Save) -> None:
    assert_refused(
        cli("score", saved("p.csv", GOOD + "c,0.5,0.5\n")),
        "1 label is not among the 2 classes",
        "row 3",
        "'c'",
    )


def test_labels_that_are_no_class(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    names = np.array(["cat", "dog", "cow", "hen"])
    labels = pd.DataFrame({"label": names[y]})
    labels.loc[5, "label"] = "cot"
    path = saved_table(tmp_path, pd.DataFrame(p, columns=[f"prob_{name}" for name in names]))
    found = check(cli, (path, "-l", saved_table(tmp_path, labels, "y.csv")), "unknown-labels", "error")
    assert found["where"].endswith("y.csv, row 6")


@pytest.mark.parametrize("other", ["Cat", "cat ", " CAT"])
def test_names_that_differ_by_case_or_blanks(other: str, cli: Cli, tmp_path: Path) -> None:
    rows = [["cat", 0.9, 0.1], ["dog", 0.2, 0.8], [other, 0.7, 0.3], ["dog", 0.4, 0.6]]
    named = pd.DataFrame(rows, columns=["label", "prob_cat", "prob_dog"])
    path = saved_table(tmp_path, named)
    found = check(cli, (path,), "names-differ", "error", ("--fold-names",))
    assert f"'cat' and {other!r}" in found["seen"] or f"{other!r} and 'cat'" in found["seen"]
    assert cli("score", path, "--fold-names", "--only", "accuracy").out == "1.0\n"
    alone = saved_table(tmp_path, named[["label"]].assign(pred=["cat", "dog", "cat", "dog"]), "q.csv")
    check(cli, (alone,), "names-differ", "error", ("--fold-names",))
    assert cli("score", alone, "--fold-names", "--only", "accuracy").out == "1.0\n"


def test_names_composed_otherwise_are_the_same(cli: Cli, tmp_path: Path) -> None:
    """As Unicode has it: one letter with an accent, or a letter and an accent."""
    path = saved_table(
        tmp_path, "label,prob_\u00e9t\u00e9,prob_hiver\ne\u0301te\u0301,0.9,0.1\nhiver,0.1,0.9\n"
    )
    assert cli("score", path, "--only", "accuracy").out == "1.0\n"


def test_labels_that_count_from_one(cli: Cli, tmp_path: Path) -> None:
    y, p = good()
    for table in (frame(p, y + 1), frame(p[y != 0], y[y != 0] + 1)):
        path = saved_table(tmp_path, table)
        check(cli, (path,), "labels-shifted", "error", ("--classes", "1,2,3,4"))
        assert float(cli("score", path, "--classes", "1,2,3,4", "--only", "accuracy").out) > 0.9
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", y + 1)
    check(
        cli,
        (tmp_path / "p.npy", "-l", tmp_path / "y.npy"),
        "labels-shifted",
        "error",
        ("--classes", "1,2,3,4"),
    )


@pytest.mark.parametrize(
    ("names", "classes", "expected"),
    [
        (["cat", "dog"], ["dog", "cat"], [1, 0]),
        (["1.0", "0.0"], ["0", "1"], [1, 0]),
        (["True", "FALSE"], ["0", "1"], [1, 0]),
        (["true"], ["false", "true"], [1]),
        (["01"], ["1"], [None]),
        (["1"], ["01"], [None]),
        (["1", "1.0"], ["1", "1.0"], [0, 1]),
        (["Cat"], ["cat"], [None]),
    ],
)
def test_matching(names: list[str], classes: list[str], expected: list[int | None]) -> None:
    assert class_indices(names, classes) == expected


def test_numbers_sort_as_numbers() -> None:
    assert in_order(["10", "2", "-1", "b", "1.5"]) == ("-1", "1.5", "2", "10", "b")


@pytest.mark.parametrize(
    ("names", "expected"),
    [(["2", "0"], ("0", "1", "2")), (["c", "a", "b"], ("a", "b", "c")), (["30", "4", "5"], ("4", "5", "30"))],
)
def test_classes_of_columns_without_names(names: list[str], expected: tuple[str, ...]) -> None:
    assert unnamed_classes(names, 3, Place("y.csv")) == expected


@pytest.mark.parametrize("names", [["1", "2", "3"], ["a", "b"], ["a", "b", "c", "d"]])
def test_classes_that_could_be_either_are_a_question(names: list[str]) -> None:
    with pytest.raises(AmbiguousInput, match=r"labels run from 1|different labels"):
        unnamed_classes(names, 3, Place("y.csv"))


def test_big_numbers_stay_apart(cli: Cli, tmp_path: Path) -> None:
    """Beyond 2**53 floats run out; an underscore is no digit."""
    for names in (("1234567890123456789", "1234567890123456790", "7"), ("1_0", "10", "7")):
        y = [names[j] for j in Y]
        said = [names[j] for j in np.roll(Y, 1)]
        result = cli("score", put(tmp_path, "p.parquet", {"label": y, "pred": said}), "-f", "json")
        assert sorted(result.json["classes"]) == sorted(names)
        assert result.json["metrics"]["accuracy"]["value"] == pytest.approx(np.mean(np.roll(Y, 1) == Y))
