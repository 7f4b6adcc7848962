"""The result of ``inspect`` as text: files, columns, how they are read, findings and verdict."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from itertools import zip_longest

from evalcli.findings import Finding
from evalcli.renderers.tables import Cell, Grid, View, first_that_fits, shortened, without_empty_columns
from evalcli.renderers.text import lines
from evalcli.report.inspection import Diagnosis
from evalcli.text import escape, join_names

WIDTH, TOPIC = 100, 16
"""Columns of a finding, and of a topic."""
VALUES = (60, 50, 40, 30, 20)
"""Widths of values that are tried if they do not fit."""
VERDICTS = {
    "clean": "clean: nothing suspicious",
    "warnings": "scorable, with warnings",
    "not scorable": "not scorable as it is",
}


def render(diagnosis: Diagnosis, view: View) -> bytes:
    """Files, columns, how they are read, findings, verdict."""
    parts = [line for grid in grids(diagnosis, view.width) for line in lines(grid)]
    parts += ["", *(line for item in diagnosis.reading.items() for line in _reading(*item, view.width))]
    for finding in diagnosis.findings:
        parts += ["", *_finding(finding)]
    text = "\n".join([*parts, "", VERDICTS[diagnosis.verdict], ""]).lstrip("\n")
    return text.encode("utf-8", "backslashreplace")


def _reading(topic: str, text: str, width: int | None) -> list[str]:
    """A line per topic, wrapped on a terminal."""
    wrapped = textwrap.wrap(text, max(width - TOPIC, TOPIC), break_on_hyphens=False) if width else [text]
    return [f"{head:<{TOPIC}}{line}" for head, line in zip_longest([topic], wrapped, fillvalue="")]


def grids(diagnosis: Diagnosis, width: int | None = None) -> Iterator[Grid]:
    """Files and columns; values are shortened to fit."""
    if diagnosis.files:
        files = [
            (file.side, escape(file.path), file.form, "?" if file.rows is None else f"{file.rows:,}")
            for file in diagnosis.files
        ]
        yield _grid(("file", "path", "format", "rows"), files, right={3})
    if diagnosis.columns:
        candidates = (None,) if width is None else (None, *VALUES)
        yield first_that_fits(width, *(_columns(diagnosis, most) for most in candidates))


def _columns(diagnosis: Diagnosis, most: int | None) -> Grid:
    """``most``: maximum width of a range or values."""
    columns = [
        (
            column.side,
            escape(column.name) or "(no name)",
            column.type,
            column.values if most is None else shortened(column.values, most),
            f"{column.missing:,}" if column.missing else "",
            f"{column.infinite:,}" if column.infinite else "",
            column.role,
        )
        for column in diagnosis.columns
    ]
    heads = ("file", "column", "type", "range or values", "missing", "infinite", "role")
    return without_empty_columns(_grid(heads, columns, right={4, 5}))


def _grid(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]], right: set[int]) -> Grid:
    left = frozenset(j for j in range(len(heads)) if j not in right)
    return Grid("", heads, left, tuple(tuple(map(Cell, row)) for row in rows))


def _finding(finding: Finding) -> Iterator[str]:
    yield from textwrap.wrap(
        f"{finding.level}: {escape(finding.message)} [{finding.code}]",
        WIDTH,
        subsequent_indent="  ",
        break_on_hyphens=False,
        break_long_words=False,
    )
    if finding.where:
        yield f"  where: {escape(str(finding.where))}"
    if finding.found:
        yield f"  seen: {escape(finding.found)}"
    if finding.rows:
        count = finding.count or len(finding.rows)
        more = count - len(finding.rows)
        rows = join_names((f"{row:,}" for row in finding.rows), len(finding.rows))
        yield f"  rows: {rows}" + (f" and {more:,} more" if more > 0 else "")
    if finding.hint:
        yield f"  try: {escape(str(finding.hint))}"


__all__ = ["render"]
