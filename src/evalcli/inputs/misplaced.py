"""Detection of files that are swapped, given twice, or in another order, with the likely intention."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import PurePath

import numpy as np

from evalcli.blocks import distinct
from evalcli.errors import AmbiguousInput, EvalcliError, InputError, UsageError
from evalcli.findings import Blank, Hint, Place, Step, run, use
from evalcli.inputs.column_names import (
    LABEL_NAMES,
    MAY_BE_WEIGHTS,
    PREDICTED_NAMES,
    SCORE_NAMES,
    WEIGHTS,
    is_id,
    leaf,
    plain_name,
    prefix_of,
)
from evalcli.inputs.evidence import Evidence
from evalcli.inputs.matching.match import index_of
from evalcli.inputs.options import Options, parse_by
from evalcli.inputs.roles import Roles
from evalcli.inputs.truth import Truth
from evalcli.loaders import FILE
from evalcli.loaders.arrow_columns import is_list
from evalcli.loaders.open import open_source
from evalcli.loaders.shards import Shards
from evalcli.loaders.source import Source
from evalcli.text import Expression, escape, join_names

LABELS_FILE = Expression(
    r"(?:^|[_\-. ])(?:labels?|targets?|truth|y|y_?true|y_?test|gt|gold|ground_?truth)"
    r"(?:$|[_\-. ]?\d|[_\-. ])",
    re.IGNORECASE,
)
PREDICTIONS_FILE = Expression(
    r"(?:^|[_\-. ])(?:preds?|predictions?|probs?|proba|logits?|scores?|y_?pred|y_?prob|outputs?)"
    r"(?:$|[_\-. ]?\d|[_\-. ])",
    re.IGNORECASE,
)
ENOUGH = 20
"""Number of rows whose labels are unlikely to be the same in two files by chance."""
FEW_VALUES = 20


def with_intention(error: InputError, names: Sequence[str], options: Options) -> EvalcliError:
    """The error with the likely intention, if the names show it; otherwise the error itself."""
    file = error.where.file if isinstance(error.where, Place) else ""
    if error.code == "no-file" and _is_metric(file):
        asked = ",".join([*(name for name in options.metrics if name != "default"), file])
        return UsageError(
            f"{file} is a metric, and there is no file of that name",
            hint=Hint((Step("(comma-separated)", {"metrics": asked}, instead=(file, "")),)),
        )
    return _labels_among(names, options) or error


def _score(predictions: Sequence[str], labels: Sequence[str], words: str = "") -> Hint:
    """The command that scores these files."""
    given = [word for name in labels for word in ("--labels", name)]
    return run("evalcli", "score", *predictions, *given, words=words)


def _is_metric(name: str) -> bool:
    from evalcli.metrics.lookup import UnknownMetric, canonical

    try:
        return bool(canonical(name))
    except UnknownMetric:
        return False


def _labels_among(names: Sequence[str], options: Options) -> EvalcliError | None:
    """The error for labels that are given as predictions, if some of the files contain only labels."""
    if len(names) < 2 or options.labels or "-" in names:
        return None
    labels = [name for name in names if _holds_labels(name, options)]
    others = [name for name in names if name not in labels]
    if not labels or not others:
        return None
    return UsageError(
        f"{join_names(labels)} {'seems' if len(labels) == 1 else 'seem'} to contain labels, but "
        f"{'is' if len(labels) == 1 else 'are'} given as predictions",
        hint=_score(others, labels),
        code="labels-as-predictions",
    )


def _holds_labels(name: str, options: Options) -> bool:
    """Whether a file contains only labels, judged by its columns, or by its name if they are unnamed."""
    try:
        source = open_source(name, options.settings(options.input_format))
    except EvalcliError:
        return False
    content = _about(source)
    return content == "labels" or (content is None and _file_about(source) == "labels")


def _about(source: Source) -> str | None:
    """What the column names mean: ``labels`` or ``predictions`` only, ``both``, or None if unknown."""
    free = [c for c in source.columns if not is_id(c) and plain_name(c) not in (*WEIGHTS, *MAY_BE_WEIGHTS)]
    labels = any(plain_name(c) in LABEL_NAMES for c in free)
    predictions = any(
        leaf(c) in (*PREDICTED_NAMES, *SCORE_NAMES) or prefix_of(c)
        for c in free
        if plain_name(c) not in LABEL_NAMES
    )
    if labels and predictions:
        return "both"
    return "labels" if labels else "predictions" if predictions else None


def _file_about(source: Source) -> str | None:
    """What the file names mean: ``labels``, ``predictions``, or None if unknown."""
    stems = [PurePath(file.path).name.split(".")[0] for file in source.files]
    labels = all(LABELS_FILE.search(stem) for stem in stems)
    predictions = all(PREDICTIONS_FILE.search(stem) for stem in stems)
    return None if labels == predictions else "labels" if labels else "predictions"


def refuse_split_pattern(names: Sequence[str], labels: Sequence[str]) -> None:
    """Refuse a pattern of label files that a shell expanded, so that all but one are predictions."""
    patterns = {_pattern(name) for name in labels if "*" not in name}
    among = [name for name in names if _pattern(name) in patterns and name not in labels]
    numbered = any(char.isdigit() for name in labels for char in PurePath(name).name)
    rest = sorted({_pattern(name) for name in names if name not in among})
    if not among or not numbered or not rest:
        return
    raise UsageError(
        f"{len(among)} files like {sorted(patterns)[0]} are given as predictions: did a shell expand it?",
        found=join_names(among),
        hint=_score(rest, sorted(patterns)[:1], "(quoted)"),
        code="split-pattern",
    )


def _pattern(name: str) -> str:
    path = PurePath(name)
    return str(path.with_name(re.sub(r"\d+", "*", path.name))) if path.name else name


def refuse_same_file(predictions: Source, labels: Source) -> None:
    """Refuse a file that is given as predictions and as labels."""
    prediction_paths = {os.path.realpath(file.path) for file in predictions.files}
    both = [file.path for file in labels.files if os.path.realpath(file.path) in prediction_paths]
    if both and "://" not in both[0]:
        raise UsageError(
            f"{escape(both[0])} is given as predictions and as labels",
            hint=_score(both[:1], (), "if it contains both"),
            code="same-file",
        )


def refuse_misplaced(predictions: Source, labels: Source | None, options: Options) -> None:
    """Ask if the names of columns or files show that labels and predictions are swapped."""
    set_by_user = options.label_col or options.label_cols or options.pred_col or options.score_cols
    if labels is None or set_by_user:
        return
    left, right = _about(predictions), _about(labels)
    if left is None and right is None:
        left, right = _file_about(predictions), _file_about(labels)
    if left == "labels" and right == "predictions":
        raise _swapped(
            predictions, labels, f"columns {join_names(predictions.columns)}; {join_names(labels.columns)}"
        )
    if left == "predictions" and right == "predictions" and _about(labels) == "predictions":
        raise AmbiguousInput(
            "the labels file seems to contain predictions",
            where=labels.place(),
            found=f"columns {join_names(labels.columns)}",
            hint=use("with the file of the labels", labels=Blank("FILE"))
            | use("with the column of the labels", label_col=Blank("NAME"))
            | "score each file separately to compare models",
            code="labels-are-predictions",
        )


def _swapped(predictions: Source, labels: Source, found: str) -> AmbiguousInput:
    left, right = ([file.path for file in source.files] for source in (predictions, labels))
    return AmbiguousInput(
        "labels and predictions seem to be swapped",
        where=f"{predictions.place()} and {labels.place()}",
        found=found,
        hint=_score(right, left) | use("if they are right", label_col=Blank("NAME"), pred_col=Blank("NAME")),
        code="swapped",
    )


def refuse_swapped_values(
    predictions: Source,
    labels: Source | None,
    roles: Roles,
    truth: Truth,
    evidence: Evidence,
) -> None:
    """Ask if the labels are in [0, 1] and the predictions are few integers."""
    options = evidence.options
    if labels is None or evidence.truth.set_by_user or options.task != "auto" or truth.usual_task.has_classes:
        return
    values = np.asarray(truth.row_values)
    values = values[np.isfinite(values)]
    columns = roles.scores or ((roles.predicted,) if roles.predicted else ())
    if len(columns) != 1 or not len(values) or values.min() < 0 or values.max() > 1:
        return
    seen = distinct(evidence.numbers(columns[0]))
    if len(seen) and len(seen) <= FEW_VALUES < len(distinct(values)) and (seen == np.rint(seen)).all():
        raise _swapped(
            predictions,
            labels,
            f"labels from {values.min():.6g} to {values.max():.6g}; predictions "
            f"{join_names(f'{v:g}' for v in seen)}",
        )


def refuse_matrix_of_labels(predictions: Source, labels: Source | None, error: InputError) -> None:
    """Ask if the labels are a matrix of scores, and the predictions a single column."""
    if labels is None or error.code != "not-indicators" or len(predictions.columns) != 1:
        return
    lone = predictions.types[predictions.columns[0]]
    several = len(labels.columns) > 1 or is_list(labels.types[labels.columns[0]])
    if several and not is_list(lone):
        raise _swapped(
            predictions, labels, f"labels: {error.found}; predictions: one column of {lone}"
        ) from None


def in_one_order(predictions: Source, labels: Source, options: Options) -> Source | None:
    """The predictions with their files in the labels' order, if rows are matched by order.

    None if they already are. A question if the numbers in the file names are in different orders.
    """
    if options.by_order or len(predictions.files) < 2:
        return None
    names = [file.path for file in predictions.files]
    label_names = [file.path for file in labels.files]
    left, right = (list(map(_numbers, paths)) for paths in (names, label_names))
    if len(left) == len(right) and all(left) and all(right):
        if _run_alike(left, right):
            return None
        if sorted(left) == sorted(right) and len(set(left)) == len(left) and isinstance(predictions, Shards):
            return predictions.reordered([left.index(numbers) for numbers in right])
        raise _other_order(f"{join_names(names, 4)}; {join_names(label_names, 4)}", predictions, labels)
    if all(left) and left != sorted(left) and names == sorted(names):
        raise _other_order(f"{join_names(names, 4)}, in a shell's order", predictions, labels)
    return None


def in_order_of(names: Sequence[str], labels: Sequence[str]) -> list[str]:
    """Files in the order of the numbers in the names of as many others, if these are the same numbers."""
    left, right = (list(map(_numbers, paths)) for paths in (names, labels))
    if not (all(left) and all(right)) or sorted(left) != sorted(right) or len(set(left)) < len(left):
        return list(names)
    return [names[left.index(numbers)] for numbers in right]


def _other_order(found: str, predictions: Source, labels: Source) -> AmbiguousInput:
    pattern = _pattern(predictions.files[0].path)
    return AmbiguousInput(
        "rows are matched by order, but the files are numbered in different orders",
        where=f"{predictions.place()} and {labels.place()}",
        found=found,
        hint=f"quote the pattern, '{escape(pattern)}', to sort the files by number"
        | use("if this order is right", by_order=True),
        code="files-order",
    )


def _numbers(path: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", PurePath(path).name.split(".")[0])))


def _run_alike(left: Sequence[tuple[int, ...]], right: Sequence[tuple[int, ...]]) -> bool:
    """Whether the numbers are the same, or increase by the same steps."""
    if list(left) == list(right):
        return True
    last = [np.array([numbers[-1] for numbers in side]) for side in (left, right)]
    return bool((np.diff(last[0]) == np.diff(last[1])).all())


def refuse_pooled(predictions: Source, id_column: str | None, truth: Truth, options: Options) -> None:
    """Ask if several files contain the same rows, e.g. of two models that would be pooled."""
    if not isinstance(predictions, Shards) or options.labels:
        return
    if any(FILE in names for names in parse_by(options.by)) or (options.group and options.group == id_column):
        return
    repeated = _repeated_between(predictions, id_column)
    if repeated:
        raise pooled(f"{repeated[0]:,} ids are in more than one file", join_names(repeated[1]), predictions)
    same = _same_labels(predictions.starts, truth)
    if same is not None:
        first, second = (predictions.files[j].path for j in same)
        raise pooled("two files contain the same labels in the same order", f"{first}, {second}", predictions)


def _repeated_between(predictions: Shards, id_column: str | None) -> tuple[int, list[str]] | None:
    """Number of rows with an id of another file, and some of the ids; None without usable ids."""
    if id_column is None or id_column not in predictions.columns:
        return None
    try:
        holders = [part for part in predictions.parts if id_column in part.columns]
        alone = sum(index_of(part, id_column).repeated()[0] for part in holders)
        index = index_of(predictions, id_column)
    except InputError:
        return None
    count, rows = index.repeated()
    return (count - alone, list(map(index.name, rows[:3]))) if count > alone else None


def pooled(what: str, found: str, predictions: Source) -> AmbiguousInput:
    """The question whether the files are several models or copies."""
    return AmbiguousInput(
        f"{what}: several models, or copies?",
        where=predictions.place(),
        found=found,
        hint=use("to score each file separately", by=FILE)
        | "score each file separately to compare models"
        | "drop the duplicates",
        code="same-rows",
    )


def _same_labels(starts: Sequence[int], truth: Truth) -> tuple[int, int] | None:
    """Two files with the same labels in the same order, if the labels vary enough."""
    values = truth.row_values
    if values is None:
        return None
    known: dict[bytes, int] = {}
    for number, (start, end) in enumerate(pairwise(starts)):
        part = np.ascontiguousarray(values[start:end])
        if len(part) < ENOUGH or np.count_nonzero(part[1:] != part[:-1]) < ENOUGH // 4:
            continue
        earlier = known.setdefault(part.tobytes(), number)
        if earlier != number:
            return earlier, number
    return None
