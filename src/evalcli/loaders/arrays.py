"""Arrays as a table: a vector is one column, a matrix one fixed-size-list column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from evalcli.errors import InputError
from evalcli.findings import Finding, Place
from evalcli.loaders.resource import Resource, brief
from evalcli.loaders.source import OneFile

COLUMN = "values"
BATCH_ROWS = 1 << 16
Array = npt.NDArray[Any]


class ArraySource(OneFile):
    """Arrays with the same number of rows, by name."""

    def __init__(
        self, resource: Resource, form: str, arrays: Mapping[str, Array], remarks: tuple[Finding, ...] = ()
    ) -> None:
        super().__init__(resource, remarks)
        self.form, self._arrays = form, arrays
        self.columns = tuple(arrays)
        self.types = {name: self._arrow(name, 0, 1).type for name in arrays}
        self.rows = len(next(iter(arrays.values())))

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Yield slices of the arrays as record batches."""
        for start in range(0, self.rows or 0, BATCH_ROWS):
            parts = [self._arrow(name, start, start + BATCH_ROWS) for name in columns]
            yield pa.RecordBatch.from_arrays(parts, list(columns))

    def _arrow(self, name: str, start: int, stop: int) -> pa.Array:
        try:
            return arrow(self._arrays[name][start:stop])
        except (ValueError, SystemError) as error:  # bytes that are not text, or invalid code points
            raise InputError(
                "the text of an array is not UTF-8",
                where=self.place(name),
                found=brief(error),
                code="encoding",
                hint="save its text as str, not as bytes",
            ) from None


def validated(place: Place, array: Array) -> Array:
    """Validate an array of numbers or text; a matrix of one column becomes a vector."""
    if array.dtype.kind not in "fiubUS" or (array.dtype.itemsize > 8 and array.dtype.kind in "f"):
        raise InputError(
            "unsupported array type",
            where=place,
            found=str(array.dtype),
            code="array-type",
            hint="save numbers or strings: array.astype(float) or .astype(str)",
        )
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    text = array.dtype.kind in "US"
    if array.ndim not in (1, 2) or 0 in array.shape[1:] or (text and array.ndim > 1):
        raise InputError(
            "the array must have the shape (rows,) or (rows, classes)",
            where=place,
            found=f"shape {array.shape}" + (" of text" if text else ""),
            code="array-shape",
            hint="save it with one row per example",
        )
    return array


# from buffers: pa.array would import pandas
def _text(values: list[str]) -> pa.Array:
    texts = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(texts))]
    return pa.Array.from_buffers(pa.large_string(), len(texts), buffers)


def arrow(array: Array) -> pa.Array:
    """The same values as an Arrow array."""
    if array.dtype.kind == "S":
        return _text([value.decode() for value in array.tolist()])
    if array.dtype.kind == "U":
        return _text(array.tolist())
    flat = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("=")).reshape(-1)
    kind = pa.from_numpy_dtype(flat.dtype)
    data = np.packbits(flat, bitorder="little") if flat.dtype.kind == "b" else flat
    values = pa.Array.from_buffers(kind, len(flat), [None, pa.py_buffer(data)])
    return values if array.ndim == 1 else pa.FixedSizeListArray.from_arrays(values, array.shape[1])


__all__ = ["COLUMN", "ArraySource", "arrow", "validated"]
