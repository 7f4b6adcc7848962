"""A report or a comparison as one HTML page: whole without script and style, and nothing from outside.

Tables hold every number. The script sorts them, draws charts of them with Vega, and moves a threshold along
the points of a curve, whose counts are exact. The page's own policy admits this script and no other.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from importlib.resources import files
from statistics import NormalDist

from msgspec.structs import replace

from evalcli.findings import Finding
from evalcli.renderers import comparison as comparisons
from evalcli.renderers import sentences
from evalcli.renderers.matrix import TITLE as MATRIX
from evalcli.renderers.page_tables import attributes, chart_tables, data_table, grid_table, text
from evalcli.renderers.report import grids, header
from evalcli.renderers.tables import Grid, View
from evalcli.report.comparison import Comparison
from evalcli.report.json_values import Json
from evalcli.report.report import Report
from evalcli.report.verdict import Verdict

EVERY = 1_000_000
"""Rows of a table: all of them."""
LIBRARIES = ("vega.js", "vega-interpreter.js")


def render(report: Report, view: View) -> bytes:
    """Verdict, every table in full, what charts are drawn from, notes with hints, and the origin."""
    path, facts = header(report)
    gate = report.gate
    verdict = None if gate is None else (gate.verdict, sentences.verdict(gate).partition(": ")[2])
    tables = list(grids(report, replace(view, most=EVERY, width=None, whole=not view.brief)))
    origin = {"predictions": path, "version": report.version}
    origin |= {name: _shown(value) for name, value in report.input.options.items()}
    charts = [] if view.brief else list(chart_tables(report))
    sections = [*_sections(report, tables, view), *_charts(charts), *_notes(report.notes), *_origin(origin)]
    dependent = report.input.weight is not None or report.input.group is not None
    level = report.input.confidence
    data = {"data-level": level, "data-z": None if dependent else NormalDist().inv_cdf((1 + level) / 2)}
    return _page(report.title, facts, verdict, sections, attributes(data), bool(charts))


def of_comparison(comparison: Comparison, view: View) -> bytes:
    """The same of a comparison; its tables are sorted, and there are no charts."""
    verdict = None if comparison.verdict is None else (comparison.verdict, "")
    tables = comparisons.grids(comparison, replace(view, most=EVERY, width=None))
    sections = [
        *_of_grids(tables),
        *_notes(comparison.notes),
        *_origin({"version": comparison.version}),
    ]
    return _page(comparison.title, comparisons.header(comparison), verdict, sections, "", False)


Section = tuple[str, list[str]]


def _sections(report: Report, tables: Iterable[Grid], view: View) -> Iterator[Section]:
    names = tuple(report.classes)
    yield from _of_grids(tables, names)
    if view.examples:
        yield "Rows", list(_examples(view.examples))


def _of_grids(tables: Iterable[Grid], classes: Sequence[str] = ()) -> Iterator[Section]:
    for grid in tables:
        title = f"{grid.title[:1].upper()}{grid.title[1:]}" or "Metrics"
        if grid.title.startswith(MATRIX) and len(grid.rows) == len(classes):
            yield title, list(grid_table(grid, classes, **{"data-matrix": ""}))
        else:
            yield title, list(grid_table(grid))


def _examples(rows: Sequence[dict[str, object]]) -> Iterator[str]:
    columns = list(rows[0])
    yield "<p>Rows of each cell of the confusion matrix, those with the highest loss first.</p>"
    yield from data_table(
        f"{len(rows):,} rows",
        columns,
        ([row[name] for name in columns] for row in rows),
        data_examples="",
    )


def _charts(tables: Sequence[str]) -> Iterator[Section]:
    if tables:
        yield (
            "Curves",
            [
                '<div id="threshold" hidden></div>',
                *tables,
            ],
        )


def _notes(notes: Sequence[Finding]) -> Iterator[Section]:
    if notes:
        yield "Notes", ["<ul>", *map(_note, notes), "</ul>"]


def _note(note: Finding) -> str:
    hint = "" if note.hint is None else f"<br>try: {text(str(note.hint))}"
    return f"<li>{text(note.message)} <em>({text(note.code)})</em>{hint}</li>"


def _origin(origin: dict[str, str]) -> Iterator[Section]:
    facts = (f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in origin.items() if value)
    yield "Where the numbers come from", ["<dl>", *facts, "</dl>"]


def _page(
    title: str,
    facts: str,
    verdict: tuple[Verdict, str] | None,
    sections: Sequence[Section],
    data: str,
    charts: bool,
) -> bytes:
    style, own = _asset("page.css"), _own_script(charts)
    scripts = [*(_asset(name) for name in LIBRARIES if charts), own]
    policy = (
        f"default-src 'none'; script-src {' '.join(map(_digest, scripts))}; style-src {_digest(style)}; "
        "base-uri 'none'; form-action 'none'"
    )
    lines = [
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>evalcli: {text(title)}</title>\n<style>{style}</style>\n</head>\n<body>",
        f"<header>\n<h1>{text(title)}</h1>\n<p>{text(facts)}</p>",
    ]
    if verdict is not None:
        word, words = verdict
        more = f": {text(words)}" if words else ""
        lines.append(f'<p class="verdict {word}"><strong>{word}</strong>{more}</p>')
    links = "".join(
        f'<li><a href="#s{i}">{text(name.partition(":")[0])}</a></li>' for i, (name, _) in enumerate(sections)
    )
    lines.append(f'</header>\n<nav aria-label="sections"><ul>{links}</ul></nav>\n<main{data}>')
    for i, (name, body) in enumerate(sections):
        lines += [f'<section aria-labelledby="s{i}">\n<h2 id="s{i}">{text(name)}</h2>', *body, "</section>"]
    lines.append("</main>")
    lines += [f"<script>{script}</script>" for script in scripts]
    lines.append("</body>\n</html>\n")
    return "\n".join(lines).encode("utf-8", "backslashreplace")


@cache
def _own_script(charts: bool) -> str:
    own = _asset("page.js")
    return f"const CHARTS = {_asset('charts.json')};\n{own}" if charts else own


@cache
def _asset(name: str) -> str:
    return (files("evalcli") / "web" / name).read_text(encoding="utf-8")


@cache
def _digest(script: str) -> str:
    """The source of a script in a policy: what its text hashes to (Content Security Policy, level 3)."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _shown(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


__all__ = ["of_comparison", "render"]
