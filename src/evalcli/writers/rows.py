"""``--per-row`` and ``--errors``: tables of rows, written during the pass."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from msgspec import Struct

from evalcli.errors import EvalcliError, OutputError, UsageError
from evalcli.text import join_names
from evalcli.writers.files import CHECK_FOLDER, NOT_WRITTEN, STANDARD_OUTPUT, replacing

if TYPE_CHECKING:
    import pyarrow as pa

ROW_SUFFIXES = {".parquet": "parquet", ".pq": "parquet", ".csv": "csv", ".tsv": "tsv"}
DELIMITERS = {"csv": ",", "tsv": "\t"}
BETWEEN = "|"
"""Separator of a row's labels in text."""


def row_form(path: str, option: str) -> str:
    """The format of a file of rows, by its suffix; refuses any other. ``option``: for messages."""
    form = ROW_SUFFIXES.get(Path(path).suffix.lower())
    if form is None:
        raise UsageError(f"{option} {path!r}: unknown suffix", hint=f"use one of {join_names(ROW_SUFFIXES)}")
    return form


class RowTarget(Struct, frozen=True):
    """A file of rows. ``wrong``: whether only misclassified rows are written."""

    path: str
    form: str
    wrong: bool


@contextmanager
def row_sink(
    targets: Sequence[RowTarget],
    failed: Callable[[EvalcliError], None],
    more: Sequence[Callable[[pa.RecordBatch], None]] = (),
) -> Iterator[Callable[[pa.RecordBatch], None] | None]:
    """A function that takes batches of rows; None without targets. Files are complete when the context ends.

    ``more``: what takes the batches besides files. A file that cannot be written is reported to ``failed``,
    and the run continues; after an exception, no file is left.
    """
    if not targets:
        yield None
        return
    files = [_File(target, failed) for target in targets]
    takers = [*(file.take for file in files), *more]

    def take(batch: pa.RecordBatch) -> None:
        for taker in takers:
            taker(batch)

    try:
        yield take
    except BaseException:
        for file in files:
            file.abandon()
        raise
    for file in files:
        file.close()


class _File:
    """One table of rows; after a failed write, further rows are ignored."""

    def __init__(self, target: RowTarget, failed: Callable[[EvalcliError], None]) -> None:
        self._path, self._form, self._wrong = target.path, target.form, target.wrong
        self._failed = failed
        self._stack = ExitStack()
        self._writer: Any = None
        self._held: list[pa.RecordBatch] = []
        self._open = True

    def take(self, batch: pa.RecordBatch) -> None:
        """Write some rows, or keep the misclassified ones."""
        if self._wrong:
            self._held.append(wrong_rows(batch))
        else:
            self._guarded(lambda: self._write(batch))

    def close(self) -> None:
        """Write the kept rows, highest loss first, and finish the file."""
        self._guarded(self._finish)

    def _finish(self) -> None:
        if self._wrong and self._held:
            for batch in worst_first(self._held):
                self._write(batch)
        if self._writer is not None:
            self._writer.close()
        self._stack.close()

    def abandon(self) -> None:
        """Stop without leaving a file."""
        self._open = False
        with suppress(OSError, OutputError):
            self._stack.__exit__(KeyboardInterrupt, KeyboardInterrupt(), None)

    def _guarded(self, step: Callable[[], None]) -> None:
        if not self._open:
            return
        try:
            step()
        except BrokenPipeError:  # the reader has stopped
            self._open = False
        except (OSError, OutputError) as error:
            self._failed(_as_output_error(error, self._path))
            self.abandon()

    def _write(self, batch: pa.RecordBatch) -> None:
        if self._writer is None:
            self._writer = _writer(self._stream(), self._form, batch)
        self._writer.write(batch)

    def _stream(self) -> IO[bytes]:
        if self._path == "-":
            return getattr(sys.stdout, "buffer", None) or io.BytesIO()  # closed by the caller
        return self._stack.enter_context(replacing(self._path, "table of rows"))


def _as_output_error(error: OSError | OutputError, path: str) -> EvalcliError:
    if isinstance(error, OutputError):
        return error
    where = STANDARD_OUTPUT if path == "-" else path
    return OutputError(
        NOT_WRITTEN.format(what="table of rows"),
        where=where,
        found=error.strerror,
        hint=CHECK_FOLDER,
    )


def _writer(stream: IO[bytes], form: str, batch: pa.RecordBatch) -> Any:
    if form == "parquet":
        return _Parquet(stream, _plain(batch).schema)
    return _Text(stream, DELIMITERS[form])


class _Parquet:
    def __init__(self, stream: IO[bytes], schema: pa.Schema) -> None:
        from pyarrow import parquet

        self._schema = schema
        self._writer = parquet.ParquetWriter(stream, schema, compression="zstd")

    def write(self, batch: pa.RecordBatch) -> None:
        self._writer.write_batch(_plain(batch).cast(self._schema))

    def close(self) -> None:
        self._writer.close()


class _Text:
    """Delimited text, written by Arrow; lists of labels are joined first."""

    def __init__(self, stream: IO[bytes], delimiter: str) -> None:
        from pyarrow import csv

        self._csv, self._stream, self._delimiter, self._first = csv, stream, delimiter, True

    def write(self, batch: pa.RecordBatch) -> None:
        if self._first:  # Arrow would quote the names
            self._stream.write((self._delimiter.join(batch.schema.names) + "\n").encode())
        options = self._csv.WriteOptions(
            include_header=False, delimiter=self._delimiter, quoting_style="needed"
        )
        self._csv.write_csv(_with_joined_lists(_plain(batch)), self._stream, options)
        self._first = False

    def close(self) -> None:
        self._stream.flush()


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A batch without dictionary encoding."""
    import pyarrow as pa

    columns = [c.dictionary_decode() if pa.types.is_dictionary(c.type) else c for c in batch.columns]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def _with_joined_lists(batch: pa.RecordBatch) -> pa.RecordBatch:
    import pyarrow as pa
    from pyarrow import compute

    columns = [
        compute.binary_join(column, BETWEEN) if pa.types.is_list(column.type) else column
        for column in batch.columns
    ]
    return pa.RecordBatch.from_arrays(columns, batch.schema.names)


def wrong_rows(batch: pa.RecordBatch) -> pa.RecordBatch:
    """The misclassified rows; for regression, all rows with an error."""
    from pyarrow.compute import greater, invert

    real = "correct" not in batch.schema.names
    return batch.filter(greater(batch.column("loss"), 0.0) if real else invert(batch.column("correct")))


def worst_first(batches: Sequence[pa.RecordBatch]) -> list[pa.RecordBatch]:
    """Rows by decreasing loss, or by rank if there is no loss, then in order."""
    import pyarrow as pa

    table = pa.Table.from_batches(batches)
    order = [(name, "descending") for name in ("loss", "rank") if name in table.column_names]
    sorted_batches: list[pa.RecordBatch] = table.sort_by([*order, ("row", "ascending")]).to_batches()
    return sorted_batches or [batches[0].slice(0, 0)]
