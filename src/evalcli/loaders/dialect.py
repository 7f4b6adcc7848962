"""The dialect of a delimited text file: its delimiter, its decimal separator and its column names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field
from msgspec.structs import replace

from evalcli.errors import AmbiguousInput, InputError, UsageError
from evalcli.findings import Finding, Place, use
from evalcli.loaders.decimals import COMMA, Doubt, find_decimal
from evalcli.loaders.delimiter import find_delimiter, has_open_ends, has_row_names
from evalcli.loaders.head import Row, head_rows
from evalcli.loaders.header import check_further_lines, find_header
from evalcli.loaders.source import Settings
from evalcli.text import join_names

NAMES = {",": "commas", "\t": "tabs", ";": "semicolons", "|": "bars", " ": "spaces"}
UNNAMED = "index"
"""Name of a first column that has none, e.g. the index that pandas writes."""
SEPARATOR = re.compile(r'"?sep=([^\w\r\n"])"?[ \t]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)
"""A first line for Excel that names the delimiter."""


class Dialect(Struct, frozen=True):
    """``names``: of the columns. ``header``: whether the file contains them.

    ``fields``: a name for each field of a row, also if it is not a column. ``lines``: number of lines above
    the first row. ``padded``: whether spaces around delimiters are skipped. ``doubtful``: columns of numbers
    that cannot be read with the decimal separator.
    """

    delimiter: str
    names: tuple[str, ...]
    header: bool
    remarks: tuple[Finding, ...] = ()
    fields: tuple[str, ...] = ()
    lines: int = 0
    decimal: str = "."
    padded: bool = False
    doubtful: dict[str, Doubt] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Description for reports."""
        between = NAMES.get(self.delimiter, repr(self.delimiter))
        commas = ", decimal commas" if self.decimal == "," else ""
        return f"{between}{commas}" if self.header else f"{between}{commas}, no header"


def _require_character(delimiter: str | None) -> None:
    if delimiter is not None and (len(delimiter) != 1 or not delimiter.isascii() or delimiter in '\r\n"'):
        raise UsageError(
            f"--delimiter {delimiter!r} is not one ASCII character",
            hint=use(delimiter=";") | use(delimiter="\\t"),
        )


def find_dialect(text: str, suffix: str, settings: Settings, place: Place) -> Dialect:
    """Detect the dialect from the first lines; an ambiguous header is a question."""
    given = settings.delimiter
    _require_character(given)
    excel = SEPARATOR.match(text)
    above = int(excel is not None)
    text = text[excel.end() :] if excel else text
    usual = "\t" if suffix in (".tsv", ".tab") else ","
    named = excel[1] if excel else None
    delimiter = given or named or find_delimiter(text, usual, settings.decimal)
    rows, padded = head_rows(text, delimiter, above)
    if not rows:
        raise InputError(
            "the file contains no lines with values",
            where=place,
            code="empty",
            hint="was it written completely?",
        )
    if not (given or named or settings.decimal):
        _check_decimal_commas(rows, delimiter, place)
    first = [name.strip() for name in rows[0].fields]
    row_names = has_row_names(rows, delimiter)
    if row_names:
        first = [UNNAMED if UNNAMED not in first else "row_names", *first]
    elif has_open_ends(rows):
        first = [*first, ""]
    equally_long = [row for row in rows[1:] if len(row.fields) == len(first)]
    rest = [row.fields for row in equally_long]
    line = Place(place.file, line=rows[0].line)
    header, remark = find_header(first, rest, replace(settings, header=True) if row_names else settings, line)
    if header:
        check_further_lines(equally_long, settings, place)
    found = _columns(first if header else None, rest if header else [first, *rest], place)
    decimal, doubtful = find_decimal(
        {name: [row[j] for row in rest] for j, name in enumerate(found.fields)}, settings.decimal
    )
    remarks = [*([remark] if remark else []), *found.remarks]
    if settings.decimal and doubtful:
        remarks.append(_other_numbers(doubtful, settings.decimal, place))
    return replace(
        found,
        delimiter=delimiter,
        remarks=tuple(remarks),
        lines=rows[0].end if header else above,
        decimal=decimal,
        padded=padded,
        doubtful={} if settings.decimal else doubtful,
    )


def _check_decimal_commas(rows: Sequence[Row], delimiter: str, place: Place) -> None:
    """Ask about one name above values like 0,5, whose comma is not a delimiter."""
    values = [",".join(row.fields) for row in rows[1:]]
    if (
        delimiter == ","
        and values
        and len(rows[0].fields) == 1
        and any(len(row.fields) > 1 for row in rows)
        and all(COMMA.fullmatch(value) or value.isdigit() for value in values)
    ):
        raise AmbiguousInput(
            "cannot tell whether commas separate values or are decimal commas",
            where=Place(place.file, line=rows[1].line),
            found=f"{values[0]} below a single name",
            hint=use("for decimal commas", decimal=","),
            code="ragged",
        )


def _columns(first: Sequence[str] | None, rows: Sequence[Sequence[str]], place: Place) -> Dialect:
    """Names of the fields and of the columns; a field with neither a name nor a value is not a column."""
    width = len(first if first is not None else rows[0])
    unnamed = [first is None or not first[j] for j in range(width)]
    empty = [not any(row[j].strip() for row in rows) and (j > 0 or bool(rows)) for j in range(width)]
    if first is None:
        # without a header, only after the last value
        last = max(j for j in range(width) if not empty[j])
        empty = [j > last for j in range(width)]
        names = [f"f{j}" for j in range(width)]
    else:
        index = UNNAMED if UNNAMED not in first else "Unnamed: 0"
        names = [name or (f"Unnamed: {j}" if j else index) for j, name in enumerate(first)]
    out = [a and b for a, b in zip(unnamed, empty, strict=True)]
    columns = [name for name, dropped in zip(names, out, strict=True) if not dropped]
    counts = Counter(columns)
    duplicates = sorted(name for name, count in counts.items() if count > 1)
    if duplicates:
        raise InputError(
            "duplicate column name in the header",
            where=place,
            found=join_names(duplicates),
            hint="give each column its own name",
            code="column-twice",
        )
    remarks: tuple[Finding, ...] = ()
    if any(out):
        many = (
            f"{sum(out)} columns without names and values are"
            if sum(out) > 1
            else ("a column without a name and values is")
        )
        remarks = (Finding("note", "empty-columns", f"{place.file}: {many} skipped"),)
    fields = tuple(
        f"\0{j}" if dropped else name for j, (name, dropped) in enumerate(zip(names, out, strict=True))
    )
    return Dialect("", tuple(columns), first is not None, remarks, fields)


def _other_numbers(doubtful: dict[str, Doubt], decimal: str, place: Place) -> Finding:
    name, doubt = next(iter(doubtful.items()))
    return Finding(
        "note",
        "other-numbers",
        f"{place.file}: {name} contains numbers like {doubt.value}, which --decimal {decimal} reads as text",
    )


__all__ = ["Dialect", "find_dialect"]
