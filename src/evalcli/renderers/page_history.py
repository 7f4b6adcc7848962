"""The history of a run as one HTML page: its table, and what its curves and matrices are drawn from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from evalcli.renderers.history import grid, headline, remarks
from evalcli.renderers.page_frame import Section, origin_of, whole_page
from evalcli.renderers.page_tables import attributes, data_table, grid_table, text
from evalcli.renderers.tables import Cell, Grid, View, count
from evalcli.report.history import MOST_TABULATED, Epoch, History
from evalcli.report.score import Score
from evalcli.tasks import BINARY, MULTICLASS

MOST_ROWS, MOST_CELLS = 30_000, 60_000
"""Rows of the curves of classes, and cells of matrices, that a page has."""


def render(history: History, view: View) -> bytes:
    """Table of epochs and what they show, curves of every metric and class, matrices, and the origin."""
    said = "".join(f"<li>{text(line)}</li>" for line in remarks(history))
    table = [*grid_table(grid(history, view)), *([f"<ul>{said}</ul>"] if said else [])]
    curves, matrices = [*_curves(history)], [*_matrices(history)]
    sections: list[Section] = [("Epochs", table)]
    sections += [("Curves", ['<div id="history" hidden></div>', *curves])] if curves else []
    sections += [("Confusion matrix by epoch", matrices)] if matrices else []
    tasks = {epoch.task for epoch in history.epochs} & {BINARY.name, MULTICLASS.name}
    if not matrices and tasks:
        said = f"<p>None: histories have those of up to {MOST_TABULATED} classes.</p>"
        sections.append(("Confusion matrix by epoch", [said]))
    best = history.best
    data = {
        "data-shown": " ".join(history.shown),
        "data-best": None if best is None else best.epoch,
        "data-by": None if best is None else best.metric,
        "data-alike": None if best is None else " ".join(map(str, best.alike)),
        "data-digits": view.digits,
    }
    sections += origin_of(_origin(history))
    facts = headline(history).partition(" · ")[2]
    return whole_page(history.title, facts, None, sections, attributes(data), bool(curves))


def _origin(history: History) -> dict[str, str]:
    last = history.epochs[-1] if history.epochs else None
    options = {} if last is None else {name: str(value) for name, value in last.options.items()}
    files = {} if last is None else {"last epoch": ", ".join(stamp.path for stamp in last.files)}
    return {**files, **options, "command": " ".join(history.command), "version": history.version}


def _curves(history: History) -> Iterator[str]:
    """A table of each metric, and of each metric of a class, by epoch."""
    names = dict.fromkeys(name for epoch in history.epochs for name in epoch.metrics)
    for name in names:
        yield from _curve(history, name, None, {e.key: e.metrics for e in history.epochs})
    classes = dict.fromkeys(cls for epoch in history.epochs for cls in epoch.per_class)
    metrics = dict.fromkeys(
        name for epoch in history.epochs for row in epoch.per_class.values() for name in row.metrics
    )
    rows = len(classes) * len(metrics) * len(history.numbers)
    if rows > MOST_ROWS:
        yield (
            f"<p>Curves of classes are left out: {rows:,} rows. evalcli plot class_history draws them, and "
            "-o history.csv has them.</p>"
        )
        return
    for name in metrics:
        yield f"<details><summary>{text(name)} of each class</summary>"
        for cls in classes:
            found = {e.key: e.per_class[cls].metrics for e in history.epochs if cls in e.per_class}
            yield from _curve(history, name, cls, found)
        yield "</details>"


def _curve(
    history: History, name: str, cls: str | None, scores: Mapping[tuple[int, str], Mapping[str, Score]]
) -> Iterator[str]:
    columns = ["epoch"]
    for split in history.splits:
        columns += [split or "value", "low", "high"]
    rows = []
    for number in history.numbers:
        row: list[object] = [number]
        for split in history.splits:
            score = scores.get((number, split), {}).get(name)
            ends = None if score is None else score.interval_ends
            row += [None if score is None else score.value, *(ends or (None, None))]
        rows.append(row)
    if all(value is None for row in rows for value in row[1:]):
        return
    summary = name if cls is None else f"{name} of {cls}"
    yield from data_table(summary, columns, rows, data_metric=name, data_class=cls)


def _matrices(history: History) -> Iterator[str]:
    """The matrix of each epoch of the split that epochs are compared on; of some, if there are very many."""
    known = [epoch for epoch in history.epochs if epoch.confusion is not None]
    split = history.best.split if history.best is not None else known[-1].split if known else ""
    known = [epoch for epoch in known if epoch.split == split]
    if not known:
        return
    step = -(-len(known) * len(known[0].classes) ** 2 // MOST_CELLS)
    places = {*range(0, len(known), step), len(known) - 1}
    best = None if history.best is None else history.best.epoch
    shown = [epoch for i, epoch in enumerate(known) if i in places or epoch.epoch == best]
    some = f"One of {step} epochs" if step > 1 else "Every epoch"
    yield f"<p>{some} of {text(split)}.</p>" if split else f"<p>{some}.</p>"
    yield '<div id="epochs" hidden></div>'
    for epoch in shown:
        mark = " (best)" if epoch.epoch == best else ""
        given = attributes({"data-epoch": epoch.epoch, "data-mark": mark or None})
        yield f"<details{given}><summary>epoch {epoch.epoch}{mark}</summary>"
        yield from grid_table(_matrix(epoch), epoch.classes)
        yield "</details>"


def _matrix(epoch: Epoch) -> Grid:
    """Rows by true and predicted class, shaded by the share of the true class."""
    rows = []
    for i, counts in enumerate(epoch.confusion or ()):
        total = sum(counts)
        shades = [(n / total if total else 0.0) * (1 if j == i else -1) for j, n in enumerate(counts)]
        cells = (Cell(count(n), shade=shade or None) for n, shade in zip(counts, shades, strict=True))
        rows.append((Cell(epoch.classes[i]), *cells))
    title = f"confusion matrix of epoch {epoch.epoch}"
    return Grid(title, ("truth", *epoch.classes), frozenset({0}), tuple(rows))


__all__ = ["render"]
