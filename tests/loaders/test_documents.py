"""JSON that is one document: whatever way a table is written in it, the same rows are read back."""

from __future__ import annotations

import hashlib
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evalcli.errors import AmbiguousInput, EvalcliError, InputError
from evalcli.findings import Place
from evalcli.loaders.documents import PANDAS_INDEX, is_document
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Settings
from support.command_line import Cli
from support.formats import read_table

ORIENTS = ("records", "columns", "index", "split", "table")


def rows_of(text: str | bytes, name: str = "p.json", **options: Any) -> list[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        source = open_source(str(path), Settings(**options))
        rows: list[dict[str, Any]] = read_table(source, *source.columns).to_pylist()
        assert source.rows in (None, len(rows))
        return rows


def refusal(text: str | bytes, **options: Any) -> EvalcliError:
    with pytest.raises(EvalcliError) as caught:
        rows_of(text, **options)
    assert caught.value.exit_code == 2
    return caught.value


numbers = st.floats(-1e300, 1e300)
words = st.text(st.characters(codec="utf-8"), max_size=8)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=6).filter(lambda n: not n.isdecimal())


@st.composite
def tables(draw: st.DrawFn) -> dict[str, list[Any]]:
    n = draw(st.integers(2, 6))
    columns = draw(st.lists(names, min_size=1, max_size=4, unique=True))
    kinds = (
        numbers,
        words,
        st.integers(-(2**53), 2**53),
        st.booleans(),
        st.lists(numbers, min_size=1, max_size=3),
    )
    return {name: draw(st.lists(draw(st.sampled_from(kinds)), min_size=n, max_size=n)) for name in columns}


@settings(max_examples=60)
@given(tables(), st.sampled_from(["records", "columns", "wrapped", "wrapped columns", "lines", "indented"]))
def test_a_table_is_read_back(table: dict[str, list[Any]], how: str) -> None:
    rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    text = {
        "records": lambda: json.dumps(rows),
        "columns": lambda: json.dumps(table, ensure_ascii=False),
        "wrapped": lambda: json.dumps({"predictions": rows}),
        "wrapped columns": lambda: json.dumps({"data": table}, indent=1),
        "lines": lambda: "".join(json.dumps(row) + "\n" for row in rows),
        "indented": lambda: "\n".join(json.dumps(row, indent=2) for row in rows),
    }[how]()
    assert rows_of(text) == rows


@settings(max_examples=40)
@given(tables(), st.sampled_from(ORIENTS), st.data())
def test_what_pandas_writes_is_read_back(table: dict[str, list[Any]], orient: Any, data: Any) -> None:
    rows = [dict(zip(table, row, strict=True)) for row in zip(*table.values(), strict=True)]
    order = data.draw(st.permutations(range(len(rows))))
    frame = pd.DataFrame(rows).iloc[order]
    text = frame.to_json(orient=orient, double_precision=15)
    found = rows_of(text)
    kept = orient != "records" and order != list(range(len(rows)))
    expected = json.loads(frame.to_json(orient="records", double_precision=15))
    assert found == [
        row | ({PANDAS_INDEX: place} if kept else {}) for row, place in zip(expected, order, strict=True)
    ]


@pytest.mark.parametrize("name", ["p.json", "p.jsonl", "p.csv", "p", "p.txt"])
@pytest.mark.parametrize(
    "text", ['[{"y": 1, "p": 0.5}, {"y": 0, "p": 0.25}]', '{"y": [1, 0], "p": [0.5, 0.25]}']
)
def test_the_content_decides_whatever_the_suffix(text: str, name: str) -> None:
    assert rows_of(text, name) == [{"y": 1, "p": 0.5}, {"y": 0, "p": 0.25}]


def test_a_document_in_standard_input(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    text = json.dumps({"y_true": [0, 1, 1, 0], "y_prob": [0.2, 0.9, 0.4, 0.1]})
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
    assert cli("score", "-", "--only", "accuracy").out == "0.75\n"


def test_other_encodings() -> None:
    text = '[{"y": "ä", "p": 0.5}, {"y": "b", "p": 1}]'
    for encoded in (text.encode("utf-16"), text.encode("utf-8-sig"), text.encode("utf-16-le")):
        assert rows_of(encoded)[0] == {"y": "ä", "p": 0.5}


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ('{"label": "a", "probs": [0.1, 0.9]}', 1),
        ('{"label": "a", "probs": [0.1, 0.9]}\n', 1),
        ('{\n "label": "a",\n "probs": [0.1, 0.9]\n}\n', 1),
        ('{"a": [1, 2], "b": [1, 2, 3]}', 1),
        ('{"cats": {"a": 0.1, "b": 0.9}}', 1),
        ('{"a": {}, "b": 1}', 1),
        ('{"a": {}}', 1),
        ('{"a": [1, 2], "b": [3, 4]}', 2),
        ('{"a": [1, 2], "b": [3, 4]}\n{"a": [1, 2], "b": [3, 4]}\n{"a": [1, 2], "b": [3, 4]}\n', 3),
        ('{"predictions": [[0.1, 0.9], [0.2, 0.8], [0.3, 0.7]]}', 3),
    ],
)
def test_how_many_rows_an_object_is(text: str, rows: int) -> None:
    assert len(rows_of(text)) == rows


