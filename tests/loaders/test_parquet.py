from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st

from evalcli.loaders.open import open_source
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
