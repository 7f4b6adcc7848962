"""State files: an Arrow IPC file of compressed arrays, with a JSON header under a key that names the format.

``evalcli.state.1`` in the metadata of the schema is the header. Each row of the only column is an array; how
its bytes are read stands in the header, as does a checksum of the header and all arrays beside it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
import pyarrow as pa
from msgspec import MsgspecError, convert, to_builtins
from pyarrow import ipc

from evalcli.blocks import Array
from evalcli.errors import InputError
from evalcli.findings import Blank, Place, run
from evalcli.loaders import STATE_KEY as KEY
from evalcli.loaders.resource import Resource
from evalcli.report.json_values import Json, JsonObject, as_object, list_at
from evalcli.states import MAGIC
from evalcli.states.arrays import CodedArray, Layout, coded, decoded
from evalcli.statistics.base import Mapper
from evalcli.text import escape

FORMAT = 1
"""Of state files; a later one may hold what this release cannot add."""
CHECKSUM = b"evalcli.checksum"
"""Key of the checksum of the header and all arrays."""
COLUMN = "array"
"""The only column: compressed bytes."""
WRITE = run("evalcli", "score", Blank("FILE"), "--state", "part.state", words="writes one")
BROKEN = (
    *(pa.ArrowException, MsgspecError, ValueError, KeyError, TypeError, IndexError, AttributeError),
    *(OSError, OverflowError, RecursionError),
)
"""Errors that damaged content raises."""


def write_state(header: JsonObject, arrays: Sequence[Array], mapper: Mapper = map) -> bytes:
    """The bytes of a state file."""
    parts = list(mapper(coded, arrays))
    layouts: list[Json] = [to_builtins(part.layout) for part in parts]
    text = json.dumps({**header, "arrays": layouts}, separators=(",", ":"), allow_nan=False).encode()
    check = str(_checksum([text, *(part.data for part in parts)])).encode()
    schema = pa.schema(
        [(COLUMN, pa.large_binary())], metadata={f"{KEY}{FORMAT}".encode(): text, CHECKSUM: check}
    )
    sink = pa.BufferOutputStream()
    column = _column([part.data for part in parts])
    with ipc.new_file(sink, schema) as writer:
        writer.write_batch(pa.record_batch([column], schema=schema))
    return bytes(sink.getvalue())


def _column(parts: Sequence[bytes]) -> pa.Array:
    """Bytes as a column; Arrow's own function would import pandas."""
    bounds = np.zeros(len(parts) + 1, np.int64)
    np.cumsum([len(part) for part in parts], out=bounds[1:])
    buffers = [None, pa.py_buffer(bounds), pa.py_buffer(b"".join(parts))]
    return pa.Array.from_buffers(pa.large_binary(), len(parts), buffers)


def is_state(resource: Resource) -> bool:
    """Whether a file is a state, of any format."""
    if not resource.head.startswith(MAGIC):
        return False
    try:
        return _key(ipc.open_file(resource.seekable()).schema.metadata) is not None
    except BROKEN:
        return False


def read_header(resource: Resource) -> JsonObject:
    """The header of a state file, with its size; raises the same errors but those of damaged arrays."""
    place = resource.place
    if not resource.head.startswith(MAGIC):
        raise _no_state(place, "another kind of file")
    try:
        metadata = ipc.open_file(resource.seekable()).schema.metadata
        return {**_header(metadata, place), "bytes": resource.size}
    except BROKEN as error:
        raise damaged(place, str(error)) from None


def _header(metadata: Mapping[bytes, bytes] | None, place: Place) -> JsonObject:
    key = _key(metadata)
    if key is None or metadata is None:
        raise _no_state(place, "an Arrow file without states")
    _require_known(key, place)
    return as_object(json.loads(metadata[key]), "header")


def read_state(resource: Resource, mapper: Mapper = map) -> tuple[JsonObject, list[Array]]:
    """The header and the arrays of a state file.

    Raises an ``InputError`` for a file that is none, is damaged, or was written in a later format.
    """
    place = resource.place
    if not resource.head.startswith(MAGIC):
        raise _no_state(place, "another kind of file")
    data = resource.buffer
    try:
        reader = ipc.open_file(pa.BufferReader(data))
        header = _header(reader.schema.metadata, place)
        table = reader.read_all()
        table.validate(full=True)  # offsets may be invalid
        parts = [scalar.as_buffer() for scalar in table.column(COLUMN)]
        layouts = [convert(layout, Layout) for layout in list_at(header, "arrays")]
        metadata = reader.schema.metadata
        if _checksum([metadata[_key(metadata)], *parts]) != int(metadata[CHECKSUM]):
            raise ValueError("the bytes differ from their checksum")
        both = [CodedArray(part, layout) for part, layout in zip(parts, layouts, strict=True)]
        return header, list(mapper(decoded, both))
    except BROKEN as error:
        raise damaged(place, str(error)) from None


def damaged(place: Place, why: str) -> InputError:
    """The error for a file that was a state."""
    return InputError(
        "the state file is damaged",
        where=place,
        found=escape(why.splitlines()[0]) if why else None,
        hint="copy it again" | WRITE,
        code="damaged-state",
    )


def _no_state(place: Place, found: str) -> InputError:
    return InputError("not a state file", where=place, found=found, hint=WRITE, code="not-a-state")


def _key(metadata: Mapping[bytes, bytes] | None) -> bytes | None:
    """The key of the header, whose end is the format."""
    return next((key for key in metadata or {} if key.startswith(KEY.encode())), None)


def _require_known(key: bytes, place: Place) -> None:
    version = key.decode(errors="replace").removeprefix(KEY)
    if not version.isdecimal():
        raise ValueError(f"format {version!r}")
    if int(version) > FORMAT:
        raise InputError(
            "the state was written by a later release",
            where=place,
            found=f"format {version}; this release reads up to {FORMAT}",
            hint="upgrade evalcli here, or write it again with this release",
            code="newer-state",
        )


def _checksum(parts: Sequence[bytes | pa.Buffer]) -> int:
    check = 0
    for part in parts:
        check = crc32(part, check)
    return check
