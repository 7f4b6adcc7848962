"""Several files with the same columns as one table, with partitions of folders as columns."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pyarrow as pa
from msgspec.structs import replace

from evalcli.errors import InputError
from evalcli.findings import Blank, Finding, Place, use
from evalcli.loaders import FILE
from evalcli.loaders.resource import brief
from evalcli.loaders.source import FileFacts, OneFile, Source
from evalcli.text import join_names

TEXT = pa.dictionary(pa.int32(), pa.string())


class Shards:
    """Sources with the same columns. ``constants``: partition values of each source's rows."""

    def __init__(self, name: str, sources: Sequence[Source], constants: Sequence[Mapping[str, str]]) -> None:
        self.path, self._sources, self._constants = name, sources, constants
        self._folders = constants
        first = sources[0]
        every = {name for source in sources for name in source.columns}
        for source in sources:
            if isinstance(source, OneFile):  # a pandas index is hidden where it only counts the rows
                source.reveal(every)
        partitions = tuple(key for key in constants[0] if key not in first.columns)
        self.columns = (*first.columns, *partitions)
        self.types = dict(first.types) | dict.fromkeys(partitions, TEXT)
        for source in sources[1:]:
            self._check(first, source)
        wide = [name for name in first.columns if self.types[name] == pa.float64()]
        for source in sources:
            if isinstance(source, OneFile):
                source.widen(wide)
        known = [source.rows for source in sources]
        self.rows = None if None in known else sum(rows or 0 for rows in known)
        self.hidden: tuple[str, ...] = ()
        self.class_names = _class_names(sources)
        if FILE not in self.columns:
            self.hidden, self.types = (FILE,), self.types | {FILE: TEXT}
            in_file = ({**known, FILE: source.path} for source, known in zip(sources, constants, strict=True))
            self._constants = tuple(in_file)
        self._starts = [0]
        for source in sources:
            if source.rows is None:
                break
            self._starts.append(self._starts[-1] + source.rows)

    def _check(self, first: Source, source: Source) -> None:
        missing = [name for name in first.columns if name not in source.columns]
        additional = [name for name in source.columns if name not in first.columns]
        if missing or additional:
            raise InputError(
                "the files do not have the same columns",
                where=Place(source.path),
                found=f"{'no ' + join_names(missing) if missing else 'also ' + join_names(additional)}, "
                f"unlike {first.path}",
                hint="give files with the same columns"
                | use("for labels in a separate file", labels=Blank("FILE")),
                code="shards-differ",
            )
        for name in first.columns:
            self.types[name] = _common(name, self.types[name], source)

    @property
    def parts(self) -> tuple[Source, ...]:
        """The files, each as a separate source."""
        return tuple(self._sources)

    @property
    def starts(self) -> tuple[int, ...]:
        """The first row of each file, as far as known, and the end of the last of these files."""
        return tuple(self._starts)

    def at(self, row: int) -> str:
        """Which file a row is in, for progress."""
        file = min(bisect_right(self._starts, row), len(self._sources))
        return f"file {file:,} of {len(self._sources):,}"

    def reordered(self, order: Sequence[int]) -> Shards:
        """The same files in another order."""
        return Shards(self.path, [self._sources[j] for j in order], [self._folders[j] for j in order])

    @property
    def remarks(self) -> tuple[Finding, ...]:
        """Remarks of the files, one per code."""
        by_code = {remark.code: remark for source in self._sources for remark in source.remarks}
        return tuple(by_code.values())

    @property
    def files(self) -> tuple[FileFacts, ...]:
        """All files, in order."""
        facts = [facts for source in self._sources for facts in source.files]
        sizes: list[int | None] = [
            end - start for start, end in zip(self._starts, self._starts[1:], strict=False)
        ]
        sizes += [None] * (len(facts) - len(sizes))
        return tuple(replace(file, rows=rows) for file, rows in zip(facts, sizes, strict=True))

    def place(self, column: str | None = None, row: int | None = None) -> Place:
        """Place in the file that contains the row, with the row's number in that file."""
        if row is None:
            return Place(self.path, column)
        shard = min(bisect_right(self._starts, row) - 1, len(self._sources) - 1)
        return self._sources[shard].place(column, row - self._starts[shard])

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Stream the rows, file by file."""
        rows = 0
        for number, (source, constants) in enumerate(zip(self._sources, self._constants, strict=True)):
            in_file = [name for name in columns if name in source.columns]
            file_columns = in_file or list(source.columns[:1])  # only to count the rows
            kept = [
                [n for n in names if n in file_columns] for names in (text if in_file else file_columns, ids)
            ]
            for batch in source.batches(file_columns, *kept):
                yield self._joined(source, batch, columns, constants, (*text, *ids))
                rows += batch.num_rows
            if number + 1 == len(self._starts):
                self._starts.append(rows)

    def _joined(
        self,
        source: Source,
        batch: pa.RecordBatch,
        columns: Sequence[str],
        constants: Mapping[str, str],
        as_they_are: Sequence[str],
    ) -> pa.RecordBatch:
        arrays = []
        for name in columns:
            index = batch.schema.get_field_index(name)
            if index < 0:
                arrays.append(_repeated(constants[name], batch.num_rows))
                continue
            array, kind = batch.column(index), self.types[name]
            # labels and ids are unchanged; scores have a type that fits all files
            number = pa.types.is_floating(array.type) or pa.types.is_integer(array.type)
            if number and name not in as_they_are and array.type != kind and kind != pa.string():
                try:
                    array = array.cast(kind)
                except pa.ArrowInvalid as error:
                    raise InputError(
                        "the files contain numbers that no single type can hold",
                        where=source.place(name),
                        found=brief(error),
                        code="shards-differ",
                        hint="save the column in one type in all files",
                    ) from None
            arrays.append(array)
        return pa.RecordBatch.from_arrays(arrays, list(columns))


def _class_names(sources: Sequence[Source]) -> tuple[str, ...]:
    """The class names stored in the files, which must be the same in all of them."""
    named = [source for source in sources if source.class_names]
    for source in named:
        if source.class_names != named[0].class_names:
            raise InputError(
                "the files name different classes",
                where=Place(source.path),
                found=f"{join_names(source.class_names)}, unlike {named[0].path}",
                hint="give files with the same columns"
                | use("for labels in a separate file", labels=Blank("FILE")),
                code="shards-differ",
            )
    return named[0].class_names if named else ()


def _common(name: str, kind: pa.DataType, source: Source) -> pa.DataType:
    """A type for the values of both files."""
    source_kind = source.types[name]
    if source_kind == kind or pa.types.is_null(source_kind):
        return kind
    if pa.types.is_null(kind):
        return source_kind
    types = pa.types
    if types.is_fixed_size_list(kind) and types.is_fixed_size_list(source_kind):
        if kind.list_size != source_kind.list_size:
            raise InputError(
                "the files' matrices have different widths",
                where=Place(source.path, name if name in source.columns[1:] else None),
                found=f"{source_kind.list_size} columns, {kind.list_size} before",
                code="shards-differ",
                hint="give files of one model",
            )
        return kind
    numeric = [types.is_floating(k) or types.is_integer(k) for k in (kind, source_kind)]
    if all(numeric):
        if types.is_integer(kind) and types.is_integer(source_kind):
            return pa.int64()
        widths = [k.bit_width if types.is_floating(k) else 64 for k in (kind, source_kind)]
        return pa.float64() if max(widths) > 32 else pa.float32()
    if any(numeric):
        return pa.string()
    return kind


def _repeated(value: str, rows: int) -> pa.Array:
    data = value.encode()
    ends = pa.py_buffer(np.array([0, len(data)], np.int32))
    dictionary = pa.Array.from_buffers(pa.string(), 1, [None, ends, pa.py_buffer(data)])
    indices = pa.Array.from_buffers(pa.int32(), rows, [None, pa.py_buffer(np.zeros(rows, np.int32))])
    return pa.DictionaryArray.from_arrays(indices, dictionary)


__all__ = ["Shards"]
