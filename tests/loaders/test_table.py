from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from evalcli.loaders.arrays import BATCH_ROWS
from evalcli.loaders.table import TableSource

N = BATCH_ROWS + 10
COLUMNS = {
    "y": np.arange(N),
    "p": np.arange(2 * N, dtype=np.float32).reshape(N, 2),
    "s": pa.chunked_array([["a"] * 7, ["b"] * (N - 7)], pa.large_string()),
}


def test_it_is_read_in_batches_like_a_file() -> None:
    source = TableSource("arrays", COLUMNS)
    assert source.columns == ("y", "p", "s")
    assert source.rows == N
    assert source.types["p"] == pa.list_(pa.float32(), 2)
    batches = list(source.batches(["s", "y", "p"]))
    assert [batch.num_rows for batch in batches] == [BATCH_ROWS, 10]
    table = pa.Table.from_batches(batches)
    assert table["y"].to_pylist() == list(range(N))
    assert table["s"].to_pylist() == ["a"] * 7 + ["b"] * (N - 7)
    assert table["p"][N - 1].as_py() == [2 * N - 2, 2 * N - 1]


def test_places_are_arguments() -> None:
    source = TableSource("arrays", COLUMNS)
    assert str(source.place("y", 3)) == "y, row 4"
    assert str(source.place()) == "arrays"


def test_the_digest_follows_the_values() -> None:
    def digest(values: list[int]) -> str:
        (file,) = TableSource("arrays", {"y": np.array(values)}).files
        return file.sha256()

    assert digest([1, 2]) == digest([1, 2]) != digest([1, 3])


@pytest.mark.parametrize("kind", [pa.large_string(), pa.float64(), pa.bool_()])
def test_no_rows(kind: pa.DataType) -> None:
    source = TableSource("arrays", {"y": pa.chunked_array([], kind)})
    assert (source.rows, source.types["y"]) == (0, kind)
    assert list(source.batches(["y"])) == []
