"""Which column is what: truth, scores, predicted, weight. Decided once, from names and types."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

import pyarrow as pa

from evalcli.errors import AmbiguousInput, EvalcliError, InputError, UsageError
from evalcli.inputs.ids_and_weights import (
    IDS,
    WEIGHTS,
    columns_named,
    find_ids,
    find_weight,
    grouping_columns,
    is_id,
    require_column,
)
from evalcli.inputs.options import Options
from evalcli.loaders.arrow_columns import is_list, is_numeric, value_type
from evalcli.loaders.source import Source
from evalcli.text import escape, join_names

LABEL_NAMES = (
    "label", "labels", "target", "y_true", "truth", "class", "y", "true_label", "ground_truth", "gt",
    "actual", "y_test", "true", "gold", "targets",
)  # fmt: skip
PIPELINE_NAMES = ("label", "labels")
"""What pipelines call the class that they predict; other names of labels are never a prediction."""
PREDICTED_NAMES = (
    "pred", "prediction", "y_pred", "predicted", "predicted_label", "predicted_class", "pred_label",
    "pred_class", "preds", "predictions", "predict", "yhat", "y_hat",
)  # fmt: skip
PREFIX = re.compile(
    r"(?:probs?|proba|probability|p|logits?|log_?probs?|scores?|softmax)[_\-. ](?=.)", re.IGNORECASE
)
NUMBERED = re.compile(r"([^\W\d](?:.*[^\d])?)(\d+)", re.ASCII)
"""A stem and a number, as f0 or class_10."""
LABEL_PREFIXES = ("label_", "target_", "y_", "is_")
TRUTH_SUFFIXES = ("_outcome", "_truth", "_true", "_label", "_target")
SCORE_SUFFIXES = ("_prob", "_score", "_pred", "_logit")
SCORE_NAMES = (
    "probs", "probabilities", "proba", "logits", "scores", "softmax", "log_probs", "logprobs",
    "prob", "probability", "score", "logit", "y_score", "y_prob", "y_proba", "p",
)  # fmt: skip
NOT_SCORES = (
    *IDS, *WEIGHTS, "fold", "split", "confidence", "conf", "loss", "entropy", "latency", "cost",
)  # fmt: skip
Layout = Literal["column", "indicators", "lists"]


@dataclass(frozen=True)
class Roles:
    """``truth``: the label column, or a column for each label.

    ``layout``: one label a row in a column; columns of 0 and 1; or a list a row. ``paired``: score columns
    have a truth column each. ``scores``: K columns, or one list column. ``class_names``: what the score
    columns' names say of the classes, or None. ``prefix``: the part of their names that says what they hold.
    ``weight``: its column; ``weight_with_labels``: in the file of the labels. ``id``: the rows' names in the
    predictions; ``label_id``: those of the labels, where rows are matched by them.
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


def assign(predictions: Source, labels: Source | None, options: Options) -> Roles:
    """Find the columns; what cannot be told apart is a question."""
    same_file = labels is None
    weight, with_labels = find_weight(predictions, labels, options)
    prediction_id, label_id = find_ids(predictions, labels, options)
    holder, parting = predictions if labels is None else labels, set(grouping_columns(options))
    reserved = {name for name in (weight, prediction_id, label_id, *parting) if name}
    reserved -= {options.label_col, options.pred_col}
    try:
        truth, layout, paired = _truth(holder, same_file, reserved, options)
    except EvalcliError:
        if not options.by or not columns_named(holder, LABEL_NAMES):
            raise
        truth, layout, paired = _truth(holder, same_file, reserved - parting, options)  # slices by the label
    taken = reserved | (set(truth) if same_file else set())
    if paired and same_file and not options.score_cols and not options.label_cols:
        scores = tuple(_partner(predictions, name) for name in truth)
        predicted = None
    else:
        predicted = _predicted(predictions, taken, same_file, options)
        scores = _scores(predictions, taken | ({predicted} if predicted else set()), predicted, options)
    if not scores and predicted is None:
        lone = [c for c in predictions.columns if c not in taken]
        if len(lone) == 1 and not options.score_cols:
            predicted = lone[0]
            _refuse_text(predictions, predicted)
        else:
            raise AmbiguousInput(
                "cannot tell which columns hold the scores",
                where=predictions.place(),
                found=f"columns {join_names(predictions.columns)}",
                hint="name them, as in --score-cols 'prob_*' or --pred-col NAME",
                code="which-scores",
            )
    one_list = len(scores) == 1 and is_list(predictions.types[scores[0]])
    prefix, names = (_kind_in_name(scores[0]), None) if one_list else _class_names(scores, options)
    return Roles(
        truth=truth,
        layout=layout,
        paired=paired,
        scores=scores,
        listed=one_list,
        class_names=names,
        prefix=prefix,
        predicted=predicted,
        weight=weight,
        weight_with_labels=with_labels,
        id=prediction_id,
        label_id=label_id,
    )


