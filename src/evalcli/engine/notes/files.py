"""What the counts say of the files: rows or columns in another order, scores that hold nothing.

A model may be bad; a file in the wrong order looks worse than any model. Each suspicion has figures that
only a mistake explains, and is quiet otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from evalcli.blocks import Array, ScoreKind
from evalcli.engine.result import PassResult
from evalcli.engine.run import Run
from evalcli.findings import Finding
from evalcli.inputs.class_names import parse_number
from evalcli.inputs.open import Inputs
from evalcli.inputs.score_scale import ScoreScale
from evalcli.inputs.tally import RowTally
from evalcli.inputs.targets.classification import ClassTarget
from evalcli.inputs.targets.target import Target
from evalcli.metrics import METRICS, Context, Request, compute
from evalcli.report.notes import note
from evalcli.statistics import Calibration, Confusion, JointMoments, LogLoss
from evalcli.text import escape, join_names

SIGMAS = 3.0
"""How many standard deviations from chance a difference has to be."""
FEW = 50
"""Rows under which chance explains much."""
GAIN = 0.1
"""Accuracy that another order of the columns has to add."""
FOUND, FAR = 0.5, 0.3
"""Share of the moved classes' rows that the other order has to get right; and how far above chance."""
SURE = 0.2
"""Confidence above the accuracy of guessing from which on a guessing model is a wonder."""
RARE = 0.05
"""Predictions of the rarer class under which a model hardly tells classes apart."""
SPREAD = 0.25
"""Variance of predicted values, as a share of the truth's, from which on they should follow it."""
SATURATED = 0.5
"""Share of rows with probabilities of 0 or 1 that rounding explains better than a model."""
HALF = 0.5
MOST_CLASSES = 1000
MOST_NAMES = 100
"""Names of a list that is to be copied; more go to a file."""


def file_notes(run: Run, result: PassResult) -> tuple[Finding, ...]:
    """All that looks like a mistake in the files."""
    context, tally, rows = result.context, result.tally, result.size.effective
    notes = list(_of_scores(context, run.target, run.score_scale, tally))
    matched_by_order = run.matching is None and run.inputs.labels is not None
    if context.task in ("binary", "multiclass"):
        notes += _of_names(context.classes, run.inputs)
        counts = context.states[Confusion()]
        present = np.flatnonzero(counts.support)
        if len(present) == 1:
            name = escape(context.classes[int(present[0])])
            notes.append(
                note(
                    "single-class",
                    f"every label is {name!r}: what compares classes is undefined",
                    tally.scored,
                )
            )
        elif rows >= FEW:
            order = list(_of_columns(counts.table, context, run.target, rows))
            notes += order or (_of_rows(context, rows) if matched_by_order else [])
    if context.task == "regression" and rows >= FEW and matched_by_order:
        notes += _of_reals(context, rows)
    return tuple(notes)


def _of_scores(
    context: Context, target: Target, score_scale: ScoreScale, tally: RowTally
) -> Iterator[Finding]:
    if tally.spans is None or not target.columns or context.task == "regression" or tally.scored < FEW:
        return
    still = np.flatnonzero(tally.spans[0] == tally.spans[1])
    if len(still) and "scores" in context.available:
        named = list(target.columns) if len(target.columns) == target.width else []
        which = [named[j] if named else f"number {j + 1}" for j in still.tolist()]
        yield note(
            "constant-scores",
            f"{len(still)} of {target.width} score columns hold one value in all rows: {join_names(which)}",
            len(still),
        )
    shares = context.task == "binary" and target.width == 1 and score_scale.kind is ScoreKind.PROBABILITIES
    if shares and tally.spans[0][0] >= HALF and np.count_nonzero(context.support) > 1:
        name = escape(target.columns[0])
        yield note(
            "score-above-half",
            f"no score in {name} is below one half: is it how sure the predicted class is?",
            hint="--pred-col with the column of predicted classes, if it is that",
        )
    loss = context.states.get(LogLoss()) if context.task != "multilabel" else None
    if (
        loss is not None
        and score_scale.kind is ScoreKind.PROBABILITIES
        and loss.clipped > SATURATED * tally.scored
    ):
        yield note(
            "saturated-scores",
            f"{loss.clipped:,} of {tally.scored:,} rows have probabilities of exactly 0 or 1: rounded, or "
            "predicted classes in place of scores?",
            int(loss.clipped),
        )


def _of_names(names: Sequence[str], inputs: Inputs) -> Iterator[Finding]:
    numbers = [name for name in names if parse_number(name) is not None]
    words = [name for name in names if parse_number(name) is None]
    if numbers and words and not inputs.roles.class_names:
        yield note(
            "mixed-types",
            f"the classes are numbers and words: {join_names(numbers, 3)}; {join_names(words, 3)}",
            len(names),
            hint="--null-values if some of them stand for a missing label",
        )