def test_a_long_line_is_looked_at_whole() -> None:
    rows = [{"y": j % 2, "p": j / 40_000} for j in range(40_000)]
    assert len(json.dumps(rows)) > 1 << 19
    assert rows_of(json.dumps(rows)) == rows
    lines = [{"y": j, "p": [j / 7] * 20_000} for j in range(4)]
    assert rows_of("".join(json.dumps(row) + "\n" for row in lines)) == lines


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("[[0.1, 0.9], [0.2, 0.8]]", "foreign", "jq '{scores: .}'"),
        ("[0.1, 0.9]", "foreign", "jq '{scores: .}'"),
        ("[]", "no-rows", ""),
        ('[{"a": 1}, 2]', "foreign", "a number"),
        ('[{"a": 1}', "unreadable", "truncated"),
        ('[{"a": 1, "a": 2}]', "column-twice", "a"),
        ('{"a": {"0": 1, "0": 2}}', "column-twice", "0"),
        ('{"a": {"0": 1}, "b": {"1": 1}}', "rows-differ", "rows"),
        (json.dumps({"a": [0] * 60, "b": [0] * 59}), "rows-differ", "a 60, b 59"),
        (json.dumps({"model": "m", "y": [0] * 60}), "foreign", "jq '{y}'"),
        ('{"columns": ["a"], "data": [[1], [1, 2]]}', "ragged", "2 values, 1 columns"),
        ('{"columns": ["a"], "index": [0], "data": [[1], [2]]}', "rows-differ", "1 values, 2 rows"),
        ('{"columns": ["a", "a"], "data": [[1, 1]]}', "column-twice", "a"),
        ('{"columns": [["a", "b"]], "data": [[1]]}', "foreign", "multi-level"),
        ("[" * 100_000, "unreadable", ""),
        ('[{"a": ' + "[" * 900 + "]" * 900 + "}]", "unreadable", "deep"),
        ('[{"a": ' + "9" * 5000 + "}]", "unreadable", "digits"),
        ('[{"a": "\\ud800"}]', "unreadable", "surrogate"),
        ('[{"a": 1}] 3', "foreign", "an array"),
        (b'[{"a": "\xff"}]', "unreadable", ""),
    ],
)
def test_documents_that_are_refused(text: str | bytes, code: str, words: str) -> None:
    error = refusal(text)
    assert (error.code, words in str(error)) == (code, True), str(error)


def test_rows_or_columns_is_a_question() -> None:
    error = refusal('{"a": {"x": 1, "y": 2}, "b": {"x": 3, "y": 4}}')
    assert isinstance(error, AmbiguousInput)
    assert "orient='records'" in str(error.hint)
    assert isinstance(refusal('{"0": {"0": 1, "1": 2}, "1": {"0": 3, "1": 4}}'), AmbiguousInput)


def test_fields_that_the_first_records_do_not_have(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(json.dumps([{"a": 0.5}] * 50_000 + [{"b": 1.5}]))
    source = open_source(str(tmp_path / "p.json"))
    assert source.columns == ("a", "b")
    assert pa.Table.from_batches(source.batches(["b"])).column(0).to_pylist()[-2:] == [None, 1.5]


def test_a_large_document_is_not_read_whole() -> None:
    text = json.dumps([{"a": 1}] * 200)
    error = refusal(text, max_bytes=1000)
    assert (error.code, "--max-bytes" in str(error.hint)) == ("too-large", True)
    assert len(rows_of(text, max_bytes=10_000)) == 200


def test_a_message_names_the_row(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text(json.dumps([{"p": 0.5}, {"p": 1}, {"p": "x"}] + [{"p": 1}] * 50_000))
    source = open_source(str(tmp_path / "p.json"))
    assert source.types["p"] == pa.null()
    with pytest.raises(InputError) as caught:
        list(source.batches(["p"]))
    assert (caught.value.where, caught.value.code) == (Place(source.path, "p", 3), "mixed-types")


def test_the_form_and_the_digest_are_those_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('[{"a": 1}]')
    (file,) = open_source(str(tmp_path / "p.json")).files
    assert (file.form, file.rows, file.sha256()) == ("JSON", 1, hashlib.sha256(b'[{"a": 1}]').hexdigest())


def test_what_begins_a_document() -> None:
    for text in (b'{"a": 1,\n"b": 2}', b'{"a": [\n1]}', b'{"a":\n1}', b"[\n1]", b'  \n{"a": 1}'):
        assert is_document(text), text
    for text in (
        b'{"a": 1}\n{"a": 2}',
        b'{"a": 1}\n\n{',
        b'{"a" 1}\n{}',
        b"a,b\n1,2",
        b"{" * 5000 + b"1\n{}",
    ):
        assert not is_document(text), text
