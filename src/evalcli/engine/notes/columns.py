"""How columns were interpreted, where another interpretation is as likely."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa

from evalcli.engine.notes.registry import Remark
from evalcli.engine.notes.view import RunView, file_note
from evalcli.findings import Blank, use
from evalcli.inputs.class_names import fold_case, parse_number
from evalcli.inputs.column_names import (
    NUMBERED,
    PIPELINE_NAMES,
    PREDICTED_NAMES,
    SCORE_NAMES,
    leaf,
    prefix_of,
)
from evalcli.inputs.ids_and_weights import unused_weights
from evalcli.inputs.positive import is_negative
from evalcli.text import escape

POSITIVE = ("yes", "y", "true", "t", "positive", "pos", "present", "case", "spam", "up")
"""Names of positive classes."""


@file_note("order-assumed")
def order_assumed(view: RunView) -> Iterator[Remark]:
    """Score columns without class names, in the order of the classes."""
    if view.target.assumed:
        yield Remark(
            view.target.assumed, hint=use("if it is another, in column order", classes=Blank("NAMES"))
        )


@file_note("exclusive-labels")
def exclusive_labels(view: RunView) -> Iterator[Remark]:
    """Indicators with exactly one label per row."""
    truth = view.inputs.truth
    if view.context.k > 1 and truth.exclusive:
        yield Remark("every row has exactly one label")


@file_note("weight-found")
def weight_found(view: RunView) -> Iterator[Remark]:
    """A sample weight that was detected, not requested."""
    weight = view.inputs.roles.weight
    if weight is not None and view.options.weight_col is None:
        yield Remark(f"rows are weighted by column {escape(weight)}")


@file_note("weight-not-used")
def weight_not_used(view: RunView) -> Iterator[Remark]:
    """Columns that may be sample weights and are not used."""
    inputs = view.inputs
    if not view.options.unweighted:
        for name in unused_weights(inputs.predictions, inputs.labels, inputs.roles.weight):
            if name in inputs.roles.truth:
                continue
            yield Remark(
                f"column {escape(name)} is not used as the sample weight",
                hint=use("if it is the sample weight", weight_col=name),
            )


@file_note("score-not-used")
def score_not_used(view: RunView) -> Iterator[Remark]:
    """The confidence of the predicted class."""
    name = view.inputs.roles.unused
    if name is not None:
        yield Remark(
            f"column {escape(name)} looks like the confidence of the predicted class; not used as a score",
            hint=use("if it is the score of the positive class", score_cols=(name,)),
        )


@file_note("codes-as-floats")
def codes_as_floats(view: RunView) -> Iterator[Remark]:
    """Predicted classes that are stored as 0.0, 1.0."""
    name = view.inputs.roles.predicted
    if name is not None and _are_stored_as_floats(view, name):
        yield Remark(
            f"column {escape(name)} contains whole numbers, all of them labels: read as predicted classes",
            hint=use("if they are scores", score_cols=(name,)),
        )


@file_note("score-assumed")
def score_assumed(view: RunView) -> Iterator[Remark]:
    """A score column without a telling name."""
    scores = view.inputs.roles.scores
    if len(scores) == 1 and _is_last_candidate(view):
        yield Remark(
            f"column {escape(scores[0])} is used as the score: it is the only column of fractions left",
            hint=use("to confirm", score_cols=(scores[0],)),
        )


@file_note("prediction-assumed")
def prediction_assumed(view: RunView) -> Iterator[Remark]:
    """A predicted class without a telling name, in the file of the labels."""
    roles, options = view.inputs.roles, view.options
    name = roles.predicted
    if name is None or options.pred_col is not None or view.inputs.labels is not None:
        return
    if leaf(name) not in (*PREDICTED_NAMES, *PIPELINE_NAMES) and not prefix_of(name):
        yield Remark(
            f"column {escape(name)} is used as the predicted class: its values are labels, and no other "
            "column is left",
            hint=use("to confirm", pred_col=name) | use("with the scores", score_cols=Blank("NAMES")),
        )


@file_note("positive-assumed")
def positive_assumed(view: RunView) -> Iterator[Remark]:
    """A lone score column that may be of either class."""
    positive, classes = view.context.positive, view.context.classes
    if positive is not None and _is_assumed(view):
        yield Remark(
            f"scores are read as those of {escape(classes[positive])!r}, the last class: the file does not "
            "name their class",
            hint=use("if they are of that class", positive=classes[1 - positive]),
        )


@file_note("matched-by-name")
def matched_by_name(view: RunView) -> Iterator[Remark]:
    """Rows matched by a column that is not named as an id."""
    if view.inputs.matched_by_name:
        name = escape(view.inputs.roles.id or "")
        yield Remark(f"rows are matched by column {name}, which is in both files")


@file_note("like-labels")
def like_labels(view: RunView) -> Iterator[Remark]:
    """Unused columns that contain classes."""
    for name in view.inputs.like_labels:
        yield Remark(
            f"column {escape(name)} contains the labels' values and is not used",
            hint=use("if it is the truth", label_col=name) | use("if it is the prediction", pred_col=name),
        )


@file_note("ignored-label-absent")
def ignored_label_absent(view: RunView) -> Iterator[Remark]:
    """A label to ignore that does not occur."""
    ignored = view.options.ignore_label
    if ignored and "ignored_label" not in view.tally.dropped:
        yield Remark(f"no row has a label that is to be ignored: {', '.join(map(escape, ignored))}")


def _are_stored_as_floats(view: RunView, predicted: str) -> bool:
    """Whether predicted classes are stored as 0.0, 1.0, and the labels are not."""
    inputs = view.inputs
    if view.options.pred_col is not None or not view.has_classes:
        return False
    truth = (inputs.labels or inputs.predictions).types[inputs.roles.truth[0]]
    return bool(pa.types.is_floating(inputs.predictions.types[predicted]) and not pa.types.is_floating(truth))


def _is_last_candidate(view: RunView) -> bool:
    """Whether a column is the score only because no other is left."""
    inputs, options = view.inputs, view.options
    name = inputs.roles.scores[0]
    if options.score_cols or options.pred_col or inputs.roles.paired or inputs.labels is not None:
        return False
    named = leaf(name) in (*SCORE_NAMES, *PREDICTED_NAMES) or prefix_of(name) or inputs.roles.class_names
    return not named and NUMBERED.fullmatch(name) is None and name in inputs.predictions.columns


def _is_assumed(view: RunView) -> bool:
    """Whether the class of a lone score column is unknown."""
    inputs = view.inputs
    if inputs.width != 1 or view.options.positive is not None or inputs.roles.class_names is not None:
        return False
    first, second = view.context.classes
    words = parse_number(first) is None and parse_number(second) is None
    numbered = NUMBERED.fullmatch(first) and NUMBERED.fullmatch(second)
    known = fold_case(second) in POSITIVE or is_negative(first, second) or is_negative(second, first)
    return words and not numbered and not known
