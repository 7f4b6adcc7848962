"""Opening of files, folders, addresses or standard input as one source of columns and batches."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module
from typing import Any

from evalcli.errors import InputError, UsageError
from evalcli.findings import Finding, Place
from evalcli.loaders.arrow_columns import is_list
from evalcli.loaders.detect import format_of
from evalcli.loaders.formats import NAMES, SUFFIXES, Format
from evalcli.loaders.locate import locate, shown
from evalcli.loaders.resource import Resource
from evalcli.loaders.shards import Shards
from evalcli.loaders.source import Settings, Source
from evalcli.text import join_names


def open_source(names: str | Sequence[str], settings: Settings | None = None) -> Source:
    """Open files, globs, folders, addresses or ``-``; read the schema, not the rows.

    Several files are concatenated into one table.
    """
    settings = settings or Settings()
    given = (names,) if isinstance(names, str) else tuple(names)
    if settings.format is not None and settings.format not in NAMES:
        raise UsageError(f"unknown input format {settings.format!r}", hint=f"one of {join_names(NAMES)}")
    found = locate(given, SUFFIXES, settings.max_bytes)
    forms = [format_of(file.resource, settings.format) for file in found]
    kinds = {form.module for form, _ in forms}
    if len(given) == 1 and len(kinds) > 1:
        raise InputError(
            "the files have several formats",
            where=Place(given[0]),
            found=join_names(dict.fromkeys(form.name for form, _ in forms)),
            hint="name the files that belong together, e.g. FOLDER/*.parquet",
            code="shards-differ",
        )
    sources = [
        _opened(file.resource, form, settings, remarks)
        for file, (form, remarks) in zip(found, forms, strict=True)
    ]
    if len(sources) == 1 and not found[0].constants:
        return sources[0]
    return Shards(", ".join(map(shown, given)), sources, [file.constants for file in found])


def open_bytes(name: str, data: bytes, settings: Settings) -> Source:
    """The same for the bytes of a file that was read elsewhere."""
    resource = Resource(name, data=data, bound=settings.max_bytes)
    form, remarks = format_of(resource, settings.format)
    return _opened(resource, form, settings, remarks)


def _opened(resource: Resource, form: Format, settings: Settings, remarks: tuple[Finding, ...]) -> Source:
    module = import_module(f"evalcli.loaders.{form.module}")
    source: Source = module.open(resource, settings, remarks)
    if any(_may_be_nested(kind) for kind in source.types.values()):
        from evalcli.loaders.nested import unnested

        source = unnested(source)
    return _with_columns(source)


def _with_columns(source: Source) -> Source:
    """A source, which must have columns, each with its own name."""
    if not source.columns:
        raise InputError(
            "the file has no columns",
            where=Place(source.path),
            code="empty",
            hint="was it written completely?",
        )
    if len(set(source.columns)) < len(source.columns):
        duplicates = [name for name in source.columns if source.columns.count(name) > 1]
        raise InputError(
            "duplicate column name",
            where=Place(source.path),
            found=join_names(dict.fromkeys(duplicates)),
            hint="give each column its own name",
            code="column-twice",
        )
    return source


def _may_be_nested(kind: Any) -> bool:
    """Whether values may be nested; checked without importing the modules for nested values."""
    inner = kind.value_type if is_list(kind) else kind
    return bool(inner.num_fields) and not is_list(inner)
