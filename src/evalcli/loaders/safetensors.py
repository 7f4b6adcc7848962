"""safetensors files: each tensor with one row per example is a column. Requires the extra."""

from __future__ import annotations

from typing import Any

import numpy as np

from evalcli.errors import InputError, UsageError
from evalcli.findings import Finding
from evalcli.loaders.arrays import Array, ArraySource
from evalcli.loaders.npz import aligned
from evalcli.loaders.resource import Resource, brief, unreadable
from evalcli.loaders.source import Settings

TYPES = {
    "F64": "<f8", "F32": "<f4", "F16": "<f2", "I64": "<i8", "I32": "<i4", "I16": "<i2", "I8": "<i1",
    "U64": "<u8", "U32": "<u4", "U16": "<u2", "U8": "<u1", "BOOL": "?",
}  # fmt: skip


def open(resource: Resource, settings: Settings, remarks: tuple[Finding, ...] = ()) -> ArraySource:
    """Read the tensors, bfloat16 as float32."""
    try:
        import safetensors

        read: Any = safetensors.deserialize
    except ImportError:
        raise UsageError(
            "safetensors files require the package safetensors",
            where=resource.place,
            hint="pip install 'evalcli[safetensors]', or save the tensors with np.savez",
            code="missing-extra",
        ) from None
    try:
        tensors = read(bytes(memoryview(resource.buffer)))
    except safetensors.SafetensorError as error:
        raise unreadable("safetensors file", resource.place, brief(error)) from None
    candidates: dict[str, Array] = {}
    for name, tensor in sorted(tensors):
        place = resource.place.at(column=name)
        try:
            array = _array(tensor)
        except (ValueError, OverflowError) as error:
            raise InputError(
                "a tensor cannot be read",
                where=place,
                found=brief(error),
                hint="save it again, as float32 or int64",
            ) from None
        if array is None:
            raise InputError(
                "unsupported tensor type",
                where=place,
                found=tensor["dtype"],
                hint="save it as float32 or int64",
            )
        candidates[name] = array
    arrays, names, more = aligned(resource.place, candidates)
    if not arrays:
        raise InputError(
            "the file contains no tensors with rows",
            where=resource.place,
            code="empty",
            hint="save tensors with one row per example",
        )
    source = ArraySource(resource, "safetensors", arrays, (*remarks, *more))
    source.class_names = names
    return source


def _array(tensor: dict[str, Any]) -> Array | None:
    kind, shape, data = tensor["dtype"], tensor["shape"], tensor["data"]
    if kind == "BF16":  # the upper half of a float32
        wide = np.frombuffer(data, "<u2").astype("<u4") << 16
        return wide.view("<f4").reshape(shape)
    return np.frombuffer(data, TYPES[kind]).reshape(shape) if kind in TYPES else None


__all__ = ["open"]
