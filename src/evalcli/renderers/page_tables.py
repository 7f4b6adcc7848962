"""Tables of an HTML page: of a grid, and of what charts are drawn from, which the page's script reads."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape as quoted

from evalcli.renderers.shades import strength_of
from evalcli.renderers.tables import Cell, Grid, count
from evalcli.report.curves import Bins, RankedCurve, Residuals
from evalcli.report.operating_point import threshold_of
from evalcli.report.report import Report
from evalcli.text import escape

STRENGTHS = 5
"""Shades of a cell: classes p1 to p5 and n1 to n5 of the style sheet."""
FEW = 10
"""Maximum of classes whose points have their rates in the table; they follow from the counts."""
CLOSE = "those closer to 1 than a threshold tells"
RATES = ("recall", "false positive rate", "precision")
EXACT = 2.0**53
Attributes = Mapping[str, object]


def text(value: str) -> str:
    """Text without markup."""
    return quoted(escape(value))


def attributes(given: Attributes) -> str:
    """As they stand in a tag; those that are None are left out."""
    return "".join(f' {name}="{text(_shown(value))}"' for name, value in given.items() if value is not None)


def grid_table(grid: Grid, names: Sequence[str] = (), **more: object) -> Iterator[str]:
    """A grid as lines of HTML. ``names``: of the rows, as the script needs them; ``more``: attributes."""
    left = " ".join(["sortable", *(f"l{j}" for j in sorted(grid.left))])
    yield f"{_scroll(grid.title or 'metrics')}\n<table{attributes({'class': left, **more})}>"
    heads = "".join(f'<th scope="col">{text(name)}</th>' if name else "<td></td>" for name in grid.columns)
    yield f"<thead><tr>{heads}</tr></thead>\n<tbody>"
    for i, row in enumerate(grid.rows):
        name = attributes({"data-name": names[i]}) if names else ""
        first = f'<th scope="row"{name}>{text(row[0].text)}</th>'
        yield f"<tr>{first}{''.join(map(_cell, row[1:]))}</tr>"
    yield "</tbody></table>\n</div>"
    yield from (f"<p><small>{text(line)}</small></p>" for line in grid.foot)


def _scroll(label: str) -> str:
    """Around a table that may be wider than the page: with a name, and reached by the keyboard."""
    return f'<div class="scroll" role="group" tabindex="0"{attributes({"aria-label": f"{label}, table"})}>'


def _cell(cell: Cell) -> str:
    if not cell.shade:
        return f"<td>{text(cell.text)}</td>"
    strength = min(int(strength_of(cell.shade) * STRENGTHS) + 1, STRENGTHS)
    return f'<td class="{"p" if cell.shade > 0 else "n"}{strength}">{text(cell.text)}</td>'


def data_table(
    summary: str, columns: Iterable[object], rows: Iterable[Sequence[object]], **more: object
) -> Iterator[str]:
    """Numbers in full, folded. ``more``: attributes that the script finds it by."""
    given = {name.replace("_", "-"): value for name, value in more.items()}
    yield f"<details><summary>{text(summary)}</summary>"
    yield f"{_scroll(summary)}\n<table{attributes(given)}>"
    heads = "".join(f'<th scope="col">{text(str(name))}</th>' for name in columns)
    yield f"<thead><tr>{heads}</tr></thead>"
    yield "<tbody>"
    for row in rows:
        yield f"<tr>{''.join(f'<td>{text(_shown(value))}</td>' for value in row)}</tr>"
    yield "</tbody></table>\n</div></details>"


def _shown(value: object) -> str:
    """A value in full; counts of stored reports are whole numbers again."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT:
        value = int(value)
    return "" if value is None else str(value)


def chart_tables(report: Report) -> Iterator[str]:
    """What the charts of a report are drawn from."""
    curves = report.curves
    if curves is None:
        return
    for curve in curves.ranked:
        yield from _ranked(report, curve, "")
    for part in report.slices:
        for curve in part.curves:
            yield from _ranked(report, curve, part.label)
    if curves.reliability is not None:
        yield from _bins(curves.reliability, "reliability")
    if curves.scores is not None:
        yield from _bins(curves.scores, "scores")
    if curves.residuals is not None:
        yield from _residuals(curves.residuals)


def _ranked(report: Report, curve: RankedCurve, label: str) -> Iterator[str]:
    given = threshold_of(report.task, report.input, curve.name)
    points = _points(curve)
    of = f"{curve.name} of {label}" if label else curve.name
    summary = (
        f"ROC curve of {of}: {len(points):,} thresholds; "
        f"{count(curve.positives)} positives, {count(curve.negatives)} negatives"
    )

    def rates(tp: float, fp: float) -> tuple[str | None, ...]:
        precision = f"{tp / (tp + fp):.4f}" if tp + fp else None
        return f"{tp / curve.positives:.4f}", f"{fp / curve.negatives:.4f}", precision

    few = report.curves is not None and len(report.curves.ranked) <= FEW
    yield from data_table(
        summary,
        ("score at least", "tp", "fp", *(RATES if few else ())),
        (((at, tp, fp, *rates(tp, fp)) if few else (at, tp, fp)) for at, tp, fp in points),
        data_curve=curve.name,
        data_slice=label or None,
        data_positives=curve.positives,
        data_negatives=curve.negatives,
        data_threshold=given,
        data_above=None if given is None or _is_given(report, curve.name) else f"{given:g}",
    )


def _is_given(report: Report, cls: str) -> bool:
    given = report.input.threshold
    return cls in given if isinstance(given, Mapping) else given is not None


Point = tuple[float | str, float, float]


def _points(curve: RankedCurve) -> list[Point]:
    words = ["no row", *[CLOSE] * (len(curve.tp) - 2), "every row"]
    return [
        (word if at is None else at, tp, fp)
        for word, at, tp, fp in zip(words, curve.thresholds, curve.tp, curve.fp, strict=True)
    ]


def _bins(bins: Bins, name: str) -> Iterator[str]:
    what = f"probability of class {bins.name}" if bins.name else "probability of the predicted class"

    def row(i: int, rows: float) -> tuple[object, ...]:
        means = (bins.probability[i] / rows, bins.hits[i] / rows) if rows else (None, None)
        ends = (bins.low[i], bins.high[i]) if rows and bins.low else (None, None)
        return bins.edges[i], bins.edges[i + 1], rows, *means, *ends

    summary = f"{name} ({len(bins.count)} bins): {what}, and how often it came true"
    yield from data_table(
        summary,
        ("above", "up to", "rows", "mean probability", "observed", "low", "high"),
        map(row, range(len(bins.count)), bins.count),
        data_bins=name,
        data_name=bins.name or None,
    )


def _residuals(residuals: Residuals) -> Iterator[str]:
    yield from data_table(
        "quantiles of the errors",
        ("quantile", "predicted − true"),
        zip(residuals.levels, residuals.values, strict=True),
        data_quantiles="",
    )
    yield from data_table(
        "rows by true value (down, from) and predicted value (across, from)",
        ("true value", *residuals.predicted_edges[:-1]),
        ((edge, *row) for edge, row in zip(residuals.truth_edges, residuals.grid, strict=False)),
        data_grid="",
    )


__all__ = ["attributes", "chart_tables", "data_table", "grid_table", "text"]
