"""Vectors of Spark, dense or sparse, as lists of numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from evalcli.errors import InputError
from evalcli.findings import Place
from evalcli.loaders.arrow_columns import Array, lengths, numbers, valid

VALUES = "values"
FIELDS = {"type", "size", "indices", VALUES}
"""A vector of type 1 is dense; a vector of type 0 has the same number of indices and values, and a size."""
SPARSE = 0
LARGEST = 1 << 27
"""Maximum number of values of a batch's sparse vectors after conversion."""


def is_vector(kind: pa.DataType) -> bool:
    """Whether a column contains vectors; in JSON, dense vectors lack some of the fields."""
    return bool(pa.types.is_struct(kind)) and {"type", VALUES} <= {field.name for field in kind} <= FIELDS


def vectors(array: pa.Array, place_of: Callable[[int], Place]) -> pa.Array:
    """One list per row; ``place_of``: place of a row, for messages."""
    values = pc.struct_field(array, [VALUES]).cast(pa.large_list(pa.float64()))
    names = {field.name for field in array.type}
    if not {"size", "indices"} <= names:
        return values
    sparse = valid(array) & (_whole(array, "type", 1) == SPARSE)
    if not sparse.any():
        return values
    indices = pc.struct_field(array, ["indices"]).cast(pa.large_list(pa.int64()))
    counts, places = lengths(values), lengths(indices)
    sizes = np.where(sparse, _whole(array, "size", -1), np.maximum(counts, 0))
    bad = sparse & ((counts != places) | (counts < 0) | (sizes < 0))
    if bad.any() or sizes.sum() > LARGEST:
        raise _refusal(place_of, int(np.argmax(bad if bad.any() else sizes)), sizes, counts)
    rows = np.repeat(np.arange(len(array)), np.maximum(counts, 0))
    starts = np.cumsum(np.maximum(counts, 0)) - np.maximum(counts, 0)
    at = np.arange(len(rows)) - starts[rows]
    at[sparse[rows]] = indices.filter(pa.array(sparse)).flatten()
    outside = (at < 0) | (at >= sizes[rows])
    if outside.any():
        raise _refusal(place_of, int(rows[np.argmax(outside)]), sizes, counts)
    ends = np.concatenate([[0], np.cumsum(sizes)])
    flat = np.zeros(int(ends[-1]))
    flat[ends[rows] + at] = numbers(values.flatten())
    return _lists(flat, ends, valid(array) & (counts >= 0))


def _lists(flat: Array, ends: Array, present: Array) -> pa.Array:
    mask = pa.py_buffer(np.packbits(present, bitorder="little"))
    kept = pa.Array.from_buffers(pa.float64(), len(flat), [None, pa.py_buffer(flat)])
    kind = pa.large_list(pa.float64())
    return pa.Array.from_buffers(kind, len(present), [mask, pa.py_buffer(ends)], children=[kept])


def _whole(array: Any, name: str, null: int) -> Array:
    """Values of an integer field."""
    values = numbers(pc.struct_field(array, [name])).astype(np.float64)
    return np.where(np.isfinite(values), values, null).astype(np.int64)


def _refusal(place_of: Callable[[int], Place], row: int, sizes: Array, counts: Array) -> InputError:
    return InputError(
        "a sparse vector is invalid",
        where=place_of(row),
        found=f"size {sizes[row]:,}, {counts[row]:,} values, or indices that do not fit them",
        hint="write dense vectors, e.g. with pyspark.ml.functions.vector_to_array",
        code="unreadable",
    )


__all__ = ["VALUES", "is_vector", "vectors"]
