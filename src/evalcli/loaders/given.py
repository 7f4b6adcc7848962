"""Arrays of any library as columns: lists, pandas, polars, Arrow, tensors. None of them is imported."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol, cast, runtime_checkable

import numpy as np
import pyarrow as pa

from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.loaders.arrays import Array
from evalcli.loaders.arrow_columns import is_list, numbers
from evalcli.loaders.table import Column

SHAPE = "one value per row: (n,); scores of several classes: (n, classes)"
HALF_OF_A_FLOAT = "bfloat16"
EXACT = 1 << 53
"""Whole numbers up to this are exact as floats."""
NO_ARRAY = (
    pa.ArrowException, TypeError, ValueError, RuntimeError, NotImplementedError, AttributeError, KeyError,
    OverflowError,
)  # fmt: skip
"""What NumPy, Arrow and tensors raise for values that are no arrays."""


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


class _Masked(Protocol):
    """What masked arrays of NumPy have."""

    mask: Array
    data: Array

    def astype(self, dtype: type) -> _Masked: ...

    def filled(self, value: float) -> Array: ...


def columns_of(name: str, value: object) -> dict[str, Column]:
    """The columns of an argument: one of its name, or those of a table by their own names.

    A matrix is one column. Raises an ``InputError`` for what is no array of one or two dimensions.
    """
    try:
        return _columns(name, value)
    except NO_ARRAY as error:
        raise InputError(
            f"{name} cannot be read as an array",
            where=Place(name),
            found=f"{type(value).__name__}: {str(error).partition(chr(10))[0][:200]}",
            hint="give a NumPy array of numbers or text, with one row per example; of a list of tensors, "
            "torch.stack(...)",
            code="array-type",
        ) from None


def _columns(name: str, value: object) -> dict[str, Column]:
    if isinstance(value, ArrowStream):
        return _of_stream(name, value)
    if isinstance(value, Mapping):
        parts = [(str(key), _one(str(key), part)) for key, part in value.items()]
        return _by_name(name, parts)
    return {name: _validated(name, _array(name, value))}


def _one(name: str, value: object) -> Column:
    columns = columns_of(name, value)
    if len(columns) != 1:
        raise ValueError(f"{name} has {len(columns)} columns")
    return next(iter(columns.values()))


def _by_name(name: str, parts: Sequence[tuple[str, Column]]) -> dict[str, Column]:
    names = [key for key, _ in parts]
    twice = sorted({key for key in names if names.count(key) > 1})
    if twice or not parts:
        raise InputError(
            f"{name} has columns of the same name" if twice else f"{name} has no columns",
            where=Place(name),
            found=", ".join(twice) or "none",
            hint="give each column its own name",
            code="column-twice",
        )
    return dict(parts)


def array_of(name: str, value: object) -> Array:
    """An argument as one NumPy array, (n,) or (n, k); the columns of a table side by side."""
    columns = columns_of(name, value)
    require_rows(columns, list(columns))
    parts = [numpy_of(name, column) for column in columns.values()]
    return parts[0] if len(parts) == 1 else np.stack(parts, axis=1)


def numpy_of(name: str, column: Column) -> Array:
    """A column as a NumPy array; missing numbers are NaN, and missing text is refused."""
    if not isinstance(column, pa.ChunkedArray):
        return column
    kind = column.type
    try:
        if pa.types.is_large_string(kind):
            if column.null_count:
                raise InputError(
                    f"{name} has missing values",
                    where=Place(name),
                    found=f"{column.null_count:,} of {len(column):,}",
                    hint="drop these rows, or fill them with a label",
                )
            return np.array(column.to_pylist(), dtype=str)
        if is_list(kind):
            return np.array(column.to_pylist())
        return np.concatenate([numbers(chunk) for chunk in column.chunks] or [np.empty(0)])
    except NO_ARRAY as error:
        raise InputError(
            f"{name} has values that are neither numbers nor text",
            where=Place(name),
            found=f"{kind}: {str(error).partition(chr(10))[0][:200]}",
            hint="convert it to numbers or text",
            code="array-type",
        ) from None


def _of_stream(name: str, value: ArrowStream) -> dict[str, Column]:
    """Columns of a table, or the single one of a series."""
    if isinstance(value, (pa.Table, pa.RecordBatch)) or hasattr(value, "columns"):
        table = pa.table(value)
        index = _index_columns(table.schema)
        names = zip(table.column_names, table.columns, strict=True)
        return _by_name(name, [(key, _plain(column)) for key, column in names if key not in index])
    return {name: _plain(pa.chunked_array(value))}


def _index_columns(schema: pa.Schema) -> set[str]:
    """Columns that pandas made from an index: of rows, not data."""
    described = (schema.metadata or {}).get(b"pandas")
    if described is None:
        return set()
    import json

    return {column for column in json.loads(described).get("index_columns", ()) if isinstance(column, str)}


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Without dictionaries and views, which the loaders do not read."""
    kind = column.type
    if pa.types.is_dictionary(kind):
        chunks = [chunk.dictionary_decode() for chunk in column.chunks]
        return _plain(pa.chunked_array(chunks, kind.value_type))
    if pa.types.is_string_view(kind) or pa.types.is_string(kind):
        return column.cast(pa.large_string())
    return column


def _array(name: str, value: object) -> Array:
    if hasattr(value, "detach") and hasattr(value, "cpu"):  # a tensor with gradients, or elsewhere
        tensor = cast(_Tensor, value).detach().cpu()
        value = tensor.float() if HALF_OF_A_FLOAT in str(tensor.dtype) else tensor
    if type(value).__module__.startswith("numpy.ma"):
        masked = cast(_Masked, value)
        return np.asarray(masked.astype(np.float64).filled(np.nan) if np.any(masked.mask) else masked.data)
    array = np.asarray(value)
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
    if all(isinstance(value, (int, np.integer)) for value in values):
        return array.astype(np.int64)  # an error for larger ones
    if all(value is None or isinstance(value, (int, float, np.number, np.bool_)) for value in values):
        if any(isinstance(value, int) and abs(value) > EXACT for value in values):
            raise ValueError("whole numbers above 2**53 beside missing values or fractions")
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
    text = array.dtype.kind in "US"
    if array.ndim not in (1, 2) or 0 in array.shape[1:] or (text and array.ndim > 1):
        raise InputError(
            f"{name} must have the shape (n,) or (n, classes)",
            where=Place(name),
            found=f"shape {array.shape}" + (" of text" if text else ""),
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
    return np.char.decode(array, "utf-8") if array.dtype.kind == "S" else array


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


__all__ = ["ArrowStream", "array_of", "columns_of", "numpy_of", "require_rows"]
