"""What columns were taken for, where another reading is as plain."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from evalcli.engine.result import PassResult
from evalcli.engine.run import Run
from evalcli.findings import Finding
from evalcli.inputs.class_names import fold_case, parse_number
from evalcli.inputs.column_names import NUMBERED, PREDICTED_NAMES, SCORE_NAMES, leaf, prefix_of
from evalcli.inputs.ids_and_weights import unused_weights
from evalcli.inputs.labels import LabelSets
from evalcli.inputs.open import Inputs
from evalcli.inputs.options import Options
from evalcli.inputs.positive import is_negative
from evalcli.metrics import Context
from evalcli.report.notes import COPIES, note
from evalcli.text import escape

FEW = 30
"""Rows under which every row may well have one label."""
POSITIVE = ("yes", "y", "true", "t", "positive", "pos", "present", "case", "spam", "up")
"""Words for the class that a test looks for."""


def column_notes(run: Run, result: PassResult) -> Iterator[Finding]:
    """What there is to say of the columns' roles."""
    context, inputs, options = result.context, run.inputs, run.options
    many = context.task == "multilabel" and context.k > 1 and result.tally.scored >= FEW
    if many and isinstance(inputs.truth, LabelSets) and inputs.truth.exclusive:
        yield note(
            "exclusive-labels",
            "every row has exactly one label",
            hint="--task multiclass if a row has one class",
        )
    yield from _of_weights(inputs, options)
    yield from _of_predictions(inputs, options, context)
    yield from _of_ids(inputs)
    for name in inputs.like_labels:
        yield note(
            "like-labels",
            f"column {escape(name)} holds the labels' values, and is not used",
            hint=f"--label-col {escape(name)} if it is the truth, --pred-col {escape(name)} if predicted",
        )
    if options.ignore_label and "ignored_label" not in result.tally.dropped:
        yield note(
            "ignored-label-absent",
            f"no row has a label that is to be ignored: {', '.join(map(escape, options.ignore_label))}",
        )


def _of_weights(inputs: Inputs, options: Options) -> Iterator[Finding]:
    weight = inputs.roles.weight
    if weight is not None and options.weight_col is None:
        yield note(
            "weight-found",
            f"rows are weighted by column {escape(weight)}",
            hint="--unweighted if it is no weight",
        )
    for name in () if options.unweighted else unused_weights(inputs.predictions, inputs.labels, weight):
        yield note(
            "weight-not-used",
            f"column {escape(name)} is not used as the rows' weights",
            hint=f"--weight-col {escape(name)} if it is that",
        )


def _of_predictions(inputs: Inputs, options: Options, context: Context) -> Iterator[Finding]:
    roles = inputs.roles
    if roles.unused is not None:
        yield note(
            "score-not-used",
            f"column {escape(roles.unused)} is how sure the predicted class is, and not used as a score",
            hint=f"--score-cols {escape(roles.unused)} if it is the positive class's",
        )
    predicted = roles.predicted
    if predicted is not None and _are_odd(inputs, options, predicted, context):
        name = escape(predicted)
        yield note(
            "codes-as-floats",
            f"column {name} holds whole numbers, all of them labels: read as predicted classes",
            hint=f"--score-cols {name} if they are scores",
        )
    if len(roles.scores) == 1 and _is_what_is_left(inputs, options):
        name = escape(roles.scores[0])
        yield note(
            "score-assumed",
            f"column {name} is taken for the scores, as no other fractions are left",
            hint=f"--score-cols {name} if it is",
        )
    if context.positive is not None and _is_assumed(inputs, options, context):
        name, other = (escape(context.classes[place]) for place in (context.positive, 1 - context.positive))
        yield note(
            "positive-assumed",
            f"nothing says which class the scores are of: taken as those of {name!r}, the last one",
            hint=f"--positive {other} if they are of that class",
        )


def _are_odd(inputs: Inputs, options: Options, predicted: str, context: Context) -> bool:
    """Whether predicted classes are stored as 0.0, 1.0, and the labels are not."""
    if options.pred_col is not None or context.task not in ("binary", "multiclass"):
        return False
    truth = (inputs.labels or inputs.predictions).types[inputs.roles.truth[0]]
    return bool(pa.types.is_floating(inputs.predictions.types[predicted]) and not pa.types.is_floating(truth))


def _is_what_is_left(inputs: Inputs, options: Options) -> bool:
    """Whether nothing but its place says that a column holds the scores."""
    name, files = inputs.roles.scores[0], inputs.predictions
    if options.score_cols or options.pred_col or inputs.roles.paired or inputs.labels is not None:
        return False
    named = leaf(name) in (*SCORE_NAMES, *PREDICTED_NAMES) or prefix_of(name) or inputs.roles.class_names
    return not named and NUMBERED.fullmatch(name) is None and name in files.columns


def _is_assumed(inputs: Inputs, options: Options, context: Context) -> bool:
    """Whether nothing says which of two classes a lone column of scores is of."""
    if inputs.width != 1 or options.positive is not None or inputs.roles.class_names is not None:
        return False
    first, second = context.classes
    words = parse_number(first) is None and parse_number(second) is None
    numbered = NUMBERED.fullmatch(first) and NUMBERED.fullmatch(second)
    known = fold_case(second) in POSITIVE or is_negative(first, second) or is_negative(second, first)
    return words and not numbered and not known


def _of_ids(inputs: Inputs) -> Iterator[Finding]:
    name = escape(inputs.roles.id or "")
    if inputs.matched_by_name:
        yield note(
            "matched-by-name",
            f"rows are matched by column {name}, which both files have",
            hint="--by-order if they belong together as they stand",
        )
    if inputs.copies[0]:
        yield note(
            code="duplicate-ids",
            message=f"{inputs.copies[0]:,} rows repeat the id of an earlier row ({name})",
            count=inputs.copies[0],
            rows=inputs.copies[1],
            hint=COPIES,
        )
