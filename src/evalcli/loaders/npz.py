"""NPZ archives: each array with as many rows as the longest is a column. Nothing is unpacked to disk."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress

import pyarrow as pa

from evalcli.errors import InputError, Place
from evalcli.loaders.arrays import Array, ArraySource, checked
from evalcli.loaders.npy import read
from evalcli.loaders.resource import Resource, brief, unreadable
from evalcli.loaders.source import Remark, Settings
from evalcli.text import join_names

BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


def open(resource: Resource, settings: Settings, remarks: tuple[Remark, ...] = ()) -> ArraySource:
    """Read the arrays, as far as the bound allows."""
    try:
        candidates = _arrays(resource)
    except BROKEN as error:
        raise unreadable("NPZ archive", resource.place, brief(error)) from None
    arrays, more = aligned(resource.place, candidates)
    if not arrays:
        raise InputError("the archive holds no arrays with rows", where=resource.place, code="empty")
    return ArraySource(resource, "NPZ", arrays, (*remarks, *more))


def aligned(place: Place, candidates: Mapping[str, Array]) -> tuple[dict[str, Array], tuple[Remark, ...]]:
    """Arrays that have a row for each example; a remark on others, as a list of class names.

    Most arrays have as many rows as there are examples; of two numbers as frequent it is the larger.
    """
    arrays: dict[str, Array] = {}
    for name, array in candidates.items():
        with suppress(InputError):
            if array.ndim:
                arrays[name] = checked(place.at(column=name), array)
    lengths = [len(array) for array in arrays.values()]
    rows = max(lengths, key=lambda length: (lengths.count(length), length), default=0)
    chosen = {name: array for name, array in arrays.items() if len(array) == rows}
    if not chosen and candidates:
        checked(place.at(column=next(iter(candidates))), next(iter(candidates.values())))
    left = [name for name in candidates if name not in chosen]
    remark = Remark(
        "arrays-not-read", f"arrays that do not have {rows:,} rows are not looked at: {join_names(left)}"
    )
    return chosen, (remark,) if left else ()


def _arrays(resource: Resource) -> dict[str, Array]:
    total = 0
    arrays: dict[str, Array] = {}
    with zipfile.ZipFile(resource.seekable()) as archive:
        for member in archive.infolist():
            if not member.filename.endswith(".npy"):
                continue
            total += member.file_size
            resource.require_bound(total, "archive")
            name = member.filename.removesuffix(".npy")
            place = resource.place.at(column=name)
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise InputError(  # of the others no part can be unpacked without all of it
                    "an array is packed in a way that NumPy does not write", where=place, code="unreadable"
                )
            if name in arrays:
                raise InputError(
                    "an array's name stands twice", where=resource.place, found=name, code="column-twice"
                )
            with archive.open(member) as stream:  # at most what the directory says
                data = stream.read(member.file_size)
            arrays[name] = read(pa.py_buffer(data), place)
    return arrays


__all__ = ["aligned", "open"]
