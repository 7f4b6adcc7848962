"""What goes into a file comes out of its loader, whatever the format, the chunks and the types."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays

from evalcli.errors import InputError, Place
from evalcli.inputs.pieces import Piece, pieces, scores_of
from evalcli.loaders import Source, delimited, open_source, text
from evalcli.loaders.arrow_columns import lengths, numbers, valid

finite = st.floats(-1e6, 1e6, width=32)
tables = arrays(np.float32, array_shapes(min_dims=2, max_dims=2, max_side=20), elements=finite)


def place(column: str | None, row: int | None) -> Place:
    return Place("x", column, None if row is None else row + 1)


def table(source: Source, *columns: str) -> pa.Table:
    return pa.Table.from_batches(source.batches(columns, columns))


def read(path: Path, columns: list[str] | None = None) -> Any:
    source = open_source(str(path))
    chosen = columns or list(source.columns)
    batches = tuple(source.batches(chosen))
    rows = sum(batch.num_rows for batch in batches)
    is_matrix = chosen == ["values"] and pa.types.is_fixed_size_list(source.types["values"])
    width = source.types["values"].list_size if is_matrix else len(chosen)
    return scores_of(Piece(0, rows, batches), chosen, width, source.place).T


@given(tables)
def test_every_format_gives_back_the_numbers(table: Any) -> None:
    names = [f"prob_{j}" for j in range(table.shape[1])]
    arrow = pa.table({name: table[:, j] for j, name in enumerate(names)})
    with tempfile.TemporaryDirectory() as folder:
        np.save(Path(folder) / "a.npy", table)
        pq.write_table(arrow, Path(folder) / "a.parquet", row_group_size=3)
        pc.write_csv(arrow, Path(folder) / "a.csv")
        pc.write_csv(arrow, Path(folder) / "a.tsv", pc.WriteOptions(delimiter="\t"))
        expected = table[:, 0:1] if table.shape[1] == 1 else table
        for name in ("a.npy", "a.parquet", "a.csv", "a.tsv"):
            found = read(Path(folder) / name)
            np.testing.assert_allclose(found, expected, rtol=1e-7 if "sv" in name else 0, atol=1e-30)
            assert found.dtype == (np.float64 if "sv" in name else np.float32)


@given(tables, st.permutations(range(3)))
def test_columns_come_in_the_order_that_is_asked_for(table: Any, order: list[int]) -> None:
    names = ["a", "b", "c"]
    arrow = pa.table({name: np.resize(table[:, 0], len(table)) + j for j, name in enumerate(names)})
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(arrow, Path(folder) / "a.parquet")
        found = read(Path(folder) / "a.parquet", [names[j] for j in order])
    for place, j in enumerate(order):
        assert (found[:, place] == arrow.column(names[j]).to_numpy()).all()


@given(st.lists(st.integers(0, 9), max_size=8), st.integers(1, 7))
def test_pieces_keep_every_row_in_order(sizes: list[int], rows: int) -> None:
    values = np.arange(sum(sizes), dtype=np.float64)
    cuts = np.cumsum([0, *sizes])
    batches = [
        pa.record_batch({"x": values[start : start + size]}) for start, size in zip(cuts, sizes, strict=False)
    ]
    cut = list(pieces(batches, rows))
    assert [piece.rows for piece in cut[:-1]] == [rows] * (len(cut) - 1)
    assert [piece.start for piece in cut] == list(range(0, len(values), rows))
    found = [scores_of(piece, ["x"], 1, place)[0] for piece in cut]
    assert np.concatenate([[], *found]).tolist() == values.tolist()


@given(st.lists(st.none() | st.integers(-5, 5), min_size=1), st.integers(0, 10))
def test_buffers_are_read_as_arrow_reads_them(drawn: list[int | None], start: int) -> None:
    for kind in (pa.int8(), pa.int64(), pa.float32(), pa.float64(), pa.bool_()):
        values = [None if v is None else v > 0 for v in drawn] if kind == pa.bool_() else drawn
        array = pa.array(values, kind)[start:]
        expected = [np.nan if v is None else float(v) for v in array.to_pylist()]
        np.testing.assert_array_equal(numbers(array).astype(np.float64), expected)
        assert valid(array).tolist() == [v is not None for v in array.to_pylist()]


@pytest.mark.parametrize(
    "kind", [pa.list_(pa.float32()), pa.large_list(pa.float32()), pa.list_(pa.float32(), 2)]
)
def test_lists_of_scores(kind: Any, tmp_path: Path) -> None:
    column = pa.array([[0.25, 0.75], [0.5, 0.5], None, [1.0, 0.0]], kind)
    assert lengths(column).tolist() == [2, 2, -1, 2]
    assert lengths(column[1:]).tolist() == [2, -1, 2]
    batch = pa.record_batch({"scores": column})
    found = scores_of(Piece(0, 4, (batch,)), ["scores"], 2, place)
    np.testing.assert_array_equal(found.T, [[0.25, 0.75], [0.5, 0.5], [np.nan, np.nan], [1, 0]])


def test_lists_of_different_lengths_are_refused() -> None:
    batch = pa.record_batch({"scores": pa.array([[0.5, 0.5], [1.0]])})
    with pytest.raises(InputError, match="different lengths") as caught:
        scores_of(Piece(10, 2, (batch,)), ["scores"], 2, place)
    assert str(caught.value.where) == "x, column scores, row 12"


def test_parquet_reads_only_the_columns_asked_for(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1.0], "b": [2.0], "c": ["x"]}), tmp_path / "a.parquet")
    (batch,) = open_source(str(tmp_path / "a.parquet")).batches(["b"])
    assert batch.schema.names == ["b"]


def test_npy_is_mapped_not_read(saved: Callable[..., Path]) -> None:
    source = open_source(str(saved("a.npy", np.zeros((500_000, 2)))))
    array = source._arrays["values"]  # type: ignore[attr-defined]
    assert isinstance(array.base.base, pa.Buffer)
    assert pa.total_allocated_bytes() < array.nbytes


@pytest.mark.parametrize("dtype", [">f8", "<f4", "f2", "i8", "u2", "?", "S3", "U3"])
def test_npy_types(dtype: str, saved: Callable[..., Path]) -> None:
    array = np.array([0, 1, 1]).astype(dtype)
    found = table(open_source(str(saved("a.npy", array))), "values")
    assert [str(v) for v in found.column("values").to_pylist()] == [
        str(v) for v in array.astype(str).tolist()
    ]


def test_a_long_csv_is_typed_by_its_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "HEAD_BYTES", 64)
    path = tmp_path / "long.csv"
    path.write_text("name,score\n" + "a,0.5\n" * 100)
    source = open_source(str(path))
    assert source.columns == ("name", "score")
    assert source.types == {"name": pa.string(), "score": pa.float64()}
    assert sum(batch.num_rows for batch in source.batches(["score"])) == 100


def test_quoted_values_may_hold_line_ends_and_quotes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "HEAD_BYTES", 256)
    monkeypatch.setattr(text, "SEGMENT_BYTES", 1024)
    path = tmp_path / "text.csv"
    rows = [f'"line {j}\nsecond, ""quoted"" line",{"ab"[j % 2]},0.25\n' for j in range(500)]
    path.write_text("text,label,score\n" + "".join(rows))
    source = open_source(str(path))
    assert source.columns == ("text", "label", "score")
    assert table(source, "label").column("label").to_pylist() == ["a", "b"] * 250
    assert sum(batch.num_rows for batch in source.batches(["score"])) == 500


def test_a_byte_order_mark_is_no_part_of_a_name(saved: Callable[..., Path]) -> None:
    path = saved("bom.csv", b"\xef\xbb\xbflabel,p\r\n1,0.5\r\n")
    assert open_source(str(path)).columns == ("label", "p")


def test_a_header_longer_than_the_head(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(delimited, "HEAD_BYTES", 4)
    path = tmp_path / "wide.csv"
    path.write_text("name,score\na,0.5\n")
    assert open_source(str(path)).columns == ("name", "score")


@pytest.mark.parametrize("form", ["csv", "tsv", "npy", "parquet"])
def test_standard_input_is_recognised(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    table = pa.table({"label": [0, 1], "p": [0.25, 0.75]})
    stream = io.BytesIO()
    if form == "parquet":
        pq.write_table(table, stream)
    elif form == "npy":
        np.save(stream, np.array([[0.25, 0.75]]))
    else:
        pc.write_csv(table, stream, pc.WriteOptions(delimiter="\t" if form == "tsv" else ","))
    stdin = io.TextIOWrapper(io.BytesIO(stream.getvalue()))
    monkeypatch.setattr("sys.stdin", stdin)
    source = open_source("-")
    assert source.path == "<stdin>"
    assert source.columns == (("values",) if form == "npy" else ("label", "p"))
    assert len(source.files[0].sha256()) == 64
