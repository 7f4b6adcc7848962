"""Curves of the classes against the rest: which are drawn, and their names."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from msgspec import Struct
from msgspec.structs import replace

from evalcli.intervals.scales import wilson
from evalcli.plots.canvas import named
from evalcli.plots.kinds import Look
from evalcli.report.curves import RankedCurve
from evalcli.report.operating_point import threshold_of
from evalcli.report.report import Report
from evalcli.tasks import TASKS

MOST = 6
"""Curves of one picture; of more classes, those that rank worst."""
SHORT = {"roc_auc": "AUC", "average_precision": "AP"}
Floats = npt.NDArray[np.float64]


class Line(Struct, frozen=True, eq=False):
    """A curve with its name. ``level``: confidence of its band; None: none is drawn."""

    label: str
    curve: RankedCurve
    level: float | None
    threshold: float | None = None

    @property
    def tp(self) -> Floats:
        """True positives at each point, from the highest threshold."""
        return np.array(self.curve.tp, np.float64)

    @property
    def fp(self) -> Floats:
        """False positives."""
        return np.array(self.curve.fp, np.float64)

    @property
    def tpr(self) -> Floats:
        """Recall."""
        return self.tp / self.curve.positives

    @property
    def fpr(self) -> Floats:
        """False positive rate."""
        return self.fp / self.curve.negatives

    @property
    def precision(self) -> Floats:
        """Precision; of no rows that of the next point."""
        called = self.tp + self.fp
        values = np.divide(self.tp, called, out=np.full(len(called), np.nan), where=called > 0)
        if len(values) > 1 and np.isnan(values[0]):
            values[0] = values[1]
        return values

    def band(self, hits: Floats, total: Floats | float) -> tuple[Floats, Floats] | None:
        """Wilson's interval of a share at each point, if the rows have no weights."""
        if self.level is None:
            return None
        ends = [
            wilson(h, t, self.level) if t else (np.nan, np.nan)
            for h, t in zip(hits.tolist(), np.broadcast_to(total, hits.shape).tolist(), strict=True)
        ]
        low, high = np.array(ends).T
        return low, high


def lines_of(report: Report, look: Look, metric: str) -> list[Line]:
    """The curves to draw: of all models the same class, or of the classes that rank worst.

    ``metric``: the area that is in the names, if it is known.
    """
    if not look.also:
        return list(_of_report(report, metric, "", MOST, None))
    first = list(_of_report(report, metric, report.title, 1, None))
    cls = first[0].curve.name
    found = [replace(line, label=_of_class(line.label, cls, report)) for line in first]
    for name, other in look.also.items():
        for line in _of_report(other, metric, name, 1, cls):
            found.append(replace(line, label=_of_class(line.label, cls, report)))
    return found


def _of_class(label: str, cls: str, report: Report) -> str:
    return label if TASKS[report.task].has_positive else f"{label} (of {named(cls, 12)})"


def worst_line(report: Report) -> Line:
    """The curve of the only class, or of the one that ranks worst."""
    return min(lines_of(report, Look(), "roc_auc"), key=lambda line: _rank(report, line.curve.name))


def _rank(report: Report, name: str) -> float:
    area = _area(report, "roc_auc", name)
    return 2.0 if area is None else area


def _of_report(report: Report, metric: str, name: str, most: int, cls: str | None) -> Iterator[Line]:
    curves = [c for c in (report.curves.ranked if report.curves else ()) if cls in (None, c.name)]
    weighted = report.input.weight is not None or report.input.group is not None
    level = None if weighted or len(curves) > 1 or name else report.input.confidence
    worst = sorted(curves, key=lambda curve: _rank(report, curve.name))
    kept = {curve.name for curve in worst[:most]}
    for curve in curves:
        if curve.name in kept:
            area = _area(report, metric, curve.name) if metric in SHORT else None
            text = name or named(curve.name, 20)
            shown = text if area is None else f"{text}: {SHORT[metric]} {area:.3f}"
            yield Line(shown, curve, level, threshold_of(report.task, report.input, curve.name))


def _area(report: Report, metric: str, name: str) -> float | None:
    row = report.per_class.get(name)
    if row is not None and metric in row.metrics:
        return row.metrics[metric].value
    score = report.metrics.get(metric)
    return None if score is None else score.value


def note_of(report: Report, look: Look, shown: int) -> str:
    """What is not drawn; of several models nothing, for one class of each is asked for."""
    if look.also:
        return ""
    curves = report.curves
    total = 0 if curves is None else len(curves.ranked) + curves.left_out
    return f", the {shown} that rank worst of {total:,}" if shown < total else ""
