from __future__ import annotations

import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from evalcli.engine.score import score
from evalcli.errors import AmbiguousInput, InputError, UsageError
from evalcli.inputs.options import Options
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Limits, Settings
from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused
from support.formats import TABLE, csv
from support.inspecting import good


def test_duplicate_column_names(cli: Cli, saved: Save) -> None:
    assert_refused(cli("score", saved("p.csv", "label,p,p\na,1,0\n")), "duplicate column name", "p")


def test_a_delimiter_is_one_character(cli: Cli, saved: Save) -> None:
    for delimiter in ("ab", ""):
        result = cli("score", saved("p.csv", GOOD), "--delimiter", delimiter)
        assert_refused(result, f"--delimiter {delimiter!r} is not one ASCII character")
    assert cli("score", saved("t.csv", GOOD.replace(",", "\t")), "--delimiter", "\\t").code == 0


@pytest.mark.parametrize("delimiter", [" ", ","])
def test_what_numpy_writes_as_text(delimiter: str, cli: Cli, tmp_path: Path) -> None:
    y, p = good(3)
    np.savetxt(tmp_path / "p.txt", p, delimiter=delimiter)
    np.savetxt(tmp_path / "y.txt", y + 0.0)
    options = ("--no-header",) if y[0] == 0 else ()
    result = cli("score", tmp_path / "p.txt", "-l", tmp_path / "y.txt", *options, "--only", "accuracy")
    assert float(result.out) == (p.argmax(axis=1) == y).mean(), result.err


