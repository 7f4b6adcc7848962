from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.errors import InputError
from evalcli.loaders.open import open_source
from evalcli.loaders.source import ByColumns
from evalcli.loaders.threads import threads
from support.formats import TABLE, figures, matrices, read_matrix


def test_the_index_that_pandas_writes_is_no_score(expected: Any, tmp_path: Path) -> None:
    frame = TABLE.to_pandas()
    frame.index = pd.Index([7, 5, 3, 1, 0, 9])
    frame.to_parquet(tmp_path / "p.parquet")
    frame.to_csv(tmp_path / "p.csv")
    assert figures(tmp_path / "p.parquet") == expected
    assert figures(tmp_path / "p.csv") == expected


@given(matrices, st.permutations(range(3)))
def test_columns_come_in_the_order_that_is_asked_for(table: Any, order: list[int]) -> None:
    names = ["a", "b", "c"]
    arrow = pa.table({name: np.resize(table[:, 0], len(table)) + j for j, name in enumerate(names)})
    with tempfile.TemporaryDirectory() as folder:
        pq.write_table(arrow, Path(folder) / "a.parquet")
        found = read_matrix(Path(folder) / "a.parquet", [names[j] for j in order])
    for place, j in enumerate(order):
        assert (found[:, place] == arrow.column(names[j]).to_numpy()).all()


def test_parquet_reads_only_the_columns_asked_for(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": [1.0], "b": [2.0], "c": ["x"]}), tmp_path / "a.parquet")
    (batch,) = open_source(str(tmp_path / "a.parquet")).batches(["b"])
    assert batch.schema.names == ["b"]


@pytest.mark.parametrize("jobs", [1, 2])
def test_many_columns_are_read_apart(jobs: int, tmp_path: Path) -> None:
    values = np.random.default_rng(0).random((230, 70)).astype(np.float32)
    table = pa.table({f"s{j}": pa.array(values[:, j], mask=np.arange(230) == j) for j in range(70)})
    pq.write_table(table, tmp_path / "p.parquet", row_group_size=50)
    source = open_source(str(tmp_path / "p.parquet"))
    assert isinstance(source, ByColumns)
    names = list(reversed(source.columns))
    assert source.can_fill(names)
    assert not source.can_fill([*names, "none"])
    out = np.zeros((70, 230), np.float32)
    assert [*source.fill(names, out, threads(jobs))][-1] == 230
    expected = values.copy()
    expected[np.arange(70), np.arange(70)] = np.nan
    np.testing.assert_array_equal(out, expected.T[::-1])


def test_text_is_not_read_as_numbers(tmp_path: Path) -> None:
    pq.write_table(pa.table({"a": ["x"], "b": [1.0]}), tmp_path / "p.parquet")
    source = open_source(str(tmp_path / "p.parquet"))
    assert isinstance(source, ByColumns)
    assert (source.can_fill(["b"]), source.can_fill(["a", "b"])) == (True, False)


def test_a_row_group_that_is_cut_off_is_refused(tmp_path: Path) -> None:
    values = pa.table({f"s{j}": np.random.default_rng(j).random(400) for j in range(70)})
    path = tmp_path / "p.parquet"
    pq.write_table(values, path, use_dictionary=False, compression="none")
    content = bytearray(path.read_bytes())
    content[1000:60_000] = bytes(59_000)
    path.write_bytes(content)
    source = open_source(str(path))
    assert isinstance(source, ByColumns)
    with pytest.raises(InputError):
        list(source.fill(source.columns, np.empty((70, 400)), threads(1)))


def test_views_of_text(tmp_path: Path) -> None:
    table = TABLE.set_column(0, "label", TABLE.column("label").cast(pa.string_view()))
    try:
        pq.write_table(table, tmp_path / "p.parquet")
    except pa.ArrowNotImplementedError:
        pytest.skip("PyArrow before 21 does not write them")
    source = open_source(str(tmp_path / "p.parquet"))
    found = pa.Table.from_batches(source.batches(["label"])).column("label")
    assert found.to_pylist() == TABLE.column("label").to_pylist()
