"""A source without some of its columns: what another file says in their place."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Any

import pyarrow as pa

from evalcli.loaders.source import Source


class WithoutColumns:
    """The same rows of a source, without the columns of some names."""

    def __init__(self, source: Source, names: Collection[str]) -> None:
        self._source = source
        self.path, self.hidden, self.class_names, self.rows = (
            source.path,
            source.hidden,
            source.class_names,
            source.rows,
        )
        self.columns = tuple(name for name in source.columns if name not in names)
        self.types = {name: source.types[name] for name in self.columns}

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)  # remarks, files and places of the file

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream the rows of columns of the file."""
        return self._source.batches(columns, text, ids)


__all__ = ["WithoutColumns"]