def _refuse_text(source: Source, name: str) -> None:
    """Text in a column that is called a score: "97%", or a value that is none among many."""
    if _kind_in_name(name) and pa.types.is_string(source.types[name]):
        raise InputError(
            "a column of scores holds text, not numbers",
            where=source.place(name),
            found=str(source.types[name]),
            hint="write plain numbers, without a percent sign, or say --decimal , for decimal commas; if it "
            f"holds predicted classes, --pred-col {escape(name)}",
            code="not-a-number",
        )


def _kind_in_name(name: str) -> str:
    """What the name of a list column says that it holds."""
    return name.casefold().rstrip("s") if name.casefold() in SCORE_NAMES else ""


def _floating(source: Source, name: str) -> bool:
    return bool(pa.types.is_floating(source.types[name]))


def _truth(
    source: Source, same_file: bool, reserved: set[str], options: Options
) -> tuple[tuple[str, ...], Layout, bool]:
    """Columns of the truth, how they hold it, and whether each has a score column of its own."""
    if options.label_cols and options.label_col is not None:
        raise UsageError("--label-col is for one label a row, --label-cols for several: give one of them")
    if options.label_cols:
        columns = _expand_columns(source, reserved, options.label_cols, "--label-cols")
        return columns, "indicators", True
    if options.label_col is not None:
        return _one_column(source, require_column(source, options.label_col, "--label-col"))
    candidates = [name for name in columns_named(source, LABEL_NAMES) if name not in reserved]
    if len(candidates) > 1:
        raise AmbiguousInput(
            "several columns may be the label",
            where=source.place(),
            found=join_names(candidates),
            hint=f"choose one, as in --label-col {candidates[0]}",
            code="which-label",
        )
    if candidates:
        return _one_column(source, candidates[0])
    if same_file:
        return _pairs(source, options)
    free = tuple(c for c in source.columns if c not in reserved)
    columns = tuple(c for c in free if c.casefold() not in NOT_SCORES and not is_id(c))
    columns = columns or free or source.columns
    if len(columns) == 1:
        return _one_column(source, columns[0])
    if all(is_numeric(source.types[c]) for c in columns):
        return columns, "indicators", False
    raise AmbiguousInput(
        "cannot tell which column is the label",
        where=source.place(),
        found=f"columns {join_names(source.columns)}",
        hint="name it with --label-col",
        code="which-label",
    )


def _one_column(source: Source, column: str) -> tuple[tuple[str, ...], Layout, bool]:
    return (column,), "lists" if is_list(source.types[column]) else "column", False


def _pairs(source: Source, options: Options) -> tuple[tuple[str, ...], Layout, bool]:
    """Truth columns named after score columns, as quarter_outcome after quarter."""
    wanted = _requested_scores(source, set(), options.score_cols) if options.score_cols else source.columns
    truth = {
        name: name + suffix for suffix in TRUTH_SUFFIXES for name in wanted if name + suffix in source.columns
    }
    if options.score_cols and len(truth) == len(wanted):
        columns = tuple(truth[name] for name in wanted)
        return columns, "column" if len(columns) == 1 else "indicators", len(columns) > 1
    if len(truth) > 1 and not options.score_cols and options.pred_col is None:
        return tuple(truth.values()), "indicators", True
    pair = next(iter(truth.items()), None)
    raise AmbiguousInput(
        "no labels: no labels file was given, and no column has a usual name of a label",
        where=source.place(),
        found=f"columns {join_names(source.columns)}",
        hint="give --labels FILE or --label-col NAME, or --label-cols for several labels a row"
        + (f"; for the pair of columns: --label-col {pair[1]} --score-cols {pair[0]}" if pair else ""),
    )


def _partner(source: Source, truth: str) -> str:
    """The score column that a truth column is named after."""
    return next(
        truth.removesuffix(suffix)
        for suffix in TRUTH_SUFFIXES
        if truth.endswith(suffix) and truth.removesuffix(suffix) in source.columns
    )


def _predicted(source: Source, taken: set[str], same_file: bool, options: Options) -> str | None:
    if options.pred_col is not None:
        return require_column(source, options.pred_col, "--pred-col")
    candidates = [c for c in columns_named(source, PREDICTED_NAMES) if c not in taken]
    candidates = [c for c in candidates if c not in options.score_cols and not _floating(source, c)]
    prefixes = [prefix_of(c) for c in source.columns if prefix_of(c)]
    alone = not options.score_cols and len(prefixes) == len(set(prefixes))
    # beside labels of their own, a pipeline's label is what it predicts
    if not candidates and not same_file and alone:
        words = [
            c for c in columns_named(source, PIPELINE_NAMES) if not is_numeric(value_type(source.types[c]))
        ]
        candidates = [c for c in words if c not in taken and not is_list(source.types[c])]
    if len(candidates) > 1:
        raise AmbiguousInput(
            "several columns may be the predicted class",
            where=source.place(),
            found=join_names(candidates),
            hint=f"choose one, as in --pred-col {candidates[0]}",
            code="which-prediction",
        )
    return candidates[0] if candidates else None


