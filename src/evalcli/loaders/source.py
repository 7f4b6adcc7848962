"""Interface of loaders: a schema, and the rows of chosen columns as Arrow record batches."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import Any, Protocol, runtime_checkable

import pyarrow as pa
from msgspec import Struct, field

from evalcli.findings import Finding, Place
from evalcli.loaders.arrow_columns import Array
from evalcli.loaders.threads import Threads

CLASS_NAMES = ("classes", "class_names", "label_names", "labels_names", "target_names", "categories")
"""Usual names of arrays and metadata that contain the class names in order."""


class FileFacts(Struct, frozen=True):
    """One opened file. ``form``: its format, as text. ``rows``: None until it is read."""

    path: str
    form: str
    rows: int | None
    sha256: Callable[[], str]


class Limits(Struct, frozen=True):
    """Sizes in bytes for reading text.

    ``head``: first bytes, from which columns and types are detected. ``segment``: parsed by one thread.
    ``record``: longest record, after which a quote counts as not closed.
    """

    head: int = 1 << 16
    segment: int = 4 << 20
    record: int = 64 << 20


class Settings(Struct, frozen=True):
    """How files are read; None means detected.

    ``header``: whether text files begin with the column names. ``null_values``: values to read as missing.
    ``max_bytes``: maximum decompressed size. ``jobs``: number of threads.
    """

    format: str | None = None
    delimiter: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    header: bool | None = None
    null_values: tuple[str, ...] = ()
    max_bytes: int | None = None
    jobs: int = 2
    limits: Limits = field(default_factory=Limits)


class Source(Protocol):
    """One readable table.

    ``columns``: names in file order. ``types``: Arrow type of each column. ``rows``: number of rows if the
    files declare it, otherwise None. A two-dimensional array is one fixed-size-list column. ``hidden``:
    further columns that can be requested but are not data. ``class_names``: class names stored in the file,
    in order.
    """

    path: str
    columns: tuple[str, ...]
    types: dict[str, pa.DataType]
    rows: int | None
    hidden: tuple[str, ...]
    class_names: tuple[str, ...]

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """Remarks on how the files were read."""
        ...

    @property
    def files(self) -> tuple[FileFacts, ...]:
        """The files of the source, in order."""
        ...

    def place(self, column: str | None = None, row: int | None = None) -> Place:
        """Place of a value; ``row`` counts from 0 over all files."""
        ...

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream the rows of ``columns``; columns in ``text`` are not converted.

        ``ids``: columns whose values are all different, also not converted.
        """
        ...


@runtime_checkable
class ByColumns(Protocol):
    """A source that stores values column by column, and can read some columns of many apart."""

    def can_fill(self, columns: Sequence[str]) -> bool:
        """Whether these columns are stored as numbers."""
        ...

    def fill(self, columns: Sequence[str], out: Array, threads: Threads) -> Iterator[int]:
        """Write columns of numbers into an array, (columns, rows), bit by bit; the rows that are there."""
        ...


def class_names_in(metadata: Mapping[bytes, bytes] | None) -> tuple[str, ...]:
    """Class names in the metadata of a schema: a JSON list, or comma-separated.

    >>> class_names_in({b"classes": b'["a", "b"]'}), class_names_in({b"class_names": b"x, y"})
    (('a', 'b'), ('x', 'y'))
    """
    if not metadata:
        return ()
    import json

    for key in CLASS_NAMES:
        text = metadata.get(key.encode(), b"").decode("utf-8", "replace").strip()
        try:
            values = json.loads(text) if text[:1] == "[" else text.split(",")
        except (ValueError, RecursionError):
            continue
        names = tuple(str(value).strip() for value in values if isinstance(value, (str, int)))
        if len(values) == len(set(names)) > 1 and all(names):
            return names
    return ()


class OneFile:
    """Base class of sources of a single file.

    ``by_field``: whether ``batches`` accepts dotted names, and yields columns with only these fields.
    """

    form = ""
    by_field = False

    def __init__(self, resource: Any, remarks: tuple[Finding, ...] = ()) -> None:
        self.resource, self.remarks = resource, remarks
        self.path: str = resource.name
        self.columns: tuple[str, ...] = ()
        self.types: dict[str, pa.DataType] = {}
        self.rows: int | None = None
        self.hidden: tuple[str, ...] = ()
        self.class_names: tuple[str, ...] = ()

    @property
    def files(self) -> tuple[FileFacts, ...]:
        """The file."""
        compression = f", {self.resource.compression}" if self.resource.compression else ""
        return (FileFacts(self.path, self.form + compression, self.rows, self.resource.sha256),)

    def widen(self, names: Sequence[str]) -> None:
        """Read columns of text as float64; columns of other formats have their own types."""

    def reveal(self, names: Collection[str]) -> None:
        """Show hidden columns that other files of the same table show."""
        found = tuple(name for name in self.hidden if name in names)
        self.columns += found
        self.hidden = tuple(name for name in self.hidden if name not in found)

    def place(self, column: str | None = None, row: int | None = None) -> Place:
        """Place in this file; a single column is not named."""
        alone = column is not None and self.columns == (column,)
        return Place(self.path, None if alone else column, None if row is None else row + 1)
