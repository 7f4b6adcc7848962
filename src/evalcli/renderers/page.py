"""A report or a comparison as one HTML page: no script, nothing from outside, whole without its style."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from msgspec.structs import replace

from evalcli.findings import Finding
from evalcli.renderers import comparison as comparisons
from evalcli.renderers import sentences
from evalcli.renderers.html import table, text
from evalcli.renderers.report import grids, header
from evalcli.renderers.tables import Grid, View
from evalcli.report.comparison import Comparison
from evalcli.report.json_values import Json
from evalcli.report.report import Report
from evalcli.report.verdict import Verdict

EVERY = 1_000_000
"""Rows of a table: all of them."""
STYLE = """
:root { color-scheme: light dark; font: 15px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; }
table { border-collapse: collapse; margin: 1rem 0; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; padding: .3rem 0; }
th, td { padding: .15rem .6rem; border-bottom: 1px solid #8884; }
th { position: sticky; top: 0; background: Canvas; }
.scroll { overflow-x: auto; }
.pass { color: #00734d; } .fail { color: #c0392b; } .undecided { color: #8e5a00; }
@media (prefers-color-scheme: dark) {
  .pass { color: #4dd3a0; } .fail { color: #ff8a7a; } .undecided { color: #f0b35a; }
}
@media print { body { max-width: none; } th { position: static; } table { break-inside: avoid; } }
"""


def render(report: Report, view: View) -> bytes:
    """Verdict, every table in full, notes with hints, and where the numbers come from."""
    path, facts = header(report)
    gate = report.gate
    verdict = None if gate is None else (gate.verdict, sentences.verdict(gate).partition(": ")[2])
    tables = grids(report, replace(view, most=EVERY, width=None))
    origin = {"predictions": path, "version": report.version}
    origin |= {name: _shown(value) for name, value in report.input.options.items()}
    parts = _page(report.title, facts, verdict, tables, report.notes, origin)
    return "\n".join(parts).encode("utf-8", "backslashreplace")


def of_comparison(comparison: Comparison, view: View) -> bytes:
    """The same of a comparison."""
    verdict = None if comparison.verdict is None else (comparison.verdict, "")
    tables = comparisons.grids(comparison, replace(view, most=EVERY, width=None))
    facts = comparisons.header(comparison)
    origin = {"version": comparison.version}
    parts = _page(comparison.title, facts, verdict, tables, comparison.notes, origin)
    return "\n".join(parts).encode("utf-8", "backslashreplace")


def _page(
    title: str,
    facts: str,
    verdict: tuple[Verdict, str] | None,
    tables: Iterable[Grid],
    notes: Sequence[Finding],
    origin: dict[str, str],
) -> Iterator[str]:
    yield '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">'
    yield '<meta name="viewport" content="width=device-width, initial-scale=1">'
    yield f"<title>evalcli: {text(title)}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n<main>"
    yield f"<h1>{text(title)}</h1>\n<p>{text(facts)}</p>"
    if verdict is not None:
        word, words = verdict
        more = f": {text(words)}" if words else ""
        yield f'<p class="{word}"><strong>{word}</strong>{more}</p>'
    for grid in tables:
        yield '<div class="scroll">'
        yield from table(grid)
        yield "</div>"
    if notes:
        yield "<h2>Notes</h2>\n<ul>"
        yield from map(_note, notes)
        yield "</ul>"
    yield "<h2>Where the numbers come from</h2>\n<dl>"
    yield from (f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in origin.items() if value)
    yield "</dl>\n</main>\n</body>\n</html>\n"


def _note(note: Finding) -> str:
    hint = "" if note.hint is None else f"<br>try: {text(str(note.hint))}"
    return f"<li>{text(note.message)} <em>({text(note.code)})</em>{hint}</li>"


def _shown(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


__all__ = ["of_comparison", "render"]
