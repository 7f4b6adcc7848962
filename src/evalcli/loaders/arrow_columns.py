"""Arrow columns as NumPy arrays, straight from their buffers.

pyarrow's own ``to_numpy`` imports pandas whenever a copy may be needed, which costs more than scoring a small
file does.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Array = npt.NDArray[Any]


def from_numbers(values: Array) -> pa.Array:
    """A NumPy array as an Arrow array, (n,); shares its memory where the type allows.

    >>> from_numbers(np.array([True, False])).to_pylist(), from_numbers(np.arange(2)).to_pylist()
    ([True, False], [0, 1])
    """
    n = len(values)
    if values.dtype == np.bool_:
        bits = np.packbits(values, bitorder="little")
        return pa.Array.from_buffers(pa.bool_(), n, [None, pa.py_buffer(bits)])
    kind = pa.from_numpy_dtype(values.dtype)
    return pa.Array.from_buffers(kind, n, [None, pa.py_buffer(np.ascontiguousarray(values))])


def from_texts(texts: Sequence[str]) -> pa.Array:
    """Strings as an Arrow array."""
    encoded = [text.encode("utf-8", "replace") for text in texts]
    ends = np.zeros(len(encoded) + 1, np.int32)
    np.cumsum([len(text) for text in encoded], out=ends[1:])
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(encoded))]
    return pa.Array.from_buffers(pa.string(), len(encoded), buffers)


def column_of(batch: pa.RecordBatch, name: str) -> pa.Array:
    """A column by its name."""
    return batch.column(batch.schema.get_field_index(name))


def is_list(kind: pa.DataType) -> bool:
    """Whether a column has one list per row."""
    types = pa.types
    return bool(types.is_list(kind) or types.is_large_list(kind) or types.is_fixed_size_list(kind))


def is_numeric(kind: pa.DataType) -> bool:
    """Whether a column contains numbers, booleans or only nulls."""
    types = pa.types
    number = types.is_floating(kind) or types.is_integer(kind) or types.is_decimal(kind)
    return bool(number or types.is_boolean(kind) or types.is_null(kind))


def is_whole(kind: pa.DataType) -> bool:
    """Whether a column contains integers or booleans."""
    return bool(pa.types.is_integer(kind) or pa.types.is_boolean(kind))


def value_type(kind: pa.DataType) -> pa.DataType:
    """Type of a column's values, or of the values of its lists."""
    return kind.value_type if is_list(kind) else kind


def valid(array: pa.Array) -> npt.NDArray[np.bool_]:
    """Where an array is not null, (n,)."""
    bits = array.buffers()[0]
    if bits is None:
        return np.ones(len(array), np.bool_)
    upto = array.offset + len(array)
    flags = np.unpackbits(np.frombuffer(bits, np.uint8), count=upto, bitorder="little")
    return flags[array.offset :].view(np.bool_)


def buffer_values(array: pa.Array) -> Array:
    """Values in the buffer of a numeric column, (n,); arbitrary where null."""
    dtype = np.dtype(array.type.to_pandas_dtype())
    if not len(array):
        return np.empty(0, dtype)
    return np.frombuffer(array.buffers()[1], dtype)[array.offset : array.offset + len(array)]


def numbers(array: pa.Array) -> Array:
    """Values of a numeric column, (n,): the file's own type, or float with NaN where there are nulls.

    >>> numbers(pa.array([1.5, None, 3.0])[1:])
    array([nan,  3.])
    """
    if pa.types.is_null(array.type):
        return np.full(len(array), np.nan)
    if pa.types.is_decimal(array.type) or pa.types.is_boolean(array.type):
        array = array.cast(pa.float64())
    values = buffer_values(array)
    if array.null_count:
        values = values.astype(values.dtype if values.dtype.kind == "f" else np.float64)
        values[~valid(array)] = np.nan
    return values


def list_bounds(array: pa.Array) -> npt.NDArray[np.int64]:
    """Start of each list in ``array.values``, and the end of the last one, (n + 1,)."""
    at, n = array.offset, len(array)
    if pa.types.is_fixed_size_list(array.type):
        return np.arange(at, at + n + 1) * array.type.list_size
    wide = np.int64 if pa.types.is_large_list(array.type) else np.int32
    return np.frombuffer(array.buffers()[1], wide)[at : at + n + 1].astype(np.int64)


def lengths(array: pa.Array) -> npt.NDArray[np.int64]:
    """Length of each list of a list column, (n,); -1 where null."""
    return np.where(valid(array), np.diff(list_bounds(array)), -1)


def matrix(array: pa.Array, width: int) -> Array:
    """Values of a list column whose lists are all ``width`` long, (n, width); NaN where null."""
    bounds, values = list_bounds(array), numbers(array.values)
    if not array.null_count:
        return values[bounds[0] : bounds[-1]].reshape(-1, width)
    kept = valid(array)
    out = np.full((len(array), width), np.nan)
    out[kept] = values[bounds[:-1][kept, None] + np.arange(width)]
    return out
