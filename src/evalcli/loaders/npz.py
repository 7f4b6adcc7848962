"""NPZ archives: each array with one row per example is a column. Nothing is extracted to disk."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from contextlib import suppress

import pyarrow as pa

from evalcli.errors import InputError
from evalcli.findings import Finding, Place
from evalcli.loaders.arrays import Array, ArraySource, validated
from evalcli.loaders.npy import bytes_behind, read
from evalcli.loaders.resource import Resource, brief, unreadable
from evalcli.loaders.source import CLASS_NAMES, Settings
from evalcli.text import join_names

BROKEN = (
    zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, RuntimeError, ValueError,
)  # fmt: skip


def open(resource: Resource, settings: Settings, remarks: tuple[Finding, ...] = ()) -> ArraySource:
    """Read the arrays, up to the size limit."""
    try:
        candidates, behind = _arrays(resource)
    except BROKEN as error:
        raise unreadable("NPZ archive", resource.place, brief(error)) from None
    arrays, names, more = aligned(resource.place, candidates)
    if not arrays:
        raise InputError(
            "the archive contains no arrays with rows",
            where=resource.place,
            code="empty",
            hint="save the arrays with np.savez(path, probs=probs, labels=labels)",
        )
    source = ArraySource(resource, "NPZ", arrays, (*remarks, *more, *behind))
    source.class_names = names
    return source


def aligned(
    place: Place, candidates: Mapping[str, Array]
) -> tuple[dict[str, Array], tuple[str, ...], tuple[Finding, ...]]:
    """Arrays with one row per example, class names from another array, and a remark on the remaining arrays.

    The number of examples is the most frequent length of the arrays; in a tie, the larger one.
    """
    arrays: dict[str, Array] = {}
    for name, array in candidates.items():
        with suppress(InputError):
            if array.ndim:
                arrays[name] = validated(place.at(column=name), array)
    lengths = [len(array) for array in arrays.values()]
    rows = max(lengths, key=lambda length: (lengths.count(length), length), default=0)
    chosen = {name: array for name, array in arrays.items() if len(array) == rows}
    if not chosen and candidates:
        validated(place.at(column=next(iter(candidates))), next(iter(candidates.values())))
    named = {name: class_names(arrays[name]) for name in CLASS_NAMES if name in arrays and name not in chosen}
    key, names = next((pair for pair in named.items() if pair[1]), (None, ()))
    skipped = [name for name in candidates if name not in chosen and name != key]
    remark = Finding(
        "note",
        "arrays-not-read",
        f"arrays that do not have {rows:,} rows are not read: {join_names(skipped)}",
    )
    return chosen, names, (remark,) if skipped else ()


def class_names(array: Array) -> tuple[str, ...]:
    """Class names in an array: unique text; empty if the array contains something else."""
    if array.ndim != 1 or array.dtype.kind not in "iuUS":
        return ()
    values = array.tolist()
    texts = [value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value) for value in values]
    return tuple(texts) if len(set(texts)) == len(texts) and all(texts) else ()


def _arrays(resource: Resource) -> tuple[dict[str, Array], tuple[Finding, ...]]:
    total = 0
    remarks: tuple[Finding, ...] = ()
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
                raise InputError(  # other compressions cannot be decompressed in parts
                    "an array is compressed with a method that NumPy does not use",
                    where=place,
                    code="unreadable",
                    hint="save it with np.savez or np.savez_compressed",
                )
            if name in arrays:
                raise InputError(
                    "duplicate array name",
                    where=resource.place,
                    found=name,
                    code="column-twice",
                    hint="give each array its own name",
                )
            with archive.open(member) as stream:  # at most the size in the directory
                data = stream.read(member.file_size)
            arrays[name], behind = read(pa.py_buffer(data), place)
            remarks = remarks or bytes_behind(f"{resource.name}, {name}", behind)
    return arrays, remarks


__all__ = ["aligned", "open"]
