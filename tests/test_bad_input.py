"""Every kind of bad input: one message with what, where, what was seen and how to mend it; exit code 2."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from conftest import Result

GOOD = "label,prob_a,prob_b\na,0.9,0.1\nb,0.2,0.8\n"
Cli = Callable[..., Result]
Save = Callable[..., Path]


def assert_refused(result: Result, *words: str) -> str:
    """The message, after all that every message must keep to."""
    assert result.code == 2, result
    assert result.out == ""
    assert result.err.startswith("error: ")
    assert "Traceback" not in result.err
    for word in words:
        assert word in result.err, result.err
    return result.err


def test_good_input_is_scored(cli: Cli, saved: Save) -> None:
    assert cli("score", saved("p.csv", GOOD)).code == 0


def test_missing_file_names_its_neighbour(cli: Cli, saved: Save) -> None:
    path = saved("predictions.csv", GOOD)
    assert_refused(
        cli("score", path.with_name("prediction.csv")), "no such file", "did you mean", "predictions.csv"
    )
    assert_refused(cli("score", path, "--labels", path.with_name("y.csv")), "no such file", "y.csv")
    assert_refused(cli("score", path.parent / "none" / "p.csv"), "no such file")


@pytest.mark.parametrize("name", ["p.xlsx", "p"])
def test_unknown_suffix(name: str, cli: Cli, saved: Save) -> None:
    assert cli("score", saved(name, GOOD)).code == 0
    path = saved(name, b"\x00\x01\x02" * 100)
    assert_refused(cli("score", path), "cannot tell the format", "--input-format")
    assert_refused(cli("score", path, "--input-format", "xlsx"), "unknown input format 'xlsx'", "parquet")


def test_a_folder_without_data(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").mkdir()
    assert_refused(cli("score", tmp_path / "p.csv"), "no prediction file in the folder")


def test_no_such_column_names_the_nearest(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", GOOD)
    assert_refused(cli("score", path, "--label-col", "lable"), "no column 'lable'", "--label-col label")
    assert_refused(
        cli("score", path, "--score-cols", "prob_a,prob_c"), "no column 'prob_c'", "prob_a, prob_b"
    )
    assert_refused(cli("score", path, "--score-cols", "logit_*"), "no column matches 'logit_*'", "prob_a")
    assert_refused(cli("score", path, "--pred-col", "pred"), "no column 'pred'")
    assert_refused(cli("score", path, "--score-cols", "label"), "does not hold numbers")


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


@pytest.mark.parametrize("bad", ["nan", "", "inf", "-inf"])
def test_scores_that_are_no_finite_numbers(bad: str, cli: Cli, saved: Save) -> None:
    path = saved("p.csv", GOOD + f"a,{bad},0.5\nb,{bad},0.5\n")
    assert_refused(
        cli("score", path), "2 with a score that is NaN, infinite or empty", "row 3", "--missing drop"
    )
    dropped = cli("score", path, "--missing", "drop", "--format", "json")
    assert dropped.code == 0
    assert dropped.json["input"]["rows"] == {
        "read": 4,
        "scored": 2,
        "dropped": {"missing_scores": 2},
        "labels_without_prediction": 0,
        "groups": None,
        "effective": None,
    }
    assert "2 of 4 rows dropped" in dropped.err


def test_missing_labels(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", GOOD + ",0.5,0.5\n")
    assert_refused(cli("score", path), "1 with no label", "row 3")
    assert cli("score", path, "--missing", "drop").code == 0
    assert_refused(cli("score", saved("n.csv", "label,prob_a,prob_b\n,1,0\n")), "every label is missing")


def test_nothing_left_to_score(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_a,prob_b\na,nan,1\nb,nan,1\n")
    assert_refused(cli("score", path, "--missing", "drop"), "no row is left")


def test_labels_that_are_not_among_the_classes(cli: Cli, saved: Save) -> None:
    assert_refused(
        cli("score", saved("p.csv", GOOD + "c,0.5,0.5\n")),
        "1 label is not among the 2 classes",
        "row 3",
        "'c'",
    )


def test_labels_are_numbers_and_columns_are_names(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_a,prob_b\n0,0.9,0.1\n1,0.2,0.8\n")
    assert_refused(cli("score", path), "the labels are numbers, the score columns are named", "--classes")
    assert cli("score", path, "--classes", "a,b").code == 0


@pytest.mark.parametrize("name", ["p.csv", "p.npy", "p.parquet"])
def test_empty_file(name: str, cli: Cli, saved: Save) -> None:
    assert_refused(cli("score", saved(name, b"")), "the file is empty", name)


def test_no_rows(cli: Cli, saved: Save, tmp_path: Path) -> None:
    assert_refused(cli("score", saved("p.csv", "label,prob_a,prob_b\n")), "no rows")
    assert_refused(
        cli("score", saved("p.npy", np.empty((0, 2))), "--labels", saved("y.npy", np.empty(0, int))),
        "no rows",
    )
    pq.write_table(
        pa.table({"label": pa.array([], pa.string()), "p": pa.array([], pa.float32())}),
        tmp_path / "p.parquet",
    )
    assert_refused(cli("score", tmp_path / "p.parquet"), "no rows")


class Harmful:
    """Would write a file when unpickled."""

    def __reduce__(self) -> tuple[object, ...]:
        return (Path.touch, (Path("harmed"),))


def test_a_pickle_is_never_run(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    np.save("objects.npy", np.array([Harmful()], object), allow_pickle=True)
    Path("bare.npy").write_bytes(pickle.dumps(Harmful()))
    for name in ("objects.npy", "bare.npy"):
        assert_refused(cli("score", name), "pickle", name)
    assert not Path("harmed").exists()


def test_truncated_files(cli: Cli, saved: Save, tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"label": ["a", "b"] * 500, "prob_a": np.full(1000, 0.5)}), tmp_path / "w.parquet"
    )
    whole = (tmp_path / "w.parquet").read_bytes()
    assert_refused(
        cli("score", saved("p.parquet", whole[: len(whole) // 2])), "Parquet file cannot be read", "p.parquet"
    )
    assert_refused(cli("score", saved("q.parquet", b"not parquet at all")), "Parquet file cannot be read")
    np.save(tmp_path / "w.npy", np.full((1000, 2), 0.5))
    assert_refused(
        cli("score", saved("p.npy", (tmp_path / "w.npy").read_bytes()[:5000])), "NPY file cannot be read"
    )


def test_npy_of_a_wrong_shape_or_type(cli: Cli, saved: Save) -> None:
    assert_refused(cli("score", saved("p.npy", np.zeros((2, 2, 2)))), "shape (2, 2, 2)")
    assert_refused(
        cli("score", saved("q.npy", np.array(["2020-01-01"], "M8[D]"))), "unsupported type", "datetime64"
    )


def test_ragged_csv_shows_the_line(cli: Cli, saved: Save) -> None:
    assert_refused(
        cli("score", saved("p.csv", GOOD + "a,0.5\n")), "2 fields, where the header has 3", "line 4"
    )
    assert_refused(
        cli("score", saved("q.csv", GOOD + "a,0.5,0.5,0.5\n")), "4 fields, where the header has 3", "line 4"
    )


def test_text_among_the_scores(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", GOOD * 1 + "a,high,0.5\n")
    assert_refused(cli("score", path), "a score is not a number", "line 4", "column prob_a", "'high'")


def test_text_that_is_not_utf8(cli: Cli, saved: Save) -> None:
    header = saved("h.csv", "label,prob_é,prob_b\né,0.9,0.1\n".encode("latin-1"))
    assert_refused(cli("score", header), "the text is not UTF-8", "h.csv, line 1", "prob_")
    label = saved("l.csv", "label,prob_a,prob_b\né,0.9,0.1\n".encode("latin-1"))
    assert_refused(cli("score", label), "the text is not UTF-8", "l.csv, line 2", "--encoding")
    later = saved("m.csv", ("label,prob_a,prob_b\n" + "a,0.9,0.1\n" * 9000 + "é,0.1,0.9\n").encode("latin-1"))
    assert_refused(cli("score", later), "the text is not UTF-8", "line 9002, column label", "--encoding")


def test_a_column_that_stands_twice(cli: Cli, saved: Save) -> None:
    assert_refused(cli("score", saved("p.csv", "label,p,p\na,1,0\n")), "stands twice", "p")


def test_columns_that_could_be_anything(cli: Cli, saved: Save) -> None:
    assert_refused(
        cli("score", saved("a.csv", "id,x,z\n1,a,b\n")), "no labels", "--labels FILE or --label-col"
    )
    assert_refused(
        cli("score", saved("b.csv", "label,y,p\na,a,1\n")), "several columns may be the label", "label, y"
    )
    assert_refused(
        cli("score", saved("c.csv", "label,x,z\na,b,c\n")), "which columns hold the scores", "--score-cols"
    )
    assert_refused(
        cli("score", saved("d.csv", "label,prob_a,prob_b,logit_a,logit_b\na,1,0,1,0\n")),
        "several sets of columns",
        "prob_*, logit_*",
    )
    assert_refused(
        cli("score", saved("e.csv", "label,pred,prediction\na,a,b\n")), "several columns may be the predicted"
    )
    assert_refused(
        cli("score", saved("p.csv", "prob_a,prob_b\n1,0\n"), "--labels", saved("y.csv", "u,v\na,b\n")),
        "which column is the label",
    )


def test_one_score_column_and_three_labels(cli: Cli, saved: Save) -> None:
    assert_refused(
        cli("score", saved("p.csv", "label,p\na,0.1\nb,0.2\nc,0.3\n")),
        "one score column, but 3 different labels",
    )


def test_a_lone_column_named_after_the_negative_class(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_cat\ncat,0.9\ndog,0.2\n")
    assert_refused(cli("score", path), "class 'cat'", "--positive cat")
    assert cli("score", path, "--positive", "cat").code == 0


def test_a_single_class(cli: Cli, saved: Save) -> None:
    assert_refused(cli("score", saved("p.csv", "label,pred\na,a\na,a\n")), "a single class", "--classes")


def test_a_contradiction_in_a_later_block(cli: Cli, tmp_path: Path) -> None:
    rows = 70_000
    p = np.full((rows, 2), 0.5)
    p[rows - 1] = [3.0, -2.0]
    np.save(tmp_path / "p.npy", p)
    np.save(tmp_path / "y.npy", np.arange(rows) % 2)
    assert_refused(
        cli("score", tmp_path / "p.npy", "--labels", tmp_path / "y.npy"),
        "cannot be probabilities",
        "row 70000",
        "3 -2",
    )


def test_names_cannot_move_the_cursor(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", GOOD.replace("label", "la\x1b[2Jbel"))
    assert "\x1b" not in assert_refused(cli("score", path), "la\\x1b[2Jbel")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--average", "mean"], ["--average 'mean'", "macro"]),
        (["--zero-division", "2"], ["--zero-division"]),
        (["--missing", "skip"], ["--missing 'skip'"]),
        (["--confidence", "95"], ["between 0 and 1"]),
        (["--bins", "0"], ["--bins 0"]),
        (["--jobs", "0"], ["--jobs 0"]),
        (["--threshold", "nan"], ["--threshold nan"]),
        (["--scores", "probs"], ["unknown kind of scores"]),
        (["--task", "regresion"], ["unknown task", "did you mean regression?"]),
        (["--task", "regression"], ["true values that are numbers"]),
        (["--positive", "c"], ["no class 'c'"]),
        (["--classes", "a,b,c"], ["3 classes are named", "2 score columns"]),
        (["--classes", "a,z"], ["no column for z"]),
        (["--classes", "a,a"], ["each class once"]),
        (["--classes", "none.txt"], ["neither a readable file nor a list"]),
        (["--format", "jsno"], ["did you mean json"]),
        (["--output", "report.pdf"], ["which format?", "json:report.pdf"]),
        (["--metrics", "f2,recal"], ["unknown metric 'f2'", "unknown metric 'recal'; did you mean 'recall'"]),
        (["--metrics", "acc*"], []),
        (["--metrics", "z*"], ["no metric of binary data matches"]),
        (["--metrics", "fbeta"], ["fbeta@BETA"]),
        (["--metrics", "fbeta@-1"], ["above 0"]),
        (["--metrics", "f1@2"], ["takes no parameter"]),
        (["--metrics", "recall:c"], ["no class 'c'"]),
        (["--metrics", "mcc:a"], ["no value for a single class"]),
        (["--metrics", "f1_macro"], ["binary data has 'f1'"]),
        (["--metrics", "top_k_accuracy@2"], ["not defined for binary"]),
        (["--fail-under", "f1"], ["NAME=VALUE"]),
        (["--fail-under", "f1=nan"], ["NAME=VALUE"]),
        (["--fail-under", "f1=high"], ["NAME=VALUE"]),
        (["--fail-under", "log_loss=1"], ["lower is better", "--fail-over log_loss=1"]),
        (["--fail-over", "f1=0.5"], ["higher is better", "--fail-under f1=0.5"]),
        (["--fail-under", "ff=1", "--fail-over", "gg=1"], ["'ff'", "'gg'"]),
        (["--nope"], ["No such option"]),
        (["--bins", "many"], ["--bins"]),
    ],
)
def test_wrong_usage(arguments: list[str], words: list[str], cli: Cli, saved: Save) -> None:
    result = cli("score", saved("p.csv", GOOD), *arguments)
    if not words:
        assert result.code == 0
        return
    assert_refused(result, *words)


def test_options_for_binary_data_alone(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", "label,prob_a,prob_b,prob_c\na,1,0,0\nb,0,1,0\nc,0,0,1\n")
    assert_refused(cli("score", path, "--threshold", "0.3"), "--threshold needs binary data")
    assert_refused(cli("score", path, "--positive", "a"), "--positive needs binary data")
    assert_refused(cli("score", path, "--task", "binary"), "3 classes are not binary")


def test_an_output_that_cannot_be_written(cli: Cli, saved: Save, tmp_path: Path) -> None:
    """It is a mistake of its own: the other reports are there, and a verdict stands."""
    (tmp_path / "taken.json").mkdir()
    arguments = ("-o", tmp_path / "taken.json", "-o", tmp_path / "new" / "r.json")
    for rule, code in (("under accuracy=0.1", 2), ("over log_loss=0", 1), ("under recall:x=1", 3)):
        result = cli("score", saved("p.csv", GOOD), *arguments, *f"--fail-{rule}".split())
        assert result.code == code
        assert "error: the report could not be written\n  where: " in result.err
        assert rule.split()[1].split("=")[0] in result.err
        assert "per class" in result.out
        verdict = json.loads((tmp_path / "new" / "r.json").read_text())["gate"]["verdict"]
        assert verdict == {2: "pass", 1: "fail", 3: "undecided"}[code]
    assert not list(tmp_path.glob(".taken*"))


def test_a_bug_is_called_a_bug(cli: Cli, saved: Save, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nought")

    monkeypatch.setattr("evalcli.engine.score.open_inputs", broken)
    result = cli("score", saved("p.csv", GOOD))
    assert result.code == 70
    assert "a bug in evalcli" in result.err
    assert "ZeroDivisionError: by nought" in result.err
    assert "please report it" in result.err
    assert "Traceback" not in result.err
    monkeypatch.setenv("EVALCLI_TRACEBACK", "1")
    assert "Traceback" in cli("score", saved("p.csv", GOOD)).err


@pytest.mark.parametrize(
    ("column", "arguments", "words"),
    [
        (pa.array([["a", "b"]] * 2), ["--score-cols", "scores"], ["does not hold numbers", "list"]),
        (pa.array([["a", "b"]] * 2), [], ["neither text nor numbers", "column scores", "list"]),
        (pa.array([[], []], pa.list_(pa.float32())), [], ["the lists of scores are empty", "column scores"]),
        (pa.array([None, None], pa.list_(pa.float32())), [], ["the lists of scores are empty"]),
        (pa.array([{"a": 1.0}] * 2), [], ["neither text nor numbers", "struct"]),
    ],
)
def test_columns_of_other_types(
    column: pa.Array, arguments: list[str], words: list[str], cli: Cli, tmp_path: Path
) -> None:
    pq.write_table(pa.table({"label": ["a", "b"], "scores": column}), tmp_path / "p.parquet")
    assert_refused(cli("score", tmp_path / "p.parquet", *arguments), *words)


def test_a_delimiter_is_one_character(cli: Cli, saved: Save) -> None:
    for delimiter in ("ab", ""):
        result = cli("score", saved("p.csv", GOOD), "--delimiter", delimiter)
        assert_refused(result, f"--delimiter {delimiter!r} is not one ASCII character")
    assert cli("score", saved("t.csv", GOOD.replace(",", "\t")), "--delimiter", "\\t").code == 0
