"""Roles of columns: truth, scores, predicted, weight. Decided once, from names, types and values."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from msgspec import Struct

from evalcli.errors import AmbiguousInput, UsageError
from evalcli.findings import use
from evalcli.inputs.column_names import PREDICTED_NAMES, columns_named, score_column_of
from evalcli.inputs.evidence import Evidence
from evalcli.inputs.ids_and_weights import find_ids, find_weight, grouping_columns
from evalcli.inputs.in_memory import InMemoryColumns
from evalcli.inputs.options import Options
from evalcli.inputs.score_columns import class_names, find_predicted, find_scores, no_scores, refuse_text
from evalcli.inputs.truth_columns import Layout, find_truth
from evalcli.loaders.arrow_columns import is_list, is_numeric
from evalcli.loaders.source import Source
from evalcli.tasks import Task
from evalcli.text import join_names

HALF = 0.5


class Roles(Struct, frozen=True):
    """``truth``: the label column, or a column for each label.

    ``layout``: one label per row in a column; columns of 0 and 1; or one list per row. ``paired``: whether
    each score column has a truth column. ``scores``: k columns, or one list column (``listed``).
    ``class_names``: class names from the names of the score columns, or None. ``prefix``: part of these names
    that shows the kind of scores. ``weight``: its column; ``weight_with_labels``: whether it is in the
    labels' file. ``id``: column of ids in the predictions; ``label_id``: column of ids in the labels, if rows
    are matched by ids. ``unused``: a column with the confidence of the predicted class. ``free``: columns of
    the predictions without a role. ``stored_classes``: class names stored in the scores' file.
    ``text_labels``: whether labels are stored as text.
    """

    truth: tuple[str, ...]
    layout: Layout
    paired: bool
    scores: tuple[str, ...]
    listed: bool
    class_names: tuple[str, ...] | None
    prefix: str
    predicted: str | None
    weight: str | None = None
    weight_with_labels: bool = False
    id: str | None = None
    label_id: str | None = None
    unused: str | None = None
    free: tuple[str, ...] = ()
    stored_classes: tuple[str, ...] = ()
    text_labels: bool = False


def assign(
    predictions: Source, labels: Source | None, options: Options, task: Task | None = None
) -> tuple[Roles, Evidence]:
    """Assign the roles of columns, and return them with the evidence; ambiguous columns are a question.

    ``task``: given by the user, or clear from the column names.
    """
    same_file = labels is None
    weight, with_labels = find_weight(predictions, labels, options)
    prediction_id, label_id = find_ids(predictions, labels, options)
    holder, grouping = predictions if labels is None else labels, set(grouping_columns(options))
    reserved = {name for name in (weight, prediction_id, label_id, *grouping) if name}
    reserved -= {options.label_col, options.pred_col}
    truth = find_truth(holder, same_file, reserved, grouping, options)
    asked_id = prediction_id if same_file and options.id_col is not None else label_id
    beside = [weight] if weight and with_labels else []
    read = InMemoryColumns(holder, options, asked_id, beside)
    evidence = Evidence(predictions, read, truth, task, options)
    taken = reserved | (set(truth.columns) if same_file else set())
    predicted, scores, unused = _predictions(predictions, taken, same_file, options, evidence)
    one_list = len(scores) == 1 and is_list(predictions.types[scores[0]])
    prefix, names = class_names(scores, options, evidence.names)
    taken |= {*scores, *([predicted] if predicted else []), *([unused] if unused else [])}
    roles = Roles(
        truth=truth.columns,
        layout=truth.layout,
        paired=truth.paired,
        scores=scores,
        listed=one_list,
        class_names=None if one_list else names,
        prefix=prefix,
        predicted=predicted,
        weight=weight,
        weight_with_labels=with_labels,
        id=prediction_id,
        label_id=label_id,
        unused=unused,
        free=tuple(c for c in predictions.columns if c not in taken),
        stored_classes=predictions.class_names or _listed_names(predictions, scores, taken, evidence),
        text_labels=pa.types.is_string(holder.types[truth.columns[0]])
        or pa.types.is_large_string(holder.types[truth.columns[0]]),
    )
    return roles, evidence


def _listed_names(
    source: Source, scores: tuple[str, ...], taken: set[str], evidence: Evidence
) -> tuple[str, ...]:
    """Class names in a column of lists next to the scores; a question if their order varies between rows."""
    if len(scores) != 1 or not is_list(source.types[scores[0]]):
        return ()
    for name in source.columns:
        kind = source.types[name]
        if name in taken or not is_list(kind) or is_numeric(kind.value_type):
            continue
        rows = evidence.head([name])[name].to_pylist()
        sizes = {len(row or ()) for row in evidence.head([scores[0]])[scores[0]].to_pylist()}
        if any(row is None or {len(row)} != sizes for row in rows):
            continue
        if all(row == rows[0] for row in rows):
            return tuple(map(str, rows[0]))
        raise AmbiguousInput(
            f"the scores in {scores[0]} are in a different order in each row, according to {name}",
            where=source.place(name),
            found=f"{join_names(map(str, rows[0]), 4)} first",
            hint=f"write objects with label and score: jq -c '.{scores[0]} = ([.{name}, .{scores[0]}] | "
            "transpose | map({label: .[0], score: .[1]}))'",
            code="which-classes",
        )
    return ()


def _predictions(
    source: Source, taken: set[str], same_file: bool, options: Options, evidence: Evidence
) -> tuple[str | None, tuple[str, ...], str | None]:
    """The column of predicted classes, the columns of scores, and an unused column of confidences."""
    truth = evidence.truth
    if truth.paired and same_file and not options.score_cols and not options.label_cols:
        return None, tuple(score_column_of(source, name) for name in truth.columns), None
    predicted = find_predicted(source, taken, same_file, options, evidence)
    scores = find_scores(source, taken | ({predicted} if predicted else set()), predicted, options, evidence)
    if not scores and predicted is None:
        predicted = _predicted_lists(source, taken, evidence)
    if not scores and predicted is None:
        lone = [c for c in source.columns if c not in taken]
        if len(lone) != 1 or options.score_cols or is_list(source.types[lone[0]]):
            raise no_scores(source, taken)
        refuse_text(source, lone[0])
        return lone[0], (), None
    if len(scores) == 1 and predicted is None and not options.score_cols and _are_codes(scores[0], evidence):
        return scores[0], (), None
    if len(scores) == 1 and predicted is not None and _is_confidence(source, scores[0], predicted, evidence):
        if options.threshold is not None:
            raise UsageError(
                f"--threshold requires scores of one class; {scores[0]} is the confidence of the class in "
                f"{predicted}",
                where=source.place(),
                hint=use("if it is the score of the positive class", score_cols=scores[0]),
            )
        return predicted, (), scores[0]
    return predicted, scores, None


def _predicted_lists(source: Source, taken: set[str], evidence: Evidence) -> str | None:
    """A column of label lists that is named like a prediction, if the truth is also lists of labels."""
    options = evidence.options
    named = [options.pred_col] if options.pred_col else columns_named(source, PREDICTED_NAMES)
    lists = [c for c in named if c not in taken and is_list(source.types[c])]
    texts = [c for c in lists if not is_numeric(source.types[c].value_type)]
    return texts[0] if evidence.truth.layout == "lists" and len(texts) == 1 else None


def _are_codes(name: str, evidence: Evidence) -> bool:
    """Whether a single column that is not named like a score contains classes as 0.0, 1.0."""
    options = evidence.options
    if options.scores != "auto" or not options.may_have_classes or options.threshold is not None:
        return False
    if is_list(evidence.predictions.types[name]) or class_names((name,), options, ())[0]:
        return False
    return evidence.are_classes(name)


def _is_confidence(source: Source, score: str, predicted: str, evidence: Evidence) -> bool:
    """Whether a single score is the confidence of the predicted class, not the positive class's probability.

    It is if there are more than two classes, or if it is never below 0.5 although both classes are predicted.
    """
    labels, options = evidence.labels, evidence.options
    if options.score_cols or labels is None or not labels.usual_task.exclusive:
        return False
    if len(labels.names) != 2 or is_list(source.types[score]):
        return len(labels.names) > 2 and not is_list(source.types[score])
    if not is_numeric(source.types[score]):
        return False
    both = InMemoryColumns(source, options, None, [score])
    classes = both.labels(predicted)
    values = both.numbers(score)
    values = values[np.isfinite(values)]
    if not len(values) or values.min() < HALF or values.max() > 1 or (values == HALF).all():
        return False
    return len(classes.names) > 1
