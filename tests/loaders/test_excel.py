from __future__ import annotations

import io
import sys
import tempfile
import zipfile
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalcli.errors import AmbiguousInput, EvalcliError, InputError, UsageError
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Settings, Source
from support.formats import TABLE, figures, read_table, workbook

Rows = Sequence[Sequence[Any]]


def saved(path: Path, *sheets: Rows, hidden: Sequence[int] = (), at: str | None = None) -> str:
    book = openpyxl.Workbook()
    for number, rows in enumerate(sheets):
        sheet = book.active if not number else book.create_sheet()
        sheet.title = f"s{number}"
        for row in rows:
            sheet.append(list(row))
        if number in hidden:
            sheet.sheet_state = "hidden"
        if at:
            sheet[at] = 1
    book.save(path)
    return str(path)


def rows_of(source: Source) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = read_table(source, *source.columns).to_pylist()
    return rows


def refusal(path: str, **options: Any) -> EvalcliError:
    with pytest.raises(EvalcliError) as caught:
        open_source(path, Settings(**options))
    return caught.value


texts = st.text("abcäß <&>", min_size=1, max_size=5).filter(lambda text: bool(text.strip()))
kinds = (
    st.integers(-(10**12), 10**12).map(lambda n: n / 1000).filter(lambda value: not value.is_integer()),
    st.integers(-(2**50), 2**50),
    st.booleans(),
    texts,
)