def _scores(source: Source, taken: set[str], predicted: str | None, options: Options) -> tuple[str, ...]:
    if options.score_cols:
        return _requested_scores(source, taken, options.score_cols)
    free = [c for c in source.columns if c not in taken]
    sets: dict[str, list[str]] = {}
    for c in free:
        if prefix_of(c):
            sets.setdefault(prefix_of(c), []).append(c)
    kinds = {c: value_type(source.types[c]) for c in free}
    numeric = [c for c in free if is_numeric(kinds[c])]
    named = [c for c in columns_named(source, SCORE_NAMES) if c in numeric]
    # a real value, or a probability, called a prediction
    named = named or [
        c for c in columns_named(source, PREDICTED_NAMES) if c in numeric and _floating(source, c)
    ]
    lists = [c for c in numeric if is_list(source.types[c]) and c not in named]
    several = {prefix: columns for prefix, columns in sets.items() if len(columns) > 1}
    choice = [(f"{prefix}*", tuple(columns)) for prefix, columns in several.items()]
    choice += [(c, (c,)) for c in named]
    choice = choice or [(c, (c,)) for c in lists]
    # one column with a prefix is no set: p_value beside prob
    choice = choice or [(columns[0], tuple(columns)) for columns in sets.values()]
    if len(choice) > 1:
        raise AmbiguousInput(
            "several sets of columns may be the scores",
            where=source.place(),
            found=join_names(name for name, _ in choice),
            hint=f"choose one, as in --score-cols '{choice[0][0]}'",
            code="which-scores",
        )
    if choice:
        return choice[0][1]
    rest = [c for c in free if c.casefold() not in NOT_SCORES]
    # beside a predicted class, numbers that nothing calls scores may be anything
    alone = rest and not predicted and all(_floating(source, c) for c in rest)
    return tuple(rest) if alone else ()


def _expand_columns(source: Source, taken: set[str], wanted: Sequence[str], option: str) -> tuple[str, ...]:
    """Columns for names and globs, in the order asked for."""
    chosen: dict[str, None] = {}
    for pattern in wanted:
        if pattern in source.columns:
            names = [pattern]
        elif any(sign in pattern for sign in "*?["):
            names = [c for c in source.columns if fnmatchcase(c, pattern) and c not in taken]
            if not names:
                raise UsageError(
                    f"no column matches {pattern!r}",
                    where=source.place(),
                    found=f"columns {join_names(source.columns)}",
                )
        else:
            names = [require_column(source, pattern, option)]
        chosen.update(dict.fromkeys(names))
    return tuple(chosen)


def _requested_scores(source: Source, taken: set[str], wanted: Sequence[str]) -> tuple[str, ...]:
    chosen = _expand_columns(source, taken, wanted, "--score-cols")
    for name in chosen:
        kind = source.types[name]
        if not is_numeric(value_type(kind)):
            raise InputError(
                "a score column does not hold numbers",
                where=source.place(name),
                found=str(kind),
                hint="choose the score columns with --score-cols",
            )
    return chosen


def _class_names(scores: Sequence[str], options: Options) -> tuple[str, tuple[str, ...] | None]:
    asked = [p.removesuffix("*") for p in options.score_cols if p.count("*") == 1 and p.endswith("*")]
    # a glob that ends within a word, as p* or prob_c*, says less than a usual prefix
    whole = [prefix for prefix in asked if not prefix[-1:].isalnum()]
    for prefix in (*whole, *map(prefix_of, scores[:1]), *asked):
        if scores and prefix and all(c.startswith(prefix) and c != prefix for c in scores):
            names = tuple(c.removeprefix(prefix) for c in scores)
            return prefix.casefold(), names
    if len(scores) == 1:
        return _kind_in_name(scores[0]), None
    counted = [NUMBERED.fullmatch(name) for name in scores]
    if all(counted) and len({match[1] for match in counted if match}) == 1:
        return "", tuple(match[2] for match in counted if match)
    return "", tuple(scores) or None


def prefix_of(name: str) -> str:
    """What stands before a class in the name of a column of scores, or nothing.

    >>> prefix_of("prob_cat"), prefix_of("Logit-3"), prefix_of("price"), prefix_of("p_")
    ('prob_', 'Logit-', '', '')
    """
    match = PREFIX.match(name)
    return match[0] if match else ""


def stems(names: Sequence[str], prefix: str = "") -> tuple[str, ...]:
    """What columns are about: their names without what says that they hold truth or scores.

    >>> stems(["prob_a", "label_b", "c_outcome"])
    ('a', 'b', 'c')
    """

    def stem(name: str) -> str:
        for start in (prefix, prefix_of(name), *LABEL_PREFIXES):
            if start and name.casefold().startswith(start.casefold()) and len(name) > len(start):
                return name[len(start) :]
        for end in (*TRUTH_SUFFIXES, *SCORE_SUFFIXES):
            if name.endswith(end) and name != end:
                return name.removesuffix(end)
        return name

    return tuple(map(stem, names))
