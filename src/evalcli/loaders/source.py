"""What every loader gives: a schema, and the rows of chosen columns as Arrow record batches."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa

from evalcli.findings import Finding, Place

CLASS_NAMES = ("classes", "class_names", "label_names", "labels_names", "target_names", "categories")
"""What arrays and metadata that hold the names of the classes, in their order, are called."""


@dataclass(frozen=True)
class FileFacts:
    """One file that was opened. ``form``: its format, in words. ``rows``: when it was read, else None."""

    path: str
    form: str
    rows: int | None
    sha256: Callable[[], str]


@dataclass(frozen=True)
class Limits:
    """Bytes of text that are read together.

    ``head``: what decides on columns and types. ``segment``: what a thread parses. ``record``: after which a
    quote is taken for one that never closes.
    """

    head: int = 1 << 16
    segment: int = 4 << 20
    record: int = 64 << 20


@dataclass(frozen=True)
class Settings:
    """How files are to be read; None where that is found out.

    ``header``: whether text files begin with the columns' names. ``null_values``: texts that stand for a
    missing value. ``max_bytes``: the most that packed input may unfold to. ``jobs``: threads.
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

    ``columns`` names the columns in file order; ``types`` gives each one's Arrow type; ``rows`` is the number
    of rows when the files say it, else None. A two-dimensional array is one fixed-size-list column.
    ``hidden``: further columns that can be asked for, and are no data by themselves. ``class_names``: names
    of classes that stand beside the rows, in their order.
    """

    path: str
    columns: tuple[str, ...]
    types: dict[str, pa.DataType]
    rows: int | None
    hidden: tuple[str, ...]
    class_names: tuple[str, ...]

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """How it was read, where that is not plain from its name."""
        ...

    @property
    def files(self) -> tuple[FileFacts, ...]:
        """The files behind it, in order."""
        ...

    def place(self, column: str | None = None, row: int | None = None) -> Place:
        """Where a value stands; ``row`` counts from 0 over all files."""
        ...

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream the rows of ``columns``; those in ``text`` come as the file has them.

        ``ids``: columns whose values are all different, also as the file has them.
        """
        ...


def class_names_in(metadata: Mapping[bytes, bytes] | None) -> tuple[str, ...]:
    """Names of classes in the metadata of a schema: a JSON list, or with commas between.

    >>> class_names_in({b"classes": b'["a", "b"]'}), class_names_in({b"class_names": b"x, y"})
    (('a', 'b'), ('x', 'y'))
    """
    for key in CLASS_NAMES:
        text = (metadata or {}).get(key.encode(), b"").decode("utf-8", "replace").strip()
        try:
            values = json.loads(text) if text[:1] == "[" else text.split(",")
        except (ValueError, RecursionError):
            continue
        names = tuple(str(value).strip() for value in values if isinstance(value, (str, int)))
        if len(values) == len(set(names)) > 1 and all(names):
            return names
    return ()


class OneFile:
    """What sources of a single file have in common.

    ``by_field``: whether ``batches`` takes dotted names of fields, and gives their column with those alone.
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
        packed = f", {self.resource.compression}" if self.resource.compression else ""
        return (FileFacts(self.path, self.form + packed, self.rows, self.resource.sha256),)

    def place(self, column: str | None = None, row: int | None = None) -> Place:
        """In this file; a lone column needs no name."""
        alone = column is not None and self.columns == (column,)
        return Place(self.path, None if alone else column, None if row is None else row + 1)
