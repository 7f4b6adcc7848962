"""The report as GitHub Markdown: the verdict first, tables cut to fit a comment."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct
from msgspec.structs import replace

from evalcli.errors import EvalcliError
from evalcli.findings import Finding
from evalcli.renderers import sentences
from evalcli.renderers.report import gate_grid, grids, header
from evalcli.renderers.tables import Grid, View
from evalcli.report.comparison import Comparison
from evalcli.report.history import History
from evalcli.report.report import Report
from evalcli.text import escape

MOST_BYTES = 60_000
LONGEST_CELL = 200
LONGEST_LINE = 1000
SIGNS = re.compile(r"[\\`*_\[\]<>|~&$]")
MENTION = re.compile(r"(?<![A-Za-z0-9_])@(?=[A-Za-z0-9])")
MARKS = {"pass": "✅ pass", "fail": "❌ fail", "undecided": "⚠️ undecided"}
ERROR = "❌ error"
MOST_ERROR = 20_000
"""Characters of an error."""
FOLDED = 12
"""Tables with more rows are folded, except the first ones."""


class Table(Struct, frozen=True):
    """A table as lines: two of head, and the rows. ``cut``: number of rows removed."""

    title: str
    head: tuple[str, str]
    rows: tuple[str, ...]
    folded: bool
    foot: tuple[str, ...] = ()
    cut: int = 0

    @property
    def text(self) -> str:
        """With its title, folded if it is long."""
        lines = [*self.head, *self.rows]
        if self.cut:
            total = len(self.rows) + self.cut
            lines += [
                "",
                f"{self.cut:,} of {total:,} rows were removed for length; the JSON report has all.",
            ]
        if self.foot:
            lines += ["", "<br>\n".join(map(escaped, self.foot))]
        body = "\n".join(lines)
        if self.folded:
            return f"<details><summary>{self.title}</summary>\n\n{body}\n\n</details>"
        return f"**{self.title}**\n\n{body}" if self.title else body


def render(report: Report, view: View) -> bytes:
    """Verdict, rules, metrics, classes, matrix, notes; at most 60,000 bytes."""
    return _text(report, view).encode("utf-8", "backslashreplace")


def of_comparison(comparison: Comparison, view: View) -> bytes:
    """A comparison: verdict, changes, flips, rules."""
    from evalcli.renderers import comparison as tables

    mark = MARKS[comparison.verdict] if comparison.verdict else ""
    head = [f"### evalcli: {escaped(_short(comparison.title))} {mark}".rstrip()]
    head.append(escaped(_short(tables.header(comparison), LONGEST_LINE)))
    grids_ = tables.grids(comparison, replace(view, width=None))
    found = [_table(grid, index > 0 and len(grid.rows) > FOLDED) for index, grid in enumerate(grids_)]
    return _fitted(head, found, _notes(comparison.notes)).encode("utf-8", "backslashreplace")


def of_history(history: History, view: View) -> bytes:
    """A training run: its epochs, and what they show."""
    from evalcli.renderers import history as tables

    name, _, facts = tables.headline(history).partition(" · ")
    head = [f"### evalcli: {escaped(_short(name))}", escaped(facts)]
    said = "\n".join(f"- {escaped(line)}" for line in tables.remarks(history))
    found = [_table(tables.grid(history, view), False)]
    return _fitted(head, found, [said] if said else []).encode("utf-8", "backslashreplace")


def _text(report: Report, view: View) -> str:
    path, facts = header(report)
    head = [_heading(report), f"{escaped(_short(path))} · {escaped(_short(facts, LONGEST_LINE))}"]
    tables = list(_tables(report, view))
    return _fitted(head, tables, _notes(report.notes))


def _notes(notes: Sequence[Finding]) -> list[str]:
    text = "\n".join(map(_note, notes))
    return [f"**Notes**\n\n{text}"] if text else []


def _fitted(head: Sequence[str], tables: Sequence[Table], tail: Sequence[str]) -> str:
    """All parts, with as many rows of each table as fit a comment."""
    most = max((len(table.rows) for table in tables), default=0)
    low = 0
    text = _joined(head, tables, tail)
    if len(text.encode()) <= MOST_BYTES:
        return text
    while low < most:  # the most rows of a table that still fit
        middle = (low + most + 1) // 2
        if len(_joined(head, _cut(tables, middle), tail).encode()) <= MOST_BYTES:
            low = middle
        else:
            most = middle - 1
    return _joined(head, _cut(tables, low), tail)


def of_error(error: EvalcliError, name: str | None = None) -> bytes:
    """An error in place of a report: the message as printed."""
    message = str(error)
    message = message if len(message) <= MOST_ERROR else f"{message[:MOST_ERROR]}…"
    fence = "`" * max(3, 1 + max(map(len, re.findall(r"`+", message)), default=0))
    heading = f"### evalcli: {escaped(_short(name))} {ERROR}" if name else f"### evalcli: {ERROR}"
    return f"{heading}\n\n{fence}text\n{message}\n{fence}\n".encode("utf-8", "backslashreplace")


def _note(note: Finding) -> str:
    """Message and code of a note, and its hint on the next line."""
    text = f"- {escaped(_short(note.message, LONGEST_LINE))} ({escaped(note.code)})"
    hint = "" if note.hint is None else str(note.hint)
    return f"{text}<br>\n  try: {escaped(_short(hint, LONGEST_LINE))}" if hint else text


def _heading(report: Report) -> str:
    gate, title = report.gate, escaped(_short(report.title))
    if gate is None:
        return f"### evalcli: {title}"
    return (
        f"### evalcli: {title} {MARKS[gate.verdict]}\n\n{escaped(sentences.verdict(gate).partition(': ')[2])}"
    )


def _joined(head: Sequence[str], tables: Sequence[Table], tail: Sequence[str]) -> str:
    return "\n\n".join([*head, *(table.text for table in tables), *tail]) + "\n"


def _cut(tables: Sequence[Table], most: int) -> list[Table]:
    return [replace(table, rows=table.rows[:most], cut=max(len(table.rows) - most, 0)) for table in tables]


def _tables(report: Report, view: View) -> Iterator[Table]:
    gate = report.gate
    shown = gate is not None and bool(gate.rules or gate.problem)
    if gate is not None and shown:
        grid = gate_grid(gate, len(gate.rules), view.digits)
        words = {word: MARKS[verdict] for verdict, word in sentences.WORDS.items()}
        rows = tuple((replace(row[0], text=words[row[0].text]), *row[1:]) for row in grid.rows)
        yield _table(replace(grid, title="", rows=rows), folded=False)
    for index, grid in enumerate(grids(report, replace(view, width=None))):
        if not shown or index != 1:  # the rules are above already
            yield _table(grid, folded=index > 0 and len(grid.rows) > FOLDED)


def _table(grid: Grid, folded: bool) -> Table:
    aligned = [":--" if j in grid.left else "--:" for j in range(len(grid.columns))]
    head = (_row(grid.columns), _row(aligned, plain=True))
    rows = tuple(_row([cell.text for cell in row]) for row in grid.rows)
    return Table(
        escaped(_short(grid.title)),
        head,
        rows,
        folded,
        tuple(_short(text, LONGEST_LINE) for text in grid.foot),
    )


def _row(cells: Sequence[str], plain: bool = False) -> str:
    return f"| {' | '.join(cells if plain else [escaped(_short(cell)) for cell in cells])} |"


def _short(text: str, most: int = LONGEST_CELL) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}…"


def escaped(text: str) -> str:
    r"""Text escaped for GitHub Markdown: no markup, no HTML, no mentions.

    >>> escaped("a|b `c` <d> @e f1_macro@2")
    'a\\|b \\`c\\` &lt;d&gt; @<!-- -->e f1_macro@2'
    """

    def sign(match: re.Match[str]) -> str:
        entity = {"<": "&lt;", ">": "&gt;", "&": "&amp;"}.get(match[0])
        if match[0] == "_" and text[match.start() - 1 : match.start()].isalnum():
            after = text[match.end() : match.end() + 1]
            return "_" if after.isalnum() else "\\_"
        return entity or f"\\{match[0]}"

    return MENTION.sub("@<!-- -->", SIGNS.sub(sign, escape(text)))
