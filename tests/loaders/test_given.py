from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from evalcli.errors import InputError
from evalcli.loaders.given import columns_of, require_rows


class Tensor:
    """As those of PyTorch: no array with gradients, on another device, or in half precision."""

    def __init__(
        self, values: Any, *, grad: bool = False, device: str = "cpu", dtype: str = "torch.float32"
    ) -> None:
        self.values, self.grad, self.device, self.dtype = np.asarray(values), grad, device, dtype

    def detach(self) -> Tensor:
        return Tensor(self.values, device=self.device, dtype=self.dtype)

    def cpu(self) -> Tensor:
        return Tensor(self.values, grad=self.grad, dtype=self.dtype)

    def float(self) -> Tensor:
        return Tensor(self.values.astype(np.float32), grad=self.grad, device=self.device)

    def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
        if self.grad or self.device != "cpu" or self.dtype == "torch.bfloat16":
            raise TypeError("cannot be converted")
        return self.values


def read(value: Any) -> Any:
    (column,) = columns_of("y", value).values()
    return column.to_numpy().tolist() if isinstance(column, pa.ChunkedArray) else column.tolist()


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ([1, 2, 3], [1, 2, 3]),
        ((True, False), [True, False]),
        (["a", "b"], ["a", "b"]),
        (np.array([["a"], ["b"]]), ["a", "b"]),
        ([0.5, None], [0.5, np.nan]),
        (np.array(["a", "b"], dtype=object), ["a", "b"]),
        (pd.Series([1, 2], index=[7, 9]), [1, 2]),
        (pd.Series(["a", "b"]), ["a", "b"]),
        (pd.Series(["a", "b"], dtype="category"), ["a", "b"]),
        (pd.Series([1, None], dtype="Int64"), [1, np.nan]),
        (pa.array([1, 2]), [1, 2]),
        (pa.chunked_array([[1], [2]]), [1, 2]),
        (pa.array(["a", "b"]).dictionary_encode(), ["a", "b"]),
        (Tensor([1.0, 2.0], grad=True), [1.0, 2.0]),
        (Tensor([1.0, 2.0], device="cuda:0"), [1.0, 2.0]),
        (Tensor([1.0, 2.0], dtype="torch.bfloat16"), [1.0, 2.0]),
        (memoryview(np.array([1.0, 2.0])), [1.0, 2.0]),
    ],
)  # fmt: skip
def test_values_of_many_libraries(value: Any, expected: list[Any]) -> None:
    kind = object if isinstance(expected[0], str) else float
    np.testing.assert_array_equal(np.array(read(value), dtype=kind), np.array(expected, dtype=kind))


def test_a_table_has_the_columns_that_it_had() -> None:
    frame = pd.DataFrame({"a": [1.0], "b": [2.0]}, index=[5])
    assert list(columns_of("y", frame)) == ["a", "b"]
    assert list(columns_of("y", pa.table({"a": [1.0], "b": [2.0]}))) == ["a", "b"]
    assert list(columns_of("y", {"a": [1.0], "b": [2.0]})) == ["a", "b"]


def test_polars_is_read_if_it_is_there() -> None:
    pl = pytest.importorskip("polars")
    assert read(pl.Series("s", [1, 2])) == [1, 2]
    assert read(pl.Series("s", ["a", "b"])) == ["a", "b"]
    assert list(columns_of("y", pl.DataFrame({"a": [1.0], "b": [2.0]}))) == ["a", "b"]


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (np.zeros((2, 2, 2)), "array-shape"),
        (np.zeros(()), "array-shape"),
        (np.zeros((3, 0)), "array-shape"),
        (np.array([1j, 2j]), "array-type"),
        ([1, "a", None], "array-type"),
        ([[1, 2], [3]], "array-type"),
        (np.array(["2020-01-01"], dtype="datetime64[D]"), "array-type"),
        (object(), "array-shape"),
    ],
)
def test_what_is_no_column_is_refused(value: Any, code: str) -> None:
    with pytest.raises(InputError) as caught:
        columns_of("y_true", value)
    assert caught.value.code in (code, "array-type")
    assert "y_true" in str(caught.value)
    assert caught.value.hint is not None


def test_different_numbers_of_rows_are_shown() -> None:
    columns = {"y_true": np.zeros(3), "y_score": np.zeros((2, 4))}
    with pytest.raises(InputError, match=r"y_true \(3,\), y_score \(2, 4\)"):
        require_rows(columns, ["y_true", "y_score"])
    require_rows({"y_true": np.zeros(2), "y_score": pa.chunked_array([[1.0, 2.0]])}, ["y_true", "y_score"])