@pytest.mark.parametrize(
    ("text", "columns", "rows"),
    [
        ("0.25,0.75\n0.5,0.5\n", ("f0", "f1"), 2),  # sums to 1: a row
        ("3\n1\n2\n", ("f0",), 3),
        ("0,1,2\n0.5,0.25,0.25\n", ("0", "1", "2"), 1),  # the columns' numbers
        (",0,1\n0,0.5,0.5\n", ("index", "0", "1"), 1),
        ("p\n0.5\n", ("p",), 1),
        ("cat\ndog\n", ("cat",), 1),
        ("0.5,a\n0.25,b\n", ("0.5", "a"), 1),
    ],
)
def test_headers_are_found(text: str, columns: tuple[str, ...], rows: int, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(text)
    source = open_source(str(tmp_path / "p.csv"))
    assert source.columns == columns
    assert sum(batch.num_rows for batch in source.batches(columns[:1], columns[:1])) == rows


@pytest.mark.parametrize(
    "text", ["0\n1\n0\n", "0,1\n1,0\n0,1\n", "0.1,0.5,0.9\n1,2,3\n", "cat\ndog\ncat\n", "2020,2021\n1,2\n"]
)
def test_a_first_line_that_could_be_either_is_a_question(text: str, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(text)
    with pytest.raises(AmbiguousInput, match="names or values") as caught:
        open_source(str(path))
    assert "--no-header" in str(caught.value.hint)
    lines, width = len(text.splitlines()), len(text.splitlines()[0].split(","))
    named = open_source(str(path), Settings(header=True))
    assert named.columns == tuple(text.splitlines()[0].split(","))
    bare = open_source(str(path), Settings(header=False))
    assert bare.columns == tuple(f"f{j}" for j in range(width))
    assert sum(batch.num_rows for batch in bare.batches(bare.columns, bare.columns)) == lines


def test_a_header_that_is_plain_to_see_is_kept(tmp_path: Path) -> None:
    """--no-header is said for the labels; the predictions have a header all the same."""
    (tmp_path / "p.csv").write_bytes(csv(TABLE.drop(["label"])))
    (tmp_path / "y.csv").write_text("".join(f"{v}\n" for v in TABLE.column("label").to_pylist()))
    report = score(Options(str(tmp_path / "p.csv"), str(tmp_path / "y.csv"), header=False))
    assert report.input.read == 6
    assert report.classes == ("0", "1", "2")
    assert "header-found" in {note.code for note in report.notes}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('label,prob_cat,prob_dog,size 5"\ndog,.9,.1,a\ndog,.8,.2,3" pipe\ncat,.7,.3,b\ndog,.2,.8,c\n', 4),
        ("label,prob\r1,.1\n0,.2\n1,.9\n", 3),
        ("label,prob\r1,.1\r0,.2\r1,.9\n", 3),
        ('"la\nbel",prob\n1,.1\n0,.2\n', 2),
        ('"label","a ""quoted"" name",prob\n1,x,.1\n0,y,.2\n', 2),
        ("label,a\u2028b,prob\n1,x,.1\n0,y,.2\n", 2),
    ],
)
def test_no_row_is_eaten_by_the_header(text: str, rows: int, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_bytes(text.encode())
    source = open_source(str(tmp_path / "p.csv"))
    assert sum(batch.num_rows for batch in source.batches(source.columns[-1:], source.columns[-1:])) == rows


@pytest.mark.parametrize("delimiter", ["é", "ab", "\n", '"'])
def test_delimiters_that_are_none(delimiter: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,p\n1,0.5\n")
    with pytest.raises(UsageError, match="one ASCII character"):
        open_source(str(tmp_path / "p.csv"), Settings(delimiter=delimiter))


def read(path: Path, **settings: Any) -> dict[str, list[object]]:
    """All columns, as they are."""
    source = open_source(str(path), Settings(**settings))
    return pa.Table.from_batches(source.batches(source.columns)).to_pydict()


@pytest.mark.parametrize("first", ["sep=;\r\n", '"sep=;"\n', "SEP=;\n"])
def test_a_line_for_excel_names_the_delimiter(first: str, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text(first + "a,b;c\n1;0.5\n0;high\n", newline="")
    source = open_source(str(path))
    assert source.columns == ("a,b", "c")
    (tmp_path / "q.csv").write_text(first + "a;b\n" + "1;0.5\n" * 60 + "0;high\n", newline="")
    source = open_source(str(tmp_path / "q.csv"), Settings(limits=Limits(head=64)))
    with pytest.raises(InputError) as caught:
        list(source.batches(["b"]))
    assert str(caught.value.where).endswith("line 63, column b")


@pytest.mark.parametrize(
    ("text", "columns", "codes"),
    [
        ("a,b,,\n1,2,,\n3,4,,\n", ("a", "b"), ["empty-columns"]),
        ("a,,b\n1,,2\n", ("a", "b"), ["empty-columns"]),
        ("a,b,,\n1,2,,5\n", ("a", "b", "Unnamed: 3"), ["empty-columns"]),
        (",a,,\n0,1,2,3\n", ("index", "a", "Unnamed: 2", "Unnamed: 3"), []),
        (",index\n0,1\n", ("Unnamed: 0", "index"), []),
        ("a,b\n1,2,\n3,4,\n", ("a", "b"), ["empty-columns"]),
        ("0.1,0.9,,\n0.5,0.5,,\n", ("f0", "f1"), ["no-header", "empty-columns"]),
    ],
)
def test_columns_without_names(text: str, columns: tuple[str, ...], codes: list[str], tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(text)
    source = open_source(str(tmp_path / "p.csv"))
    assert source.columns == columns
    assert [remark.code for remark in source.remarks] == codes
    rows = pa.Table.from_batches(source.batches(columns))
    assert rows.num_rows == len(text.splitlines()) - (columns[0] != "f0")


def test_blanks_around_values_are_none_of_them(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text('id, label, p\n0, ash , 0.5\n1, "be, ech", 0.25\n')
    source = open_source(str(tmp_path / "p.csv"))
    rows = pa.Table.from_batches(source.batches(["label", "p"], ["label"])).to_pydict()
    assert rows == {"label": ["ash", "be, ech"], "p": [0.5, 0.25]}


@pytest.mark.parametrize("settings", [{}, {"decimal": ","}])
def test_decimal_commas_in_a_file_of_one_column(settings: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("pred\n0,5\n0,7\n1\n")
    if settings:
        assert read(tmp_path / "p.csv", **settings) == {"pred": [0.5, 0.7, 1]}
    else:
        with pytest.raises(AmbiguousInput) as caught:
            read(tmp_path / "p.csv")
        assert "--decimal ," in str(caught.value.hint)


def test_very_wide_headers_take_no_time(tmp_path: Path) -> None:
    names = ",".join(f"c{j}" for j in range(100_000))
    (tmp_path / "p.csv").write_text(f"{names}\n{','.join(['1'] * 100_000)}\n")
    start = time.process_time()
    assert len(open_source(str(tmp_path / "p.csv")).columns) == 100_000
    assert time.process_time() - start < 20  # the square of them would take minutes


words = st.text("abcß ,;|\t'\"x", min_size=1, max_size=6).map(lambda text: "w" + text.strip() + "w")
numbers = st.floats(-1e3, 1e3).map(lambda value: round(value, 3) + 0.0005)
dialects = st.fixed_dictionaries(
    {
        "delimiter": st.sampled_from(",;\t| "),
        "decimal": st.sampled_from(".,"),
        "end": st.sampled_from(["\n", "\r\n"]),
        "sep": st.booleans(),
        "blank": st.booleans(),
        "empty_columns": st.integers(0, 2),
        "empty_rows": st.integers(0, 3),
        "row_names": st.booleans(),
        "segment": st.sampled_from([64, 1 << 20]),
    }
)


def written(rows: list[tuple[str, float, float]], form: dict[str, Any]) -> str:
    """A table in a dialect; words are quoted, numbers where they hold the delimiter."""
    d = form["delimiter"]
    if d == " ":
        form = {**form, "sep": False, "blank": False, "empty_columns": 0, "empty_rows": 0}
    between = d + " " * form["blank"]

    def line(fields: list[str]) -> str:
        return between.join([*fields, *[""] * form["empty_columns"]]) + form["end"]

    def number(value: float) -> str:
        text = repr(value).replace(".", form["decimal"])
        return f'"{text}"' if d in text else text

    lines = [line([*(f'"{name}"' for name in ("word", "a", "b"))])]
    for j, (word, *values) in enumerate(rows):
        quoted = '"' + word.replace('"', '""') + '"'
        names = [f'"{j + 1}"'] if form["row_names"] and not form["empty_columns"] else []
        lines.append(line([*names, quoted, *map(number, values)]))
    empty = d * (2 + form["empty_columns"]) + form["end"]
    return f"sep={d}{form['end']}" * form["sep"] + "".join(lines) + empty * form["empty_rows"]


ROWS = [("w;w", 0.0005, 0.0005)] * 4
FORM = {
    "decimal": ".",
    "end": "\n",
    "sep": False,
    "blank": False,
    "empty_columns": 0,
    "row_names": True,
    "segment": 64,
}


@example(rows=ROWS, form={**FORM, "delimiter": " ", "empty_rows": 0})
@example(rows=ROWS, form={**FORM, "delimiter": ",", "empty_rows": 1})
@given(st.lists(st.tuples(words, numbers, numbers), min_size=4, max_size=70), dialects)
def test_one_table_in_any_dialect(rows: list[tuple[str, float, float]], form: dict[str, Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.csv"
        path.write_bytes(written(rows, form).encode())
        source = open_source(str(path), Settings(limits=Limits(segment=form["segment"])))
        named = form["row_names"] and not (form["empty_columns"] and form["delimiter"] != " ")
        assert source.columns == (*(["index"] if named else []), "word", "a", "b")
        found = pa.Table.from_batches(source.batches(["word", "a", "b"], ["word"])).to_pydict()
    assert list(zip(found["word"], found["a"], found["b"], strict=True)) == rows
