"""NPY files, memory-mapped. No pickles, and no allocation from the size that a header declares."""

from __future__ import annotations

import io
import math
import warnings
from typing import Any

import numpy as np
import numpy.lib.format as nf
import pyarrow as pa

from evalcli.errors import InputError
from evalcli.findings import Finding, Place
from evalcli.loaders.arrays import COLUMN, Array, ArraySource, validated
from evalcli.loaders.resource import Resource, brief, unreadable
from evalcli.loaders.source import Settings

HEADERS: dict[tuple[int, int], Any] = {
    (1, 0): nf.read_array_header_1_0,
    (2, 0): nf.read_array_header_2_0,
    (3, 0): nf.read_array_header_2_0,  # with names of fields in UTF-8
}
LONGEST_HEADER = 10 + (1 << 16)
LARGEST = 1 << 48


def open(resource: Resource, settings: Settings, remarks: tuple[Finding, ...] = ()) -> ArraySource:
    """Map the array; refuse pickles, truncated files and shapes other than (n,) or (n, k)."""
    array, behind = read(resource.buffer, resource.place)
    if array.dtype.names:
        fields = {name: resource.place.at(column=name) for name in array.dtype.names}
        arrays = {name: validated(place, array[name]) for name, place in fields.items()}
    else:
        arrays = {COLUMN: validated(resource.place, array)}
    return ArraySource(resource, "NPY", arrays, (*remarks, *bytes_behind(resource.name, behind)))


def bytes_behind(name: str, count: int) -> tuple[Finding, ...]:
    """The remark on bytes after an array."""
    message = f"{count:,} bytes after the array in {name} were not read: is there a second one?"
    return (Finding("note", "bytes-behind", message),) if count else ()


def read(buffer: pa.Buffer, place: Place) -> tuple[Array, int]:
    """The array of an NPY file in memory, without a copy, and the number of bytes after it.

    The header is checked against the file's size.
    """
    head = io.BytesIO(bytes(memoryview(buffer)[:LONGEST_HEADER]))
    try:
        version = nf.read_magic(head)
        if version not in HEADERS:
            raise ValueError(f"version {version[0]}.{version[1]} of the format")
        with warnings.catch_warnings(action="ignore"):  # headers of Python 2 are accepted
            shape, fortran, dtype = HEADERS[version](head)
        if version == (3, 0) and dtype.names:
            dtype.names = tuple(name.encode("latin-1").decode() for name in dtype.names)
    except Exception as error:  # the header is a literal, which can be wrong in any way
        raise unreadable("NPY file", place, brief(error)) from None
    if dtype.hasobject:
        raise InputError(
            "the NPY file contains Python objects (a pickle), which can run code when it is read",
            where=place,
            hint="save plain numbers or strings: np.save(path, array.astype(str)) or .astype(float)",
            code="pickle",
        )
    sizes = [length for length in shape if type(length) is int and 0 <= length <= LARGEST]
    plain = dtype.itemsize and dtype.subdtype is None and dtype.kind in "fiubUSMmcV"
    if len(sizes) < len(shape) or not plain:
        raise InputError(
            "unsupported array type",
            where=place,
            found=f"{dtype}, shape {shape}"[:200],
            hint="save numbers or strings: array.astype(float) or .astype(str)",
        )
    count, there = math.prod(shape), buffer.size - head.tell()
    if count * dtype.itemsize > there:
        raise unreadable(
            "NPY file",
            place,
            f"shape {shape} of {dtype} needs {count * dtype.itemsize:,} bytes, the file has {there:,}",
        )
    flat = np.frombuffer(buffer, dtype, count, head.tell())
    return flat.reshape(shape, order="F" if fortran else "C"), there - count * dtype.itemsize


__all__ = ["bytes_behind", "open", "read"]
