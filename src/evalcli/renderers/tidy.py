"""The report as a tidy table: one row per metric, class and slice, as comma- or tab-separated text."""

from __future__ import annotations

import csv
import io

from evalcli.renderers.tables import View
from evalcli.report.comparison import Comparison
from evalcli.report.report import Report
from evalcli.report.verdict import difference
from evalcli.text import escape

COLUMNS = (
    "metric", "class", "slice", "value", "low", "high", "method", "n", "better", "baseline", "change",
    "reason",
)  # fmt: skip

CHANGES = (
    "model", "metric", "slice", "old", "new", "change", "low", "high", "p", "p_adjusted", "meaning",
    "method", "test", "better", "reason",
)  # fmt: skip


def render_csv(report: Report, view: View) -> bytes:
    """Comma-separated."""
    return _table(report, ",")


def render_tsv(report: Report, view: View) -> bytes:
    """Tab-separated."""
    return _table(report, "\t")


def comparison_csv(comparison: Comparison, view: View) -> bytes:
    """The changes of every model, comma-separated."""
    return _changes(comparison, ",")


def comparison_tsv(comparison: Comparison, view: View) -> bytes:
    """The same, tab-separated."""
    return _changes(comparison, "\t")


def _changes(comparison: Comparison, delimiter: str) -> bytes:
    """One row per model, metric and slice."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(CHANGES)
    for against in comparison.against:
        parts = [("", against.changes), *((escape(part.label), part.changes) for part in against.slices)]
        for label, changes in parts:
            for change in changes:
                low, high = change.interval or (None, None)
                numbers = (change.old, change.new, change.change, low, high, change.p, change.adjusted)
                words = (change.meaning, change.method, change.test, change.better, change.reason or "")
                writer.writerow(
                    (escape(against.model), change.metric, label, *map(_number, numbers), *map(escape, words))
                )
    return out.getvalue().encode("utf-8", "backslashreplace")


def _table(report: Report, delimiter: str) -> bytes:
    """Full precision; missing values are empty. Control characters in names are escaped."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(COLUMNS)
    before = report.baseline_values
    for (metric, cls, part, score), (name, _) in zip(report.rows(), report.by_name(), strict=True):
        then = before.get(name)
        interval = score.interval
        writer.writerow(
            (
                metric,
                "" if cls is None else escape(cls),
                "" if part is None else escape(part),
                _number(score.value),
                _number(interval.low if interval else None),
                _number(interval.high if interval else None),
                interval.method if interval else "",
                score.n,
                score.better,
                _number(then),
                _number(None if then is None or score.value is None else difference(score.value, then)),
                escape(score.reason or ""),
            )
        )
    return out.getvalue().encode("utf-8", "backslashreplace")


def _number(value: float | None) -> str:
    return "" if value is None else repr(value)
