"""Arrays of any library as columns: lists, pandas, polars, Arrow, tensors. None of them is imported."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Protocol, cast, runtime_checkable

import numpy as np
import pyarrow as pa

from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.loaders.arrays import Array
from evalcli.loaders.arrow_columns import numbers
from evalcli.loaders.table import Column

PANDAS_INDEX = re.compile(r"__index_level_\d+__")
"""What pandas calls an index that it passes on with the columns."""
SHAPE = "one value per row: (n,); scores of several classes: (n, classes)"
HALF_OF_A_FLOAT = "bfloat16"


@runtime_checkable
class ArrowStream(Protocol):
    """Arrow's PyCapsule interface: columns of pandas, polars, pyarrow and others, without a copy."""

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """A capsule with the stream."""
        ...


class _Tensor(Protocol):
    """What tensors of PyTorch have, apart from the array interface."""

    dtype: object

    def detach(self) -> _Tensor: ...

    def cpu(self) -> _Tensor: ...

    def float(self) -> _Tensor: ...


def columns_of(name: str, value: object) -> dict[str, Column]:
    """The columns of an argument: one of its name, or those of a table by their own names.

    A matrix is one column. Raises an ``InputError`` for what is no array of one or two dimensions.
    """
    if isinstance(value, ArrowStream):
        found = _of_stream(name, value)
        if found is not None:
            return found
    if isinstance(value, Mapping):
        columns = [column for key, part in value.items() for column in columns_of(str(key), part).items()]
        return dict(columns)
    return {name: _validated(name, _array(name, value))}


def array_of(name: str, value: object) -> Array:
    """An argument as one NumPy array, (n,) or (n, k); the columns of a table side by side."""
    parts = [
        part if isinstance(part, np.ndarray) else _numpy(part) for part in columns_of(name, value).values()
    ]
    return parts[0] if len(parts) == 1 else np.stack(parts, axis=1)


def _numpy(column: pa.ChunkedArray) -> Array:
    if pa.types.is_large_string(column.type):
        return np.array(column.to_pylist(), dtype=str)
    return np.concatenate([numbers(chunk) for chunk in column.chunks] or [np.empty(0)])


def _of_stream(name: str, value: ArrowStream) -> dict[str, Column] | None:
    """Columns of a table, or the single one of a series; None if the array interface is the way to it."""
    if isinstance(value, (pa.Table, pa.RecordBatch)) or hasattr(value, "columns"):
        table = pa.table(value)
        return {
            name: _plain(column)
            for name, column in zip(table.column_names, table.columns, strict=True)
            if not PANDAS_INDEX.fullmatch(name)
        }
    return {name: _plain(pa.chunked_array(value))}


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Without dictionaries and views, which the loaders do not read."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        return _plain(column.cast(kind.value_type))
    if pa.types.is_string_view(kind) or pa.types.is_string(kind):
        return column.cast(pa.large_string())
    return column


def _array(name: str, value: object) -> Array:
    if hasattr(value, "detach") and hasattr(
        value, "cpu"
    ):  # a tensor that may have gradients, or be elsewhere
        tensor = cast(_Tensor, value).detach().cpu()
        value = tensor.float() if HALF_OF_A_FLOAT in str(tensor.dtype) else tensor
    try:
        array = np.asarray(value)
    except (TypeError, ValueError, RuntimeError) as error:
        raise InputError(
            f"{name} cannot be read as an array",
            where=Place(name),
            found=f"{type(value).__name__}: {str(error).partition(chr(10))[0]}",
            hint="give a NumPy array of numbers or text, with one row per example",
            code="array-type",
        ) from None
    if array.dtype.name == HALF_OF_A_FLOAT:
        return array.astype(np.float32)
    if array.dtype.kind == "O":
        return _of_objects(name, array)
    return array


def _of_objects(name: str, array: Array) -> Array:
    """Python objects as text or numbers, if all are; None is a missing value of numbers."""
    values = array.reshape(-1).tolist()
    if all(isinstance(value, str) for value in values):
        return array.astype(str)
    if all(value is None or isinstance(value, (int, float, np.number, np.bool_)) for value in values):
        return array.astype(np.float64)
    kinds = sorted({type(value).__name__ for value in values})
    raise InputError(
        f"{name} contains values of several kinds",
        where=Place(name),
        found=", ".join(kinds),
        hint="give numbers only, or text only: [str(label) for label in labels]",
        code="array-type",
    )


def _validated(name: str, array: Array) -> Array:
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (1, 2) or 0 in array.shape[1:]:
        raise InputError(
            f"{name} must have the shape (n,) or (n, classes)",
            where=Place(name),
            found=f"shape {array.shape}",
            hint=SHAPE,
            code="array-shape",
        )
    if array.dtype.kind not in "fiubUS" or (array.dtype.kind == "f" and array.dtype.itemsize > 8):
        raise InputError(
            f"{name} has values that are neither numbers nor text",
            where=Place(name),
            found=f"dtype {array.dtype}",
            hint="convert it: array.astype(float), or .astype(str)",
            code="array-type",
        )
    return array


def require_rows(columns: Mapping[str, Column], names: Sequence[str]) -> None:
    """Refuse columns with different numbers of rows. ``names``: of the arguments, for the message."""
    lengths = {len(column) for column in columns.values()}
    if len(lengths) > 1:
        shapes = {name: _shape(column) for name, column in columns.items()}
        raise InputError(
            f"{' and '.join(names)} must have as many rows as each other",
            where=Place(next(iter(columns))),
            found=", ".join(f"{name} {shape}" for name, shape in shapes.items()),
            hint="give one row per example to each; scores of (classes, n) are transposed: y_score.T",
            code="rows-differ",
        )


def _shape(column: Column) -> tuple[int, ...]:
    return (len(column),) if isinstance(column, pa.ChunkedArray) else column.shape


__all__ = ["ArrowStream", "array_of", "columns_of", "require_rows"]
