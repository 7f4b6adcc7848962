from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evalcli.errors import InputError
from evalcli.inputs.in_memory import InMemoryColumns, list_width
from evalcli.inputs.options import Options
from evalcli.loaders.open import open_source
from support.matching import found

TABLE = pa.table(
    {
        "id": [7, 3, 9, 4, 5],
        "label": ["cat", "dog", None, "cat", "ant"],
        "w": pa.array([1, None, 3, 4, 5], pa.int64()),
        "a": pa.array([0.5, 0.25, np.nan, 1.0, 0.0], pa.float32()),
        "b": pa.array([1.0, 2.0, 3.0, 4.0, 5.0], pa.float32()),
        "both": pa.array([[1.0, 2.0], [3.0, 4.0], None, [5.0, 6.0], [7.0, 8.0]], pa.list_(pa.float64())),
    }
)


def held(
    folder: Path, table: pa.Table = TABLE, ids: str | None = None, beside: tuple[str, ...] = ()
) -> InMemoryColumns:
    """Over several batches."""
    pq.write_table(table, folder / "y.parquet", row_group_size=2)
    return InMemoryColumns(open_source(str(folder / "y.parquet")), Options("p.parquet"), ids, beside)


def test_labels_in_the_order_of_the_rows(tmp_path: Path) -> None:
    labels = held(tmp_path).labels("label")
    names = [labels.names[code] if code >= 0 else None for code in labels.codes]
    assert names == ["cat", "dog", None, "cat", "ant"]


def test_numbers_are_nan_where_missing(tmp_path: Path) -> None:
    numbers = held(tmp_path).numbers("w")
    assert numbers.dtype == np.float64
    np.testing.assert_array_equal(numbers, [1, np.nan, 3, 4, 5])


def test_what_is_read_beside_is_the_same(tmp_path: Path) -> None:
    read = held(tmp_path, ids="id", beside=("w",))
    assert read.index is None
    read.labels("label")
    np.testing.assert_array_equal(read.numbers("w"), [1, np.nan, 3, 4, 5])
    assert found(read.index, [9, 7, 1]) == [2, 0, -1]


def test_numbers_beside_those_that_are_asked_for(tmp_path: Path) -> None:
    read = held(tmp_path, beside=("w",))
    np.testing.assert_array_equal(read.numbers("b"), [1, 2, 3, 4, 5])
    np.testing.assert_array_equal(read.numbers("w"), [1, np.nan, 3, 4, 5])


def test_a_matrix_has_a_row_for_each_column(tmp_path: Path) -> None:
    matrix = held(tmp_path).matrix(["b", "a"])
    np.testing.assert_array_equal(matrix, [[1, 2, 3, 4, 5], [0.5, 0.25, np.nan, 1, 0]])
    assert matrix.dtype == np.float32


def test_a_matrix_of_lists(tmp_path: Path) -> None:
    read = held(tmp_path)
    matrix = read.matrix(["both"])
    np.testing.assert_array_equal(matrix, [[1, 3, np.nan, 5, 7], [2, 4, np.nan, 6, 8]])
    batches = TABLE.to_batches()
    assert [list_width(batches, names) for names in (["both"], ["a"], ["a", "b"])] == [2, 1, 2]


def test_a_column_as_it_is(tmp_path: Path) -> None:
    chunks = held(tmp_path).chunks("both")
    assert [value for chunk in chunks for value in chunk.to_pylist()] == TABLE["both"].to_pylist()


def test_no_rows(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        held(tmp_path, TABLE[:0]).labels("label")
    assert caught.value.code == "no-rows"
