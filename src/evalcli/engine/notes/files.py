"""Notes on the files from the counts: rows or columns in another order, wrong labels.

A model may be bad; a file in the wrong order looks worse than any model. Each check requires numbers that
only a mistake explains.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from evalcli.engine.notes.registry import Remark
from evalcli.engine.notes.view import RunView, View, file_note, note, single_class
from evalcli.findings import Blank, Hint, use
from evalcli.inputs.class_names import parse_number
from evalcli.inputs.targets.base import Target
from evalcli.metrics import Context
from evalcli.statistics import JointMoments, RowLoss
from evalcli.text import escape, join_names

SIGMAS = 3.0
"""Minimum difference from chance, in standard deviations."""
GAIN = 0.1
"""Minimum gain in accuracy by another order of the columns."""
FOUND, FAR = 0.5, 0.3
"""Minimum accuracy of the other order on the moved classes, and its minimum distance from chance."""
CONFIDENT = 0.2
"""Confidence above accuracy that a model at chance accuracy does not have."""
RARE = 0.05
"""Minimum share of predictions outside the most predicted class."""
SPREAD = 0.25
"""Minimum variance of predicted values, as a share of that of true values."""
FEW = 30
"""Rows below which a classifier may predict all correctly."""
MOST_CLASSES = 1000
MOST_NAMES = 100
"""Maximum number of names in a hint; more need a file."""


def _named(view: RunView) -> str | None:
    return "the score columns name the classes" if view.inputs.roles.class_names else None


@file_note("mixed-types", _named)
def mixed_types(view: RunView) -> Iterator[Remark]:
    """Both numbers and words among the classes."""
    names = view.context.classes
    numbers = [name for name in names if parse_number(name) is not None]
    words = [name for name in names if parse_number(name) is None]
    if numbers and words:
        yield Remark(
            f"the classes are numbers and words: {join_names(numbers, 3)}; {join_names(words, 3)}", len(names)
        )


@note("single-class")
def one_class(view: View) -> Iterator[Remark]:
    """Labels that are all the same."""
    if len(view.present) == 1:
        name = escape(view.context.classes[int(view.present[0])])
        yield Remark(
            f"every label is {name!r}: metrics that compare classes are undefined", view.tally.scored
        )


def _undecided_by_scores(view: RunView) -> str | None:
    target = view.target
    if not target.columns or target.predicted is not None:
        return "the predicted classes are not taken from the scores"
    return f"this check needs at most {MOST_CLASSES:,} classes" if view.context.k > MOST_CLASSES else None


@file_note("column-order", single_class, _undecided_by_scores)
def column_order(view: RunView) -> Iterator[Remark]:
    """Accuracy at chance, while another order of the score columns is far better."""
    context, target, table = view.context, view.target, view.counts.table
    if not view.has_classes or target.width < 2:
        return
    support, n = table.sum(axis=1), float(table.sum())
    best_assignment = view.best_assignment
    moved = np.array([c for c in range(context.k) if best_assignment[c] != c and support[c]], np.intp)
    if not len(moved):
        return
    rows = float(support[moved].sum())
    current, permuted = float(table[moved, moved].sum()), float(table[moved, best_assignment[moved]].sum())
    chance = float((support[moved] * table.sum(axis=0)[moved]).sum()) / n / rows
    noise = SIGMAS * np.sqrt(chance * (1 - chance) / (view.rows * rows / n))
    if (
        current / rows > chance + noise
        or permuted / rows < max(FOUND, chance + FAR)
        or permuted - current < GAIN * n
    ):
        return
    at = {int(best_assignment[c]): c for c in range(context.k)}
    names = [context.classes[at[j]] for j in range(context.k)]
    now, then = float(np.trace(table)) / n, (float(np.trace(table)) + permuted - current) / n
    pairs = [
        f"{escape(context.classes[j])!r} contains {escape(names[j])!r}"
        for j in best_assignment[moved].tolist()
    ]
    yield Remark(
        f"accuracy {now:.4f}, but {then:.4f} with the score columns in another order"
        f"{_pattern(names, context.classes)}: {join_names(pairs, 4)}",
        len(moved),
        hint=_in_the_columns_order(names, context, target),
    )


def _in_the_columns_order(names: Sequence[str], context: Context, target: Target) -> Hint | str:
    """How to name the columns; ``names``: for each class, the class that its column contains."""
    positions = target.order or range(context.k)
    by_column = [name for _, name in sorted(zip(positions, names, strict=True))]
    if len(target.columns) == context.k:
        shown = ",".join(map(escape, by_column[:MOST_NAMES])) + ",..." * (context.k > MOST_NAMES)
        return f"check the columns' names: in file order they seem to contain {shown}"
    if context.k > MOST_NAMES or any("," in name for name in by_column):
        return use("with a file of the names in column order", classes=Blank("FILE"))
    return use(classes=tuple(by_column))


def _pattern(names: Sequence[str], classes: Sequence[str]) -> str:
    """A description of the order, if it has one."""
    if list(names) == sorted(classes) and list(names) != list(classes):
        return ", sorted as text"
    if list(names) == list(classes)[::-1]:
        return ", reversed"
    for step in (1, -1):
        if list(names) == [*classes[step:], *classes[:step]]:
            return ", each off by one"
    return ""


def _other_columns(view: RunView) -> str | None:
    """Why the order of rows cannot be checked: that of the columns is wrong."""
    if not view.has_classes or not view.matched_by_order or _undecided_by_scores(view) is not None:
        return None
    return "the score columns seem to be in another order" if any(column_order(view)) else None


@file_note("row-order", single_class, _other_columns)
def row_order(view: RunView) -> Iterator[Remark]:
    """Predictions that are unrelated to the labels of their rows."""
    if view.matched_by_order:
        evidence = _unrelated_classes(view) if view.has_classes else _unrelated_values(view)
        if evidence is not None:
            yield Remark(
                f"{evidence}, and rows are matched by order: they seem to be in another order in each file"
            )


def _unrelated_classes(view: RunView) -> str | None:
    """Confident predictions at chance accuracy."""
    counts, bins = view.counts, view.bins
    if bins is None:
        return None
    n, total = float(counts.n), float(bins.count.sum())
    chance = float(counts.support @ counts.predicted_counts) / n**2
    accuracy = counts.correct / n
    if abs(accuracy - chance) > SIGMAS * np.sqrt(chance * (1 - chance) / view.rows):
        return None
    # the bins of binary data contain the probability of the positive class
    by_bin = (
        bins.confidence
        if view.context.positive is None
        else np.maximum(bins.confidence, bins.count - bins.confidence)
    )
    confidence = float(by_bin.sum()) / total
    if confidence < accuracy + CONFIDENT or np.max(counts.predicted_counts) > n * (1 - RARE):
        return None
    return f"mean confidence {confidence:.4f}, but accuracy {accuracy:.4f}, where chance gives {chance:.4f}"


def _unrelated_values(view: RunView) -> str | None:
    moments = view.summary.get(JointMoments())
    if moments is None or moments.x.constant:
        return None
    pearson = view.value("pearson")
    wide = moments.y.m2 > SPREAD * moments.x.m2  # not a model that predicts nearly the mean
    if pearson is not None and wide and abs(pearson) < SIGMAS / np.sqrt(view.rows):
        return f"correlation {pearson:.4f}"
    return None


def _few_of_classes(view: View) -> str | None:
    few = view.has_classes and view.summary.size.rows < FEW
    return f"this check needs at least {FEW} rows" if few else None


@note("perfect-prediction", single_class, _few_of_classes)
def perfect_prediction(view: View) -> Iterator[Remark]:
    """Predictions that are correct in every row."""
    if view.has_classes:
        if view.counts.correct == view.counts.n:
            truth = escape(view.facts.truth)
            yield Remark(f"every prediction equals the label in {truth}: the labels may come from the model")
        return
    squared = view.summary.get(RowLoss("squared"))
    if squared is not None and squared.loss.mean == 0:
        yield Remark("every predicted value equals the true one: they may be the same column")
