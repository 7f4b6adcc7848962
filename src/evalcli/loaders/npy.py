"""NPY files, memory-mapped: a vector is one column, a matrix one fixed-size-list column. Never a pickle."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa

from evalcli.errors import InputError, printable
from evalcli.loaders.source import digest

COLUMN = "values"
BATCH_ROWS = 1 << 16


def open(path: str, data: bytes | None) -> NpySource:
    """Map the array; refuse pickles, cut files and shapes that are not (n,) or (n, k)."""
    where = printable(path)
    try:
        if data is None:
            array = np.load(path, mmap_mode="r", allow_pickle=False)
        else:
            array = np.load(io.BytesIO(data), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise _refusal(where, str(error)) from None
    if not isinstance(array, np.ndarray):
        raise InputError("not an NPY array", where=where, seen="an archive of arrays")
    return NpySource(path, data, _checked(where, array))


def _refusal(where: str, reason: str) -> InputError:
    if "pickle" in reason or "Python objects" in reason:
        return InputError(
            "the NPY file holds Python objects (a pickle), which could run code when read",
            where=where,
            mend="save plain numbers or strings: np.save(path, array.astype(str)) or .astype(float)",
        )
    return InputError(
        "the NPY file cannot be read", where=where, seen=reason, mend="is it cut short, or another format?"
    )


def _checked(where: str, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if array.dtype.kind not in "fiubUS":
        raise InputError("unsupported type of array", where=where, seen=str(array.dtype))
    if array.ndim == 2 and array.shape[1] == 1:
        array = array[:, 0]
    if array.ndim not in (1, 2) or 0 in array.shape[1:]:
        raise InputError(
            "the array must have the shape (rows,) or (rows, classes)",
            where=where,
            seen=f"shape {array.shape}",
        )
    return array


# from buffers: pa.array would import pandas
def _text(values: list[str]) -> pa.Array:
    texts = [value.encode() for value in values]
    ends = np.cumsum([0, *map(len, texts)], dtype=np.int64)
    buffers = [None, pa.py_buffer(ends), pa.py_buffer(b"".join(texts))]
    return pa.Array.from_buffers(pa.large_string(), len(texts), buffers)


def _arrow(array: np.ndarray[Any, Any]) -> pa.Array:
    if array.dtype.kind in "SU":
        return _text(array.astype(str).tolist())
    flat = np.ascontiguousarray(array, dtype=array.dtype.newbyteorder("=")).reshape(-1)
    kind = pa.from_numpy_dtype(flat.dtype)
    data = np.packbits(flat, bitorder="little") if flat.dtype.kind == "b" else flat
    values = pa.Array.from_buffers(kind, len(flat), [None, pa.py_buffer(data)])
    return values if array.ndim == 1 else pa.FixedSizeListArray.from_arrays(values, array.shape[1])


class NpySource:
    """A mapped array as a table of one column."""

    def __init__(self, path: str, data: bytes | None, array: np.ndarray[Any, Any]) -> None:
        self.path, self._data, self._array = path, data, array
        self.columns = (COLUMN,)
        self.types = {COLUMN: _arrow(array[:1]).type}
        self.rows: int | None = len(array)

    def batches(self, columns: Sequence[str], text: Sequence[str] = ()) -> Iterator[pa.RecordBatch]:
        """Yield slices of the array as record batches."""
        for start in range(0, len(self._array), BATCH_ROWS):
            part = _arrow(self._array[start : start + BATCH_ROWS])
            yield pa.RecordBatch.from_arrays([part] * len(columns), list(columns))

    def table(self, columns: Sequence[str], text: Sequence[str] = ()) -> pa.Table:
        """The whole array as a table."""
        return pa.table({name: _arrow(self._array) for name in columns})

    def sha256(self) -> str:
        """Digest of the file."""
        return digest(self.path, self._data)
