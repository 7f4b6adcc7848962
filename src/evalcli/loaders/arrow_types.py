"""Arrow types that few functions support, converted to plain types with the same values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pyarrow as pa

from evalcli.loaders.arrow_columns import valid


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type that values of ``kind`` are converted to; the same type if it is already plain.

    Views become strings and lists, run-end encoding and numeric dictionaries are decoded, extension types
    become their storage type.
    """
    types = pa.types
    if isinstance(kind, pa.BaseExtensionType):
        return plain_type(kind.storage_type)
    if types.is_dictionary(kind):
        value = plain_type(kind.value_type)
        if types.is_string(value) or types.is_large_string(value):
            return pa.dictionary(kind.index_type, value) if value != kind.value_type else kind
        return value
    if types.is_run_end_encoded(kind):
        return plain_type(kind.value_type)
    if types.is_string_view(kind) or types.is_binary_view(kind):
        return pa.large_string()
    if types.is_binary(kind) or types.is_large_binary(kind):
        return pa.large_string()
    if types.is_list_view(kind) or types.is_large_list_view(kind):
        return pa.large_list(plain_type(kind.value_type))
    if types.is_list(kind) or types.is_large_list(kind):
        value = plain_type(kind.value_type)
        return kind if value == kind.value_type else pa.large_list(value)
    if types.is_fixed_size_list(kind):
        value = plain_type(kind.value_type)
        return kind if value == kind.value_type else pa.list_(value, kind.list_size)
    return kind


def field_type(types: Mapping[str, pa.DataType], name: str) -> pa.DataType:
    """The type of a column, or of a field within one by its dotted name; null if there is none."""
    if name in types:
        return types[name]
    for parent, kind in types.items():
        if name.startswith(f"{parent}.") and pa.types.is_struct(kind):
            inner = field_type({field.name: field.type for field in kind}, name[len(parent) + 1 :])
            if not pa.types.is_null(inner):
                return inner
    return pa.null()


def plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch with plain types."""
    return pa.RecordBatch.from_arrays(list(map(_plain, batch.columns)), batch.schema.names)


def _plain(array: Any) -> Any:
    if isinstance(array.type, pa.BaseExtensionType):
        array = array.storage
    wanted = plain_type(array.type)
    if pa.types.is_run_end_encoded(array.type):
        import pyarrow.compute

        array = pyarrow.compute.run_end_decode(array)
    if pa.types.is_list_view(array.type) or pa.types.is_large_list_view(array.type):
        array = _list_of_view(array)
    return array if array.type == wanted else array.cast(wanted)


def _list_of_view(array: Any) -> Any:
    """The same lists, stored consecutively: a cast gives invalid lists for views from a file."""
    width = np.int64 if pa.types.is_large_list_view(array.type) else np.int32
    sizes = np.frombuffer(array.buffers()[2], width)[array.offset : array.offset + len(array)].astype(
        np.int64
    )
    present = valid(array)
    ends = np.concatenate([[0], np.cumsum(np.where(present, sizes, 0))])
    mask = None if present.all() else pa.py_buffer(np.packbits(present, bitorder="little"))
    return pa.Array.from_buffers(
        pa.large_list(array.type.value_type),
        len(array),
        [mask, pa.py_buffer(ends)],
        children=[array.flatten()],
    )


__all__ = ["field_type", "plain", "plain_type"]
