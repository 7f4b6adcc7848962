"""Values that averaging over batches, or rounding in place of the argmax, would report."""

from __future__ import annotations

from math import isfinite

import numpy as np
from msgspec.structs import replace

from evalcli.metrics import METRICS, Context, Metric, Request, Summary
from evalcli.metrics.evaluate import numbers
from evalcli.report.report import BATCH_AVERAGE, Batches, BatchFigure
from evalcli.statistics import LogLoss, OneVsRest, Outcomes
from evalcli.statistics.base import Floats

ROUNDED = "round() in place of argmax"


def explain(summary: Summary, rows: Outcomes, size: int) -> Batches:
    """Means over batches of the metrics of each batch, as in a training log, and the metrics of all rows.

    Macro over the classes that occur in the batch; the positive class of binary data. 0 if undefined.
    """
    context, n = summary.context, len(rows.truth)
    batched, whole = rows.totals(size), rows.totals(n)
    average = "" if context.positive is not None else "_macro"
    accuracy = (float(rows.accuracy_by_batch(length).mean()) for length in (size, n))
    values = [BatchFigure("accuracy", BATCH_AVERAGE, *accuracy)]
    of_classes = [metric for metric in METRICS.of(context.task) if metric.per_class and metric.from_counts]
    for metric in of_classes:
        wrong, right = (float(_averaged(metric, context, totals).mean()) for totals in (batched, whole))
        values.append(BatchFigure(f"{metric.name}{average}", BATCH_AVERAGE, wrong, right))
    if len(rows.loss):
        known = summary.get(LogLoss())
        loss = float(rows.loss.mean()) if known is None else known.loss.mean
        wrong = float(rows.loss_by_batch(size).mean())
        if isfinite(wrong) and isfinite(loss):  # otherwise the log loss itself is undefined
            values.append(BatchFigure("log_loss", BATCH_AVERAGE, wrong, loss))
    if len(rows.rounds_to_one):
        rounded, whole = rows.rounded(), replace(rows, predicted=rows.best).totals(n)
        right = float((rows.truth == rows.best).mean())
        values.append(BatchFigure("accuracy", ROUNDED, float(rounded[0].sum()) / n, right))
        for metric in of_classes:
            pair = [float(_averaged(metric, context, totals)[0]) for totals in (rounded, whole)]
            values.append(BatchFigure(f"{metric.name}_macro", ROUNDED, *pair))
    count = -(-n // size)
    return Batches(size, count, n - (count - 1) * size, tuple(values))


def _averaged(metric: Metric, context: Context, totals: tuple[Floats, Floats, Floats]) -> Floats:
    """One value per batch, from hits, rows predicted and rows true by batch and class."""
    hits, predicted_counts, support = totals
    # these metrics do not use the true negatives
    counts = OneVsRest.of(hits, predicted_counts, support, 0.0)
    values = np.nan_to_num(numbers(Request(metric), counts))
    if context.positive is not None:
        return np.asarray(values[:, context.positive])
    present = ((predicted_counts + support) > 0) & context.averaged
    return np.asarray((values * present).sum(axis=1) / present.sum(axis=1))
