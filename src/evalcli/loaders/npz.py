"""NPZ archives: each array with as many rows as the longest is a column. Nothing is unpacked to disk."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping

import pyarrow as pa

from evalcli.errors import InputError, listed
from evalcli.loaders.arrays import Array, ArraySource, checked
from evalcli.loaders.npy import read
from evalcli.loaders.resource import Resource, brief, readable_size
from evalcli.loaders.source import Remark, Settings


def open(resource: Resource, settings: Settings, remarks: tuple[Remark, ...] = ()) -> ArraySource:
    """Read the arrays, as far as the bound allows."""
    try:
        found = _arrays(resource)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError) as error:
        raise InputError(
            "the NPZ archive cannot be read",
            where=resource.place,
            seen=brief(error),
            mend="is it cut short, or another format?",
            code="unreadable",
        ) from None
    arrays, more = aligned(found)
    if not arrays:
        raise InputError("the archive holds no arrays with rows", where=resource.place, code="empty")
    return ArraySource(resource, "NPZ", arrays, (*remarks, *more))


def aligned(found: Mapping[str, Array]) -> tuple[dict[str, Array], tuple[Remark, ...]]:
    """Arrays that have a row for each example; a remark on others, as a list of class names."""
    rows = max((len(array) for array in found.values() if array.ndim), default=0)
    arrays = {name: array for name, array in found.items() if array.ndim and len(array) == rows}
    left = [name for name in found if name not in arrays]
    remark = Remark(
        "arrays-not-read", f"arrays of other lengths than {rows:,} are not looked at: {listed(left)}"
    )
    return arrays, (remark,) if left else ()


def _arrays(resource: Resource) -> dict[str, Array]:
    bound, total = resource.bound, 0
    arrays: dict[str, Array] = {}
    with zipfile.ZipFile(resource.seekable()) as archive:
        for member in archive.infolist():
            if not member.filename.endswith(".npy"):
                continue
            total += member.file_size
            if total > bound:
                raise InputError(
                    f"the archive unfolds to more than {readable_size(bound)}",
                    where=resource.place,
                    mend="if you trust it, allow more with --max-bytes, as in --max-bytes 100G",
                    code="too-large",
                )
            with archive.open(member) as stream:  # at most what the directory says
                data = stream.read(member.file_size)
            name = member.filename.removesuffix(".npy")
            place = resource.place.at(column=name)
            array = read(pa.py_buffer(data), place)
            arrays[name] = checked(place, array) if array.ndim else array
    return arrays


__all__ = ["aligned", "open"]
