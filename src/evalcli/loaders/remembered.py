"""A source that is read once, however many runs read it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Any, TypeVar

import pyarrow as pa

from evalcli.loaders.source import Source

T = TypeVar("T")


class Remembered:
    """The same source, whose rows stay in memory, as does what is made of them."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._made: dict[Hashable, Any] = {}
        self.path, self.hidden, self.class_names, self.rows = (
            source.path,
            source.hidden,
            source.class_names,
            source.rows,
        )
        self.columns, self.types = source.columns, source.types

    def __getattr__(self, name: str) -> Any:
        return getattr(self._source, name)  # remarks, files and places of the file

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """The rows of columns of the file."""
        key = tuple(columns), tuple(text), tuple(ids)
        return iter(self.once(key, lambda: list(self._source.batches(columns, text, ids))))

    def once(self, key: Hashable, make: Callable[[], T]) -> T:
        """Something that is made of the rows, once."""
        if key not in self._made:
            self._made[key] = make()
        made: T = self._made[key]
        return made


__all__ = ["Remembered"]
