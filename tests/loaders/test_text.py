from __future__ import annotations

import io
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.errors import InputError, UsageError
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Limits, Settings
from evalcli.loaders.text import record_line
from support.formats import figures, read_table


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-16-le", "utf-32"])
def test_declared_encodings(encoding: str, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    text = "label,prob_été,prob_hiver\nété,0.75,0.25\nhiver,0.5,0.5\n" * 1
    path.write_bytes(text.encode(encoding))
    found = figures(path, encoding=encoding)
    assert found["classes"] == ["été", "hiver"]
    with pytest.raises(UsageError, match="unknown encoding"):
        figures(path, encoding="latin-99")
    path.write_bytes(text.encode("cp1252"))
    with pytest.raises(InputError, match="the text is not UTF-8"):
        figures(path)


def test_text_that_is_not_what_was_declared(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(b"label,p\n" + b"a,0.5\n" * 50_000 + b"\xff\xff,1\n")
    with pytest.raises(InputError, match="the text is not shift_jis"):
        figures(path, encoding="shift-jis")


def test_a_quote_late_in_the_file(tmp_path: Path) -> None:
    """Line ends within quotes, far behind the lines that were looked at first."""
    path = tmp_path / "p.csv"
    path.write_text("label,text,p\n" + "a,plain,0.5\n" * 9000 + 'b,"two\nlines",0.5\n' * 900 + "a,end,0.25\n")
    source = open_source(str(path), Settings(limits=Limits(segment=1 << 12)))
    rows = pa.Table.from_batches(source.batches(["label", "p"], ["label"]))
    assert (rows.num_rows, rows.column("label")[-1].as_py()) == (9901, "a")


def test_a_stray_quote_ends_nothing(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("label,size,p\n" + "a,5,0.5\n" * 9000 + 'b,5" disk,0.5\n' + "a,5,0.25\n" * 9000)
    source = open_source(str(path), Settings(limits=Limits(segment=1 << 12, record=1 << 14)))
    assert sum(batch.num_rows for batch in source.batches(["p"])) == 18001


def test_line_numbers_count_through_segments(tmp_path: Path) -> None:
    settings = Settings(limits=Limits(segment=1 << 10))
    path = tmp_path / "p.csv"
    for bad, what in (("a,high\n", "a score is not a number"), ("a\n", "a line with 1 fields")):
        path.write_text("label,p\n" + "a,0.5\n" * 5000 + bad + "a,0.5\n" * 50)
        with pytest.raises(InputError, match=what) as caught:
            list(open_source(str(path), settings).batches(["p"]))
        assert "line 5002" in str(caught.value.where)
    path = tmp_path / "p.jsonl"
    path.write_text('{"p": 0.5}\n' * 5000 + '{"p": "high"}\n')
    with pytest.raises(InputError, match="different types") as caught:
        list(open_source(str(path), settings).batches(["p"]))
    assert str(caught.value.where).endswith("column p, row 5001")


@given(st.lists(st.tuples(st.text("ab\n\r\"',;5 ", max_size=6), st.floats(0, 1)), min_size=1, max_size=60))
def test_quoted_values_in_any_place(rows: list[tuple[str, float]]) -> None:
    """What Python's writer writes is read back, in segments that end anywhere."""
    import csv as python

    stream = io.StringIO(newline="")
    writer = python.writer(stream, lineterminator="\r\n")
    writer.writerow(["text", "p"])
    writer.writerows(rows)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.csv"
        path.write_bytes(stream.getvalue().encode())
        source = open_source(str(path), Settings(limits=Limits(segment=64)))
        found = pa.Table.from_batches(source.batches(["text", "p"], ["text"])).to_pydict()
    assert found["p"] == [p for _, p in rows]
    assert found["text"] == [text for text, _ in rows]


def test_a_long_line_is_told(tmp_path: Path) -> None:
    settings = Settings(limits=Limits(segment=1 << 10, record=1 << 17))
    (tmp_path / "p.csv").write_text("label,p\n1,0.5\n0,0.5\n1," + "9" * (1 << 18) + "\n")
    with pytest.raises(InputError, match="a line of more than"):
        list(open_source(str(tmp_path / "p.csv"), settings).batches(["p"]))


@pytest.mark.parametrize("encoding", ["zlib", "rot13", "hex", ""])
def test_codecs_that_are_no_encodings(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,p\n1,0.5\n")
    with pytest.raises(UsageError, match="unknown encoding"):
        open_source(str(tmp_path / "p.csv"), Settings(encoding=encoding))


def test_quoted_values_may_hold_line_ends_and_quotes(tmp_path: Path) -> None:
    path = tmp_path / "text.csv"
    rows = [f'"line {j}\nsecond, ""quoted"" line",{"ab"[j % 2]},0.25\n' for j in range(500)]
    path.write_text("text,label,score\n" + "".join(rows))
    source = open_source(str(path), Settings(limits=Limits(head=256, segment=1024)))
    assert source.columns == ("text", "label", "score")
    assert read_table(source, "label").column("label").to_pylist() == ["a", "b"] * 250
    assert sum(batch.num_rows for batch in source.batches(["score"])) == 500


def test_a_byte_order_mark_is_no_part_of_a_name(saved: Callable[..., Path]) -> None:
    path = saved("bom.csv", b"\xef\xbb\xbflabel,p\r\n1,0.5\r\n")
    assert open_source(str(path)).columns == ("label", "p")


@pytest.mark.parametrize(
    "text", ['label,p\na,0.5\n"b,0.5\n', 'p,label\n0.5,a\n0.5,"b\n', 'label,p\nx 5",0\n"b,0.5\n']
)
@pytest.mark.parametrize("rows", [3, 20_000])
def test_a_quote_that_is_not_closed_has_its_line(text: str, rows: int, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(text + "0.5,0.5\n" * rows)
    settings = Settings(limits=Limits(segment=1 << 12, record=1 << 16))
    with pytest.raises(InputError, match="not closed") as caught:
        source = open_source(str(tmp_path / "p.csv"), settings)
        list(source.batches(source.columns, source.columns))
    assert str(caught.value.where).endswith("line 3")


def test_a_quote_behind_a_sign_that_delimits_nothing(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text('label,p\nx;"tis,0.5\ny,0.5\n')
    assert read_table(open_source(str(tmp_path / "p.csv")), "label").column(0).to_pylist() == ['x;"tis', "y"]


def test_a_quote_that_is_not_closed_takes_no_time(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text('label,p\n1,"0.5\n' + "1,0.5\n" * 1_500_000)
    start = time.process_time()
    with pytest.raises(InputError, match="not closed"):
        list(open_source(str(tmp_path / "p.csv")).batches(["p"]))
    assert time.process_time() - start < 5


@pytest.mark.parametrize("rows", [3, 20_000])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_nul_bytes_are_told_wherever_they_stand(rows: int, encoding: str, tmp_path: Path) -> None:
    text = "label,p\n" + "a,0.5\n" * rows + "a\0,0.5\n" + "a,0.5\n" * rows
    (tmp_path / "p.csv").write_text(text, encoding=encoding)
    with pytest.raises(InputError, match="NUL") as caught:
        source = open_source(str(tmp_path / "p.csv"))
        list(source.batches(["p"]))
    assert str(caught.value.where).endswith(f"line {rows + 2}")


@given(st.lists(st.sampled_from(['"a\nb"', '"a,""b"""', "x", "", '"\r\n"']), min_size=1, max_size=30))
def test_records_are_found_by_number(records: list[str]) -> None:
    data = "".join(record + "\n" for record in records)
    lines = [1 + data[: sum(len(r) + 1 for r in records[:j])].count("\n") for j in range(len(records))]
    for number, line in enumerate(lines, 1):
        assert record_line(data.encode(), ",", number, empty=True) == line
    full = [line for record, line in zip(records, lines, strict=True) if record]
    for number, line in enumerate(full, 1):
        assert record_line(data.encode(), ",", number, empty=False) == line
