"""A report or a comparison as one HTML page: whole without script and style, and nothing from outside.

Tables hold every number. The script sorts them, draws charts of them with Vega, and moves a threshold along
the points of a curve, whose counts are exact. The page's own policy admits this script and no other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from statistics import NormalDist

from msgspec.structs import replace

from evalcli.renderers import comparison as comparisons
from evalcli.renderers import sentences
from evalcli.renderers.matrix import TITLE as MATRIX
from evalcli.renderers.page_frame import Section, notes_of, origin_of, whole_page
from evalcli.renderers.page_tables import attributes, chart_tables, data_table, grid_table, text
from evalcli.renderers.report import grids, header
from evalcli.renderers.tables import MOST_EXAMPLES as MOST
from evalcli.renderers.tables import MOST_OF_CELL, Grid, View
from evalcli.report.comparison import Comparison
from evalcli.report.curves import Curves
from evalcli.report.json_values import Json
from evalcli.report.provenance import Provenance
from evalcli.report.report import Report
from evalcli.tasks import TASKS
from evalcli.text import join_names

EVERY = 1_000_000
"""Rows of a table: all of them."""
PAIR = ("true", "predicted")
"""First columns of the most confused pairs."""


def render(report: Report, view: View) -> bytes:
    """Verdict, every table in full, what charts are drawn from, notes with hints, and the origin."""
    _, facts = header(report)
    gate = report.gate
    verdict = None if gate is None else (gate.verdict, sentences.verdict(gate).partition(": ")[2])
    tables = list(grids(report, replace(view, most=EVERY, width=None, whole=not view.brief)))
    origin = _inputs(report.input) | {"command": " ".join(report.command), "version": report.version}
    origin |= {name: _shown(value) for name, value in report.input.options.items()}
    charts = [] if view.brief else [*_lacking(report), *chart_tables(report)]
    sections = [
        *_sections(report, tables, view),
        *_charts(charts),
        *notes_of(report.notes),
        *origin_of(origin),
    ]
    level, task = report.input.confidence, TASKS[report.task]
    sure = not _why_no_intervals(report)
    data = {
        "data-level": level,
        "data-z": NormalDist().inv_cdf((1 + level) / 2) if sure else None,
        "data-digits": view.digits,
        "data-noun": task.class_word,
        "data-unit": None if report.input.scores_as == "raw" else "1",
    }
    return whole_page(
        report.title, facts, verdict, sections, attributes(data), any("<table" in line for line in charts)
    )


def _why_no_intervals(report: Report) -> str:
    """Why there are no intervals of shares at a threshold; empty if there are."""
    if report.input.weight is not None:
        return "rows have weights"
    if report.input.group is not None:
        return "rows are in groups"
    return "" if any(score.interval for score in report.metrics.values()) else "there are none in this report"


def _lacking(report: Report) -> Iterator[str]:
    """What the charts leave out, in words."""
    curves, task = report.curves, TASKS[report.task]
    if curves is None or curves == Curves():
        yield "<p>This report has no curves: no metric of it needs them, or they were left out.</p>"
        return
    if not task.has_classes:
        return
    why, ranked = _why_no_intervals(report), len(curves.ranked)
    if why and ranked:
        yield f"<p>Figures at a threshold have no intervals here: {why}.</p>"
    if curves.left_out:
        total = ranked + curves.left_out
        yield f"<p>Curves of the {ranked} {task.classes_word} that rank worst of {total:,}.</p>"
    elif ranked < len(report.classes) and not task.has_positive:
        missing = [name for name in report.classes if name not in {curve.name for curve in curves.ranked}]
        yield f"<p>No curves of {text(join_names(missing, 5))}: without rows of both kinds.</p>"
    if report.slices and not all(part.curves for part in report.slices):
        yield (
            "<p>Slices have curves of their own for two classes, if there are no more than 20 and they have "
            "enough rows of both classes.</p>"
        )


def _inputs(source: Provenance) -> dict[str, str]:
    """Files and columns."""
    named = {
        "predictions": ", ".join(file.path for file in source.predictions),
        "labels": ", ".join(file.path for file in source.labels or ()),
        "true values": ", ".join(source.truth),
        "scores": join_names(source.scores, 10),
        "predicted values": source.predicted or "",
        "matched by": source.id or "",
        "weight": source.weight or "",
        "group": source.group or "",
    }
    return {name: value for name, value in named.items() if value}


def of_comparison(comparison: Comparison, view: View) -> bytes:
    """The same of a comparison; its tables are sorted, and there are no charts."""
    verdict = None if comparison.verdict is None else (comparison.verdict, "")
    tables = comparisons.grids(comparison, replace(view, most=EVERY, width=None))
    models = {
        f"model {model.name}": ", ".join(file.path for file in model.input.predictions)
        for model in comparison.models
    }
    origin = models | {"command": " ".join(comparison.command), "version": comparison.version}
    sections = [*_of_grids(tables, untitled="Rows"), *notes_of(comparison.notes), *origin_of(origin)]
    return whole_page(comparison.title, comparisons.header(comparison), verdict, sections, "", False)


def _sections(report: Report, tables: Iterable[Grid], view: View) -> Iterator[Section]:
    names = tuple(report.classes)
    yield from _of_grids(tables, names)
    if view.examples:
        yield "Rows", list(_examples(view.examples))


def _of_grids(
    tables: Iterable[Grid], classes: Sequence[str] = (), untitled: str = "Metrics"
) -> Iterator[Section]:
    for grid in tables:
        title = f"{grid.title[:1].upper()}{grid.title[1:]}" or untitled
        if grid.title.startswith(MATRIX) and len(grid.rows) == len(classes):
            named = replace(grid, columns=("truth", *grid.columns[1:]))
            yield title, list(grid_table(named, classes, **{"data-matrix": ""}))
        elif grid.columns[:2] == PAIR:
            yield title, list(grid_table(grid, **{"data-pairs": ""}))
        else:
            yield title, list(grid_table(grid))


def _examples(rows: Sequence[dict[str, object]]) -> Iterator[str]:
    columns = list(rows[0])
    yield (
        f"<p>At most {MOST_OF_CELL} rows of each cell of the confusion matrix, and {MOST} in all: those with "
        "the highest loss. With scripts, a number in the matrix shows its rows.</p>"
    )
    yield from data_table(
        f"{len(rows):,} rows",
        columns,
        ([_brief(row[name]) for name in columns] for row in rows),
        data_examples="",
    )


def _brief(value: object) -> object:
    return f"{value:.6g}" if isinstance(value, float) else value


def _charts(tables: Sequence[str]) -> Iterator[Section]:
    if tables:
        yield (
            "Curves",
            [
                '<div id="threshold" hidden></div>',
                *tables,
            ],
        )


def _shown(value: Json) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


__all__ = ["of_comparison", "render"]
