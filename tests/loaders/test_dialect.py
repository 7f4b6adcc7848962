from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from evalcli.engine.score import score
from evalcli.errors import AmbiguousInput, UsageError
from evalcli.inputs.options import Options
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Settings
from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused
from support.formats import TABLE, csv
from support.inspecting import good


def test_a_column_that_stands_twice(cli: Cli, saved: Save) -> None:
    assert_refused(cli("score", saved("p.csv", "label,p,p\na,1,0\n")), "stands twice", "p")


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