def _of_columns(table: Array, context: Context, target: Target, effective: float) -> Iterator[Finding]:
    """Scores of the true class no better than chance, where another order of the columns is far better."""
    if not isinstance(target, ClassTarget) or target.predicted is not None or target.width < 2:
        return
    support, n = table.sum(axis=1), float(table.sum())
    if context.k > MOST_CLASSES:
        return
    best_assignment = _assign_columns(table)
    moved = np.array([c for c in range(context.k) if best_assignment[c] != c and support[c]], np.intp)
    if not len(moved):
        return
    rows = float(support[moved].sum())
    current, permuted = float(table[moved, moved].sum()), float(table[moved, best_assignment[moved]].sum())
    chance = float((support[moved] * table.sum(axis=0)[moved]).sum()) / n / rows
    noise = SIGMAS * np.sqrt(chance * (1 - chance) / (effective * rows / n))
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
        f"{escape(context.classes[j])!r} holds {escape(names[j])!r}" for j in best_assignment[moved].tolist()
    ]
    yield note(
        "column-order",
        f"accuracy {now:.4f}, but {then:.4f} if the score columns stood for other classes"
        f"{_pattern(names, context.classes)}: {join_names(pairs, 4)}",
        len(moved),
        hint=_in_the_columns_order(names, context, target),
    )


def _in_the_columns_order(names: Sequence[str], context: Context, target: ClassTarget) -> str:
    """How to say what the columns hold; ``names``: for each class, what its column holds."""
    positions = target.classes.columns or range(context.k)
    by_column = [name for _, name in sorted(zip(positions, names, strict=True))]
    shown = ",".join(map(escape, by_column[:MOST_NAMES])) + ",..." * (context.k > MOST_NAMES)
    if len(target.columns) == context.k:
        return f"are the columns named wrongly? In the order of the file they seem to hold {shown}"
    return f"--classes {shown}"


def _assign_columns(table: Array) -> Array:
    """The column that each class's rows favour, one to one: the largest counts choose first."""
    k = len(table)
    best_assignment, taken = np.full(k, -1), np.zeros(k, np.bool_)
    for index in np.argsort(-table, axis=None, kind="stable").tolist():
        c, j = divmod(index, k)
        if not table[c, j]:
            break
        if best_assignment[c] < 0 and not taken[j]:
            best_assignment[c], taken[j] = j, True
    for c in np.flatnonzero(best_assignment < 0).tolist():  # classes without rows: their own place, if free
        free = np.flatnonzero(~taken)
        best_assignment[c] = c if not taken[c] else free[0]
        taken[best_assignment[c]] = True
    return best_assignment


def _pattern(names: Sequence[str], classes: Sequence[str]) -> str:
    """What kind of order it is, where it has a name."""
    if list(names) == sorted(classes) and list(names) != list(classes):
        return ", sorted as text"
    if list(names) == list(classes)[::-1]:
        return ", from the last to the first"
    for step in (1, -1):
        if list(names) == [*classes[step:], *classes[:step]]:
            return ", each off by one"
    return ""


def _of_rows(context: Context, rows: float) -> Iterator[Finding]:
    """Predictions that are much surer than they are right, which is as often as chance has it."""
    counts, bins = context.states[Confusion()], context.states.get(Calibration(context.bins))
    if bins is None:
        return
    n, total = float(counts.n), float(bins.count.sum())
    chance = float(counts.support @ counts.predicted_counts) / n**2
    right = counts.correct / n
    if not total or abs(right - chance) > SIGMAS * np.sqrt(chance * (1 - chance) / rows):
        return
    # of binary data the bins hold the probability of the positive class
    sure = (
        bins.confidence
        if context.positive is None
        else np.maximum(bins.confidence, bins.count - bins.confidence)
    )
    confidence = float(sure.sum()) / total
    if confidence < right + SURE or np.max(counts.predicted_counts) > n * (1 - RARE):
        return
    yield _row_order_note(
        f"mean confidence {confidence:.4f}, but accuracy {right:.4f}, where chance has {chance:.4f}"
    )


def _row_order_note(figures: str) -> Finding:
    return note(
        "row-order",
        f"{figures}, and rows are matched by order: are they in the same order in both files?",
        hint="a column of ids in both files matches them (--id-col)",
    )


def _of_reals(context: Context, rows: float) -> Iterator[Finding]:
    spread = context.states.get(JointMoments())
    if spread is None or spread.x.constant:
        return
    pearson = compute(Request(METRICS["pearson"]), context).value
    wide = spread.y.m2 > SPREAD * spread.x.m2  # not a model that says little more than the mean
    if pearson is not None and wide and abs(pearson) < SIGMAS / np.sqrt(rows):
        yield _row_order_note(f"correlation {pearson:.4f}")


__all__ = ["file_notes"]
