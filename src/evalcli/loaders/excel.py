"""Workbooks of Excel and OpenDocument: the first sheet with data, as a table. Requires the extra."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date, time
from itertools import pairwise
from typing import Any

import pyarrow as pa

from evalcli.errors import AmbiguousInput, InputError, UsageError
from evalcli.findings import Finding, as_hint, use
from evalcli.loaders.dialect import UNNAMED
from evalcli.loaders.npz import BROKEN
from evalcli.loaders.resource import CHUNK_BYTES, Resource, brief, unreadable
from evalcli.loaders.source import OneFile, Settings
from evalcli.text import escape, join_names

BATCH_ROWS = 1 << 16
CELL_BYTES = 32
"""Memory that the reader uses per cell of the smallest rectangle around all cells with a value."""
CELL = re.compile(rb' r="([A-Z]{1,3})(\d{1,7})"')
CELL_LENGTH = 15
EXACT = 2**53
Row = Sequence[Any]


def open(resource: Resource, settings: Settings, remarks: tuple[Finding, ...] = ()) -> ExcelSource:
    """Read the sheet."""
    sheets = {name: rows for name, rows in _sheets(resource) if rows}
    if not sheets:
        raise InputError(
            "the workbook contains no data",
            where=resource.place,
            code="empty",
            hint="was it saved? Its sheets are empty",
        )
    name, *others = sheets
    if others:
        message = f"{resource.name}: only the sheet {escape(name)!r} is read, not {join_names(others)}"
        hint = as_hint("save the sheet to be scored as the first of its workbook, or as CSV")
        remarks = (*remarks, Finding("note", "sheets-not-read", message, hint=hint))
    rows = sheets[name]
    if _has_header(rows[0], settings.header, resource):
        names = tuple(_text(value) or ("" if j else UNNAMED) for j, value in enumerate(rows[0]))
        return ExcelSource(resource, names, rows[1:], settings.null_values, remarks)
    names = tuple(f"f{j}" for j in range(len(rows[0])))
    message = f"{resource.name}: the first row contains numbers and is read as data"
    hint = use("if it contains the column names", header=True)
    notice = () if settings.header is False else (Finding("note", "no-header", message, hint=hint),)
    return ExcelSource(resource, names, rows, settings.null_values, (*remarks, *notice))


class ExcelSource(OneFile):
    """One sheet of a workbook."""

    form = "Excel"

    def __init__(
        self,
        resource: Resource,
        names: tuple[str, ...],
        rows: Sequence[Row],
        null_values: Sequence[str],
        remarks: tuple[Finding, ...],
    ) -> None:
        super().__init__(resource, remarks)
        values = list(zip(*rows, strict=True)) or [()] * len(names)
        kept = [j for j, name in enumerate(names) if name or any(value != "" for value in values[j])]
        self.columns, self.rows = tuple(names[j] for j in kept), len(rows)
        missing = {"", *null_values}
        arrays = [_column([None if v in missing else v for v in values[j]]) for j in kept]
        self._arrays = dict(zip(self.columns, arrays, strict=True))
        self.types = {name: array.type for name, array in self._arrays.items()}

    def batches(
        self, columns: Sequence[str], text: Sequence[str] = (), ids: Sequence[str] = ()
    ) -> Iterator[pa.RecordBatch]:
        """Yield slices of the columns."""
        for start in range(0, self.rows or 0, BATCH_ROWS):
            parts = [self._arrays[name].slice(start, BATCH_ROWS) for name in columns]
            yield pa.RecordBatch.from_arrays(parts, list(columns))


def _sheets(resource: Resource) -> Iterator[tuple[str, list[Row]]]:
    """The sheets and their rows, hidden ones last."""
    try:
        import python_calamine as calamine
    except ImportError:
        raise UsageError(
            "workbooks require the package python-calamine",
            where=resource.place,
            hint="pip install 'evalcli[excel]', or save the sheet as CSV",
            code="missing-extra",
        ) from None
    data = resource.buffer.to_pybytes()
    _require_size(resource, data)
    try:
        workbook = calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        kinds = (calamine.SheetTypeEnum.WorkSheet, calamine.SheetVisibleEnum.Visible)
        sheets = [sheet for sheet in workbook.sheets_metadata if sheet.typ == kinds[0]]
        for sheet in sorted(sheets, key=lambda sheet: bool(sheet.visible != kinds[1])):
            yield sheet.name, _trimmed(workbook.get_sheet_by_name(sheet.name).to_python())
    except InputError:
        raise
    except BaseException as error:  # a panic of the reader is not an Exception
        if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
            raise
        locked = isinstance(error, calamine.PasswordError)
        hint = "save it without a password" if locked else "save the sheet as CSV"
        raise unreadable("workbook", resource.place, escape(brief(error)), hint) from None


def _require_size(resource: Resource, data: bytes) -> None:
    """Refuse sheets that need too much memory: one distant cell makes a large rectangle."""
    if not data.startswith(b"PK"):
        return
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            resource.require_bound(sum(member.file_size for member in archive.infolist()), "workbook")
            for member in archive.infolist():
                if member.filename.startswith("xl/worksheets/") and member.filename.endswith(".xml"):
                    with archive.open(member) as stream:
                        resource.require_bound(_cells(stream) * CELL_BYTES, "sheet")
    except BROKEN as error:
        raise unreadable("workbook", resource.place, brief(error)) from None


def _cells(stream: Any) -> int:
    """Number of cells in the rectangle from the first cell to the last row and column of a sheet."""
    columns: set[bytes] = set()
    last, held = 0, b""
    while part := stream.read(CHUNK_BYTES):
        found = CELL.findall(held + part)
        columns.update(column for column, _ in found)
        last = max(last, max((int(row) for _, row in found), default=0))
        held = part[-CELL_LENGTH:]
    width = max(columns, key=lambda name: (len(name), name), default=b"")
    number = 0
    for letter in width:
        number = 26 * number + letter - ord("A") + 1
    return number * last


def _trimmed(read: Sequence[Row]) -> list[Row]:
    """The rows, without empty rows and columns at the ends."""
    rows = list(read)
    while rows and not any(value != "" for value in rows[-1]):
        rows.pop()
    width = max((j + 1 for row in rows for j, value in enumerate(row) if value != ""), default=0)
    return [row[:width] for row in rows]


def _has_header(first: Row, asked: bool | None, resource: Resource) -> bool:
    """Whether the first row contains names."""
    if asked is not None:
        return asked
    numbers = [value for value in first if isinstance(value, (int, float))]
    if not numbers:
        return True
    rising = len(numbers) > 1 and all(a < b and float(a).is_integer() for a, b in pairwise(numbers))
    if len(numbers) == len(first) and not rising:
        return False
    raise AmbiguousInput(
        "cannot tell whether the first row of the sheet contains names or values",
        where=resource.place,
        found=join_names(map(_text, first), 6),
        hint=use("if it contains the column names", header=True) | use("if it contains values", header=False),
        code="header-or-row",
    )


def _column(values: list[Any]) -> pa.Array:
    """Values as a column: text if they have several types."""
    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.array(values, pa.bool_())
    if kinds and kinds <= {int, float}:
        whole = all(value is None or (float(value).is_integer() and abs(value) < EXACT) for value in values)
        if whole:
            return pa.array([None if v is None else int(v) for v in values], pa.int64())
        return pa.array(values, pa.float64())
    if not kinds:
        return pa.nulls(len(values))
    return pa.array([None if value is None else _text(value) for value in values], pa.string())


def _text(value: Any) -> str:
    """A value as the sheet shows it."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < EXACT else repr(value)
    return value.isoformat() if isinstance(value, (date, time)) else str(value)


__all__ = ["ExcelSource", "open"]
