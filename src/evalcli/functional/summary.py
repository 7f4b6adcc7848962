"""The classification report of scikit-learn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from evalcli.blocks import Array
from evalcli.errors import UsageError
from evalcli.functional.counts import ZeroDivision, accuracy_score, precision_recall_fscore_support
from evalcli.functional.given import labels_of
from evalcli.tasks import AVERAGES

COLUMNS = ("precision", "recall", "f1-score", "support")
ORDERED = sorted(AVERAGES, key=lambda name: name != "micro")
"""Micro first, in whose place accuracy may be."""
Row = Mapping[str, float]


def classification_report(
    y_true: object,
    y_pred: object,
    *,
    labels: Sequence[object] | None = None,
    target_names: Sequence[str] | None = None,
    sample_weight: object = None,
    digits: int = 2,
    output_dict: bool = False,
    zero_division: ZeroDivision = "warn",
) -> str | dict[str, Row | float]:
    """Precision, recall, F1 and support of each class, accuracy, and averages, as text or as a dictionary.

    Accuracy stands in place of the micro average, which is the same number, unless ``labels`` leave some out.
    """
    given = labels_of(y_true, y_pred, sample_weight)
    chosen: Sequence[object] = given.values.tolist() if labels is None else list(labels)
    names = [str(label) for label in chosen] if target_names is None else list(map(str, target_names))
    if len(names) != len(chosen):
        raise UsageError(
            "target_names and labels differ in number",
            found=f"{len(names)} names, {len(chosen)} labels",
            hint="name each label once, in ascending order or in that of labels=",
        )
    alike = not given.sets and (labels is None or set(labels) >= set(given.values.tolist()))
    rows: dict[str, Row | float] = {}
    of_classes = precision_recall_fscore_support(
        y_true, y_pred, labels=labels, sample_weight=sample_weight, zero_division=zero_division
    )
    for index, name in enumerate(names):
        rows[name] = _row([np.asarray(part)[index] for part in of_classes])
    support = float(np.asarray(of_classes[3]).sum())
    for average in ORDERED:
        if average == "micro" and alike:
            rows["accuracy"] = accuracy_score(y_true, y_pred, sample_weight=sample_weight)
        elif average != "samples" or given.sets:
            found = precision_recall_fscore_support(
                y_true,
                y_pred,
                labels=labels,
                average=average,
                sample_weight=sample_weight,
                zero_division=zero_division,
            )
            rows[f"{average} avg"] = _row([*found[:3], support])
    return rows if output_dict else _text(rows, support, digits)


def _row(values: Sequence[float | Array | None]) -> Row:
    return dict(zip(COLUMNS, (float(np.asarray(value)) for value in values), strict=True))


def _text(rows: Mapping[str, Row | float], support: float, digits: int) -> str:
    width = max(len("weighted avg"), digits, *map(len, rows))
    lines = [f"{'':>{width}s}  " + " ".join(f"{name:>9}" for name in COLUMNS), ""]
    averages = False
    for name, row in rows.items():
        if not averages and (name == "accuracy" or name in {f"{average} avg" for average in AVERAGES}):
            averages = True
            lines.append("")
        if isinstance(row, Mapping):
            shares = " ".join(f"{row[column]:>9.{digits}f}" for column in COLUMNS[:3])
            lines.append(f"{name:>{width}s}  {shares} {_count(row['support']):>9}")
        else:
            lines.append(f"{name:>{width}s}  {'':>9} {'':>9} {row:>9.{digits}f} {_count(support):>9}")
    return "\n".join([*lines, ""])


def _count(value: float) -> str:
    return str(int(value)) if value == int(value) else str(value)


__all__ = ["classification_report"]