@settings(max_examples=30)
@given(st.data())
def test_values_are_read_back(data: st.DataObject) -> None:
    names = data.draw(st.lists(texts, min_size=1, max_size=4, unique=True))
    n = data.draw(st.integers(1, 5))
    columns = [data.draw(st.lists(data.draw(st.sampled_from(kinds)), min_size=n, max_size=n)) for _ in names]
    rows = list(zip(*columns, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        source = open_source(saved(Path(folder) / "p.xlsx", [names, *rows]))
        assert (source.columns, source.rows) == (tuple(names), n)
        found = rows_of(source)
    assert found == [dict(zip(names, row, strict=True)) for row in rows]
    assert [type(v) for v in found[0].values()] == [type(v) for v in rows[0]]


def test_values_of_other_types(tmp_path: Path) -> None:
    rows = [
        ["day", "mixed", "gone", "some"],
        [date(2020, 1, 2), 1, None, 0.5],
        [date(2020, 1, 3), "a", None, None],
    ]
    source = open_source(saved(tmp_path / "p.xlsx", rows))
    assert rows_of(source) == [
        {"day": "2020-01-02", "mixed": "1", "gone": None, "some": 0.5},
        {"day": "2020-01-03", "mixed": "a", "gone": None, "some": None},
    ]


def test_the_first_sheet_that_holds_data(tmp_path: Path) -> None:
    rows: Rows = [["label", "p"], ["a", 0.5]]
    source = open_source(saved(tmp_path / "p.xlsx", [], rows, [["x"], [1]], [["y"], [2]]))
    (remark,) = source.remarks
    assert source.columns == ("label", "p")
    assert (remark.code, "'s1' is read, not s2, s3" in remark.message) == ("sheets-not-read", True)
    assert open_source(saved(tmp_path / "q.xlsx", rows, [])).remarks == ()
    hidden = open_source(saved(tmp_path / "r.xlsx", [["x"], [1]], rows, hidden=[0]))
    assert (hidden.columns, "not s0" in hidden.remarks[0].message) == (("label", "p"), True)


def test_rows_and_columns_that_hold_nothing(tmp_path: Path) -> None:
    rows: Rows = [
        ["p", None, "q", None],
        [1, None, 2, None],
        [None] * 4,
        [3, None, None, None],
        [None] * 4,
        [""],
    ]
    source = open_source(saved(tmp_path / "p.xlsx", rows))
    assert rows_of(source) == [{"p": 1, "q": 2}, {"p": None, "q": None}, {"p": 3, "q": None}]


def test_tables_that_begin_elsewhere(tmp_path: Path) -> None:
    rows: Rows = [[None] * 3, [None, "p", "q"], [None, 1, "a"]]
    assert rows_of(open_source(saved(tmp_path / "p.xlsx", rows))) == [{"p": 1, "q": "a"}]


def test_names_or_values(tmp_path: Path) -> None:
    numbers = saved(tmp_path / "n.xlsx", [[0.9, 0.1], [0.2, 0.8]])
    source = open_source(numbers)
    assert (source.columns, source.rows, source.remarks[0].code) == (("f0", "f1"), 2, "no-header")
    assert open_source(numbers, Settings(header=False)).remarks == ()
    assert open_source(numbers, Settings(header=True)).columns == ("0.9", "0.1")
    for first in (["label", 0, 1], [0, 1, 2]):
        path = saved(tmp_path / "m.xlsx", [first, ["a" if isinstance(first[0], str) else 1, 0.25, 0.75]])
        assert isinstance(refusal(path), AmbiguousInput)
        assert open_source(path, Settings(header=True)).columns[1:] == tuple(map(str, first[1:]))
        assert open_source(path, Settings(header=False)).rows == 2


def test_texts_that_stand_for_nothing(tmp_path: Path) -> None:
    path = saved(tmp_path / "p.xlsx", [["p"], [0.5], ["n/a"]])
    assert open_source(path).types["p"] == pa.string()
    assert rows_of(open_source(path, Settings(null_values=("n/a",)))) == [{"p": 0.5}, {"p": None}]


def test_a_name_that_stands_twice(tmp_path: Path) -> None:
    assert refusal(saved(tmp_path / "p.xlsx", [["p", "p"], [1, 2]])).code == "column-twice"


def test_workbooks_without_data(tmp_path: Path) -> None:
    assert refusal(saved(tmp_path / "p.xlsx", [], [])).code == "empty"


def test_the_report_is_that_of_any_other_format(tmp_path: Path, expected: Any) -> None:
    (tmp_path / "p").write_bytes(workbook(TABLE))
    assert figures(tmp_path / "p") == expected
    (file,) = open_source(str(tmp_path / "p")).files
    assert (file.form, file.rows) == ("Excel", 6)


def test_a_value_far_away_is_no_reason_to_take_all_memory(tmp_path: Path) -> None:
    path = saved(tmp_path / "p.xlsx", [["p"], [1]], at="XFD1048576")
    error = refusal(path)
    assert (error.code, "--max-bytes" in str(error.hint)) == ("too-large", True)
    assert open_source(saved(tmp_path / "q.xlsx", [["p"], [1]], at="Z3000")).rows == 2999


def test_a_workbook_that_unfolds_to_too_much(tmp_path: Path) -> None:
    path = saved(tmp_path / "p.xlsx", [["p"], [1]])
    assert refusal(path, max_bytes=100).code == "too-large"


def test_broken_workbooks(tmp_path: Path) -> None:
    data = workbook(TABLE)
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("[Content_Types].xml", "<a")
    for broken in (data[:-200], stream.getvalue(), b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(2000)):
        (tmp_path / "p.xlsx").write_bytes(broken)
        error = refusal(str(tmp_path / "p.xlsx"))
        assert (type(error), error.code) == (InputError, "unreadable")


def test_opendocument(tmp_path: Path) -> None:
    space = 'xmlns:{0}="urn:oasis:names:tc:opendocument:xmlns:{0}:1.0"'
    names = " ".join(space.format(name) for name in ("office", "table", "text"))
    cell = '<table:table-cell office:value-type="{}" {}><text:p>{}</text:p></table:table-cell>'
    number, text = 'office:value="{}"', ""
    rows = [
        cell.format("string", text, "label") + cell.format("string", text, "p"),
        cell.format("string", text, "a") + cell.format("float", number.format(0.5), "0,5"),
    ]
    body = "".join(f"<table:table-row>{row}</table:table-row>" for row in rows)
    with zipfile.ZipFile(tmp_path / "p.bin", "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        archive.writestr(
            "content.xml",
            f'<office:document-content {names}><office:body><office:spreadsheet><table:table table:name="s">'
            f"{body}</table:table></office:spreadsheet></office:body></office:document-content>",
        )
    assert rows_of(open_source(str(tmp_path / "p.bin"))) == [{"label": "a", "p": 0.5}]


def test_without_the_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "python_calamine", None)
    error = refusal(saved(tmp_path / "p.xlsx", [["p"], [1]]))
    assert (type(error), error.code) == (UsageError, "missing-extra")
    assert "pip install 'evalcli[excel]'" in str(error.hint)
