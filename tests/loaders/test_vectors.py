from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.loaders.open import open_source
from evalcli.loaders.vectors import is_vector, vectors
from support.formats import read_table

KIND = pa.struct(
    [
        ("type", pa.int8()),
        ("size", pa.int32()),
        ("indices", pa.list_(pa.int32())),
        ("values", pa.list_(pa.float64())),
    ]
)


def place(row: int) -> Place:
    return Place("f", "v", row + 1)


def stored(values: list[float] | None, sparse: bool) -> dict[str, Any] | None:
    if values is None:
        return None
    if not sparse:
        return {"type": 1, "values": values}
    at = [j for j, value in enumerate(values) if value]
    return {"type": 0, "size": len(values), "indices": at, "values": [values[j] for j in at]}


@given(
    st.lists(st.tuples(st.none() | st.lists(st.sampled_from([0.0, 0.25, 1.0]), max_size=4), st.booleans()))
)
def test_dense_and_sparse_vectors_are_lists(rows: list[tuple[list[float] | None, bool]]) -> None:
    array = pa.array([stored(*row) for row in rows], KIND)
    assert vectors(array, place).to_pylist() == [values for values, _ in rows]
    assert vectors(array[1:], place).to_pylist() == [values for values, _ in rows[1:]]


@pytest.mark.parametrize(
    "row",
    [
        {"type": 0, "size": 2, "indices": [2], "values": [1.0]},
        {"type": 0, "size": 2, "indices": [-1], "values": [1.0]},
        {"type": 0, "size": -2, "indices": [0], "values": [1.0]},
        {"type": 0, "size": None, "indices": [0], "values": [1.0]},
        {"type": 0, "size": 2, "indices": [0, 1], "values": [1.0]},
        {"type": 0, "size": 2, "indices": None, "values": [1.0]},
        {"type": 0, "size": 2**31 - 1, "indices": [0], "values": [1.0]},
    ],
)
def test_broken_sparse_vectors(row: dict[str, Any]) -> None:
    array = pa.array([{"type": 1, "values": [0.5]}, row], KIND)
    with pytest.raises(InputError) as caught:
        vectors(array, place)
    assert caught.value.where == place(1)


def test_what_is_a_vector() -> None:
    assert is_vector(KIND)
    assert not is_vector(pa.struct([("type", pa.int8()), ("score", pa.float64())]))
    assert not is_vector(pa.list_(pa.float64()))


def test_files_with_vectors(tmp_path: Path) -> None:
    rows = [{"v": stored([0.25, 0.75], False)}, {"v": stored([0.0, 1.0], True)}]
    pq.write_table(pa.Table.from_pylist(rows, pa.schema([("v", KIND)])), tmp_path / "p.parquet")
    lines = [{"v": {"type": 1, "values": [0.25, 0.75]}}, {"v": {"type": 1, "values": [0.0, 1.0]}}]
    (tmp_path / "p.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))
    for name in ("p.parquet", "p.jsonl"):
        source = open_source(str(tmp_path / name))
        assert source.columns == ("v.values",)
        assert read_table(source, "v.values").column(0).to_pylist() == [[0.25, 0.75], [0.0, 1.0]]
