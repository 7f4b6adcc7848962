from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyarrow import feather, ipc

from evalcli.errors import InputError
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Settings
from support.command_line import Cli

TABLE = pa.table(
    {
        "label": ["a", None, "b", "a"],
        "p": pa.array([0.75, 0.25, None, 0.5], pa.float32()),
        "pair": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], None],
    }
)


def write(path: Path, form: str, table: pa.Table = TABLE) -> str:
    make = ipc.new_file if form == "file" else ipc.new_stream
    with make(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=3)
    return str(path)


@pytest.mark.parametrize("form", ["file", "stream"])
def test_files_and_streams(form: str, tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "p.arrow", form))
    assert source.columns == ("label", "p", "pair")
    batches = list(source.batches(["label", "p", "pair"]))
    assert [batch.num_rows for batch in batches] == [3, 1]
    assert pa.Table.from_batches(batches).to_pydict() == TABLE.to_pydict()


@pytest.mark.parametrize("form", ["file", "stream"])
def test_only_the_columns_that_are_asked_for(form: str, tmp_path: Path) -> None:
    source = open_source(write(tmp_path / "p.arrow", form))
    for batch in source.batches(["pair"]):
        assert batch.schema.names == ["pair"]


@pytest.mark.parametrize("compression", ["uncompressed", "lz4", "zstd"])
def test_compression(compression: str, tmp_path: Path) -> None:
    feather.write_feather(TABLE, str(tmp_path / "p.feather"), compression=compression)
    found = pa.Table.from_batches(open_source(str(tmp_path / "p.feather")).batches(["p", "label"]))
    assert found["p"].to_pylist() == TABLE["p"].to_pylist()
    assert found["label"].to_pylist() == TABLE["label"].to_pylist()


@pytest.mark.parametrize("form", ["file", "stream"])
def test_a_truncated_file_is_refused(form: str, tmp_path: Path) -> None:
    path = Path(write(tmp_path / "p.arrow", form))
    whole = path.read_bytes()
    for size in (len(whole) // 4, len(whole) // 2, len(whole) * 3 // 4):
        path.write_bytes(whole[:size])
        with pytest.raises(InputError) as caught:
            list(open_source(str(path)).batches(["p"]))
        assert str(path) in str(caught.value.where)


def test_an_index_beyond_its_dictionary_is_refused(tmp_path: Path) -> None:
    wild = pa.DictionaryArray.from_arrays(pa.array([0, 5]), pa.array(["a", "b"]), safe=False)
    with pytest.raises(InputError):
        list(open_source(write(tmp_path / "p.arrow", "file", pa.table({"t": wild}))).batches(["t"]))


def test_batches_stay_below_the_largest_size(tmp_path: Path) -> None:
    table = pa.table({"p": [0.5] * 100_000})
    feather.write_feather(table, str(tmp_path / "p.feather"), compression="zstd")
    source = open_source(str(tmp_path / "p.feather"), Settings(max_bytes=10_000))
    with pytest.raises(InputError):
        list(source.batches(["p"]))


@given(st.integers(1, 5), st.integers(0, 5))
def test_streams_that_end_at_a_batch(batches: int, kept: int) -> None:
    """A writer that is stopped leaves whole batches, and no mark of the end."""
    sink = pa.BufferOutputStream()
    ends = []
    with ipc.new_stream(sink, TABLE.schema) as writer:
        for _ in range(batches):
            ends.append(sink.tell())
            writer.write_table(TABLE)
    data = sink.getvalue().to_pybytes()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "p.arrows"
        path.write_bytes(data)
        assert open_source(str(path)).remarks == ()
        if kept and kept < batches:
            path.write_bytes(data[: ends[kept]])
            source = open_source(str(path))
            assert [remark.code for remark in source.remarks] == ["no-end-mark"]
            assert sum(batch.num_rows for batch in source.batches(["p"])) == kept * TABLE.num_rows
        path.write_bytes(data + data)
        (remark,) = open_source(str(path)).remarks
        assert (remark.code, f"{len(data):,} bytes" in remark.message) == ("bytes-behind", True)


def test_a_stream_of_columns_that_look_like_its_end(tmp_path: Path) -> None:
    table = pa.table({"n": pa.array([-1, 0] * 32, pa.int32())})
    sink = pa.BufferOutputStream()
    writer = ipc.new_stream(sink, table.schema)
    writer.write_table(table)
    writer.close()
    data = sink.getvalue().to_pybytes()
    assert data[-16:] == b"\xff\xff\xff\xff\x00\x00\x00\x00" * 2
    (tmp_path / "p.arrows").write_bytes(data[:-8])
    assert [r.code for r in open_source(str(tmp_path / "p.arrows")).remarks] == ["no-end-mark"]


def test_a_gate_sees_that_the_end_is_missing(tmp_path: Path, cli: Cli) -> None:
    sink = pa.BufferOutputStream()
    with ipc.new_stream(sink, TABLE.schema) as writer:
        writer.write_table(TABLE)
    path = tmp_path / "p.arrows"
    path.write_bytes(sink.getvalue().to_pybytes()[:-8])
    result = cli("score", path, "--missing", "drop", "--score-cols", "p", "--fail-on", "no-end-mark")
    assert (result.code, "no end mark" in result.err) == (1, True)
