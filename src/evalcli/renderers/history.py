"""The history of a run as a table of epochs, as tidy rows, and in sentences."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

from evalcli.renderers import numbers
from evalcli.renderers.tables import Cell, Grid, View, without_empty_columns
from evalcli.renderers.text import lines
from evalcli.report.history import Best, Epoch, History
from evalcli.text import escape, join_names

COLUMNS = ("epoch", "split", "metric", "class", "value", "low", "high", "n")


def render(history: History, view: View) -> bytes:
    """A line for each epoch: what is shown of each split, and what the epoch is."""
    return "\n".join([headline(history), *lines(grid(history, view)), ""]).encode("utf-8", "backslashreplace")


def headline(history: History) -> str:
    """The run, and how many epochs of which splits it has."""
    splits = ", ".join(escape(split) for split in history.splits if split)
    epochs = "1 epoch" if len(history.numbers) == 1 else f"{len(history.numbers):,} epochs"
    return f"{escape(history.title)} · {epochs}" + (f" of {splits}" if splits else "")


def grid(history: History, view: View) -> Grid:
    """Epochs down, metrics and splits across."""
    best = history.best
    columns, left = ["epoch"], set[int]()
    for metric in history.shown:
        for split in history.splits:
            columns.append(" ".join(filter(None, (metric, escape(split)))))
            if best is not None and (metric, split) == (best.metric, best.split):
                left.add(len(columns))
                columns.append(f"{100 * history.confidence:g}% interval")
    left.add(len(columns))
    rows = tuple(tuple(_cells(history, number, view)) for number in history.numbers)
    return without_empty_columns(Grid("", (*columns, ""), frozenset(left), rows))


def _cells(history: History, number: int, view: View) -> Iterator[Cell]:
    best = history.best
    yield Cell(str(number))
    for metric in history.shown:
        for split in history.splits:
            epoch = history.find(number, split)
            score = None if epoch is None else epoch.metrics.get(metric)
            missing = "" if epoch is None else "—"
            yield Cell(
                missing if score is None or score.value is None else numbers.value(score, digits=view.digits)
            )
            if best is not None and (metric, split) == (best.metric, best.split):
                yield Cell(
                    "" if score is None or score.value is None else numbers.interval(score, view.digits)
                )
    yield Cell("" if best is None else _said(history, best, number), dim=best is None or number != best.epoch)


def line(epoch: Epoch, metric: str | None, most: int = 4) -> str:
    """An epoch in a line, as a log has it: the metric that is asked for, and the first of the others."""
    head = f"epoch {epoch.epoch}" + (f" {escape(epoch.split)}" if epoch.split else "")
    if epoch.problem is not None:
        return f"{head}: {escape(epoch.problem)}"
    names = [name for name in dict.fromkeys((metric, *epoch.metrics, "log_loss")) if name in epoch.metrics]
    shown = names[:most] + [name for name in names[most:] if name == "log_loss"]
    return f"{head}: " + ", ".join(f"{name} {numbers.value(epoch.metrics[name])}" for name in shown if name)


def _said(history: History, best: Best, number: int) -> str:
    parts = []
    if number == best.epoch:
        parts.append("best")
    elif number in best.alike:
        parts.append("not told from the best")
    if number == best.take and len(best.alike) > 1:
        parts.append("take this")
    if number == history.overfits:
        parts.append("overfits")
    return ", ".join(parts)


def render_csv(history: History, view: View) -> bytes:
    """One row per epoch, split, metric and class, comma-separated."""
    return _table(history, ",")


def render_tsv(history: History, view: View) -> bytes:
    """The same, tab-separated."""
    return _table(history, "\t")


def _table(history: History, delimiter: str) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS, delimiter=delimiter, lineterminator="\n")
    writer.writeheader()
    for row in history.rows():
        plain = {name: "" if value is None else value for name, value in row.items()}
        writer.writerow({**plain, "split": escape(str(row["split"])), "class": escape(str(plain["class"]))})
    return out.getvalue().encode("utf-8", "backslashreplace")


def remarks(history: History) -> Iterator[str]:
    """What the curves show, in sentences: the best epoch first."""
    best = history.best
    if best is not None:
        yield from _of_best(best, history.confidence)
    for gap in history.gaps:
        ends = "" if gap.interval is None else f" [{_signed(gap.interval[0])}, {_signed(gap.interval[1])}]"
        yield f"training minus {best.split if best else 'validation'} at epoch {gap.epoch}: {gap.metric} " + (
            f"{_signed(gap.value)}{ends}"
        )
    if history.overfits is not None:
        falls = "the loss is above its minimum while that of training falls"
        yield f"overfits from epoch {history.overfits}: {falls}"
    yield from (f"note: {note}" for note in history.notes)


def _of_best(best: Best, confidence: float) -> Iterator[str]:
    where = f" on {escape(best.split)}" if best.split else ""
    ends = "" if best.interval is None else " [" + ", ".join(map(numbers.number, best.interval)) + "]"
    yield f"best: epoch {best.epoch}, {best.metric} {numbers.number(best.value)}{ends}{where}"
    if len(best.alike) > 1:
        how = "by pairs of rows" if best.paired else "by their intervals"
        names = join_names(map(str, best.alike), 10)
        how += f", {100 * confidence:g}%"
        yield f"cannot be told from each other ({how}): epochs {names}; take epoch {best.take}"
    if best.optimism is not None:
        too_good = f"is expected to be {numbers.number(best.optimism)} too good: judge it on other rows"
        yield f"the best of {len(best.alike)} alike {too_good}"


def _signed(value: float) -> str:
    return numbers.change(value)


__all__ = ["grid", "headline", "line", "remarks", "render", "render_csv", "render_tsv"]
