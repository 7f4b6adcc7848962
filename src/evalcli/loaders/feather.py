"""Arrow IPC files and streams (Feather, version 2): memory-mapped batches, each validated before use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
from pyarrow import ipc

from evalcli.errors import InputError
from evalcli.findings import Finding, run
from evalcli.loaders import STATE_KEY
from evalcli.loaders.arrow_types import plain, plain_type
from evalcli.loaders.resource import WRITE_AGAIN, Resource, brief, unreadable
from evalcli.loaders.source import OneFile, Settings, class_names_in
from evalcli.text import escape

BROKEN = (pa.ArrowException, OSError, ValueError, TypeError, IndexError)


def open(resource: Resource, settings: Settings, remarks: tuple[Finding, ...] = ()) -> ArrowSource:
    """Read the schema."""
    return ArrowSource(resource, remarks)


def _refuse_state(metadata: Mapping[bytes, bytes], resource: Resource) -> None:
    if any(key.startswith(STATE_KEY.encode()) for key in metadata):
        raise InputError(
            "a state, which has no rows",
            where=resource.place,
            hint=run("evalcli", "merge", resource.name, words="for its report")
            | run("evalcli", "compare", resource.name, words="if it is of a comparison"),
            code="a-state",
        )


class ArrowSource(OneFile):
    """One IPC file or stream."""

    form = "Arrow IPC"

    def __init__(self, resource: Resource, remarks: tuple[Finding, ...]) -> None:
        self._file = resource.head.startswith(b"ARROW1")
        super().__init__(resource, (*remarks, *([] if self._file else self._at_the_end(resource))))
        try:
            self._schema = self._reader(None).schema
            names, kinds = self._schema.names, self._schema.types
            self.types = {name: plain_type(kind) for name, kind in zip(names, kinds, strict=True)}
        except BROKEN as error:
            raise self._refusal(error) from None
        _refuse_state(self._schema.metadata or {}, resource)
        self.columns = tuple(names)
        self.class_names = class_names_in(self._schema.metadata)

    def _reader(self, columns: Sequence[str] | None) -> Any:
        included = None if columns is None else sorted(self._schema.get_field_index(c) for c in columns)
        options = ipc.IpcReadOptions(included_fields=included)
        read = ipc.open_file if self._file else ipc.open_stream
        return read(pa.BufferReader(self.resource.buffer), options=options)

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream the record batches."""
        try:
            reader = self._reader(columns)
            record_batches = map(reader.get_batch, range(reader.num_record_batches)) if self._file else reader
            decompressed = 0
            for batch in record_batches:
                # offsets and dictionary indices may be invalid
                batch.validate(full=True)
                decompressed += batch.get_total_buffer_size()  # `nbytes` knows views from PyArrow 24 only
                self.resource.require_bound(decompressed)
                yield plain(batch)
        except BROKEN as error:
            raise self._refusal(error) from None

    def _at_the_end(self, resource: Resource) -> Iterator[Finding]:
        """Remarks on the end of a stream: batches may be missing, or follow it."""
        buffer = resource.buffer
        stream = pa.BufferReader(buffer)
        last = 0
        try:
            messages = ipc.MessageReader.open_stream(stream)
            while True:
                messages.read_next_message()
                last = stream.tell()
        except StopIteration:
            end = stream.tell()
        except BROKEN:  # the reader of the rows reports it
            return
        if end == last:
            yield Finding(
                "note",
                "no-end-mark",
                f"the Arrow stream {resource.name} has no end mark: if its writer was stopped, rows "
                "are missing",
            )
        if end < buffer.size:
            behind = buffer.size - end
            yield Finding(
                "note",
                "bytes-behind",
                f"{behind:,} bytes after the end of the Arrow stream {resource.name} were not read: is "
                "there a second one?",
            )

    def _refusal(self, error: Exception) -> InputError:
        return unreadable("Arrow file", self.resource.place, escape(brief(error)), WRITE_AGAIN)


__all__ = ["ArrowSource", "open"]
