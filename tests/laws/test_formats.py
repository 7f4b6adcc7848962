"""One table, however it is written, gives one report; and every way of writing it is read."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.formats import WRITERS, csv, figures, matrices, read_matrix

pytestmark = pytest.mark.long


@st.composite
def tables(draw: st.DrawFn) -> pa.Table:
    n, k = draw(st.integers(4, 12)), draw(st.integers(2, 5))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    rows = np.round(rng.dirichlet(np.ones(k), n), draw(st.integers(3, 17)))
    labels = [str(j % k) for j in range(n)]
    return pa.table({"label": labels, **{f"prob_{j}": rows[:, j] for j in range(k)}})


@settings(max_examples=12)
@given(tables())
def test_one_table_in_every_format_gives_one_report(table: pa.Table) -> None:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "reference.csv").write_bytes(csv(table))
        expected = figures(Path(folder) / "reference.csv")
        for name, write in WRITERS.items():
            path = Path(folder) / name
            path.write_bytes(write(table))
            assert figures(path) == expected, name


@given(matrices)
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
            found = read_matrix(Path(folder) / name)
            np.testing.assert_allclose(found, expected, rtol=1e-7 if "sv" in name else 0, atol=1e-30)
            # text that was written from float32 is read as float32, if enough of it shows that
            assert found.dtype == np.float32 or ("sv" in name and found.dtype == np.float64)
