"""Usual names of columns, and how columns are found by name."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fnmatch import fnmatchcase

from evalcli.errors import UsageError
from evalcli.findings import Blank, as_name, maybe, use
from evalcli.loaders.source import Source
from evalcli.text import Expression, join_names, suggest

IDS = (
    "id", "sample_id", "image_id", "example_id", "row_id", "item_id", "uuid", "guid", "key",
    "filename", "file_name", "path", "index",
    "__index_level_0__", "unnamed: 0",
)  # fmt: skip
PLACES = ("index", "__index_level_0__", "unnamed: 0")
"""Names of table indexes, which are used as ids only if there are no others."""
WEIGHTS = ("sample_weight", "sample_weights")
MAY_BE_WEIGHTS = ("weight", "weights")
"""Names that may mean sample weights, or e.g. weights of cars."""
LIKE_AN_ID = re.compile(r"(?:.*[_\- ])?(?:id|ID|Id)|.*[a-z]I[dD]|id[_\- ].*|idx")
"""Names of ids of any kind, e.g. PassengerId and doc_id; a column with duplicates does not identify rows."""
LABEL_NAMES = (
    "label", "labels", "target", "y_true", "truth", "class", "y", "true_label", "ground_truth", "gt",
    "actual", "y_test", "true", "gold", "targets", "all_labels", "true_labels", "observed", "obs",
)  # fmt: skip
PIPELINE_NAMES = ("label", "labels")
"""Names of the predicted class in pipelines; other label names are never predictions."""
PREDICTED_NAMES = (
    "pred", "prediction", "y_pred", "predicted", "predicted_label", "predicted_class", "pred_label",
    "pred_class", "preds", "predictions", "predict", "yhat", "y_hat", "prediction_label", "pred_labels",
    "predicted_labels", "all_preds", "scored labels", "scored_labels", "fitted",
)  # fmt: skip
PREFIX = re.compile(
    r"(?:probs?|proba|probability|p|logits?|log_?probs?|scores?|softmax)[_\-. ](?=.)", re.IGNORECASE
)
NUMBERED = Expression(r"([^\W\d](?:.*[^\d])?)(\d+)", re.ASCII)
"""A stem and a number, e.g. f0 or class_10."""
LABEL_PREFIXES = ("label_", "target_", "y_", "is_")
TRUTH_SUFFIXES = ("_outcome", "_truth", "_true", "_label", "_target")
SCORE_SUFFIXES = ("_prob", "_proba", "_probability", "_score", "_pred", "_logit", "_logprob")
SCORE_NAMES = (
    "probs", "probabilities", "proba", "logits", "scores", "softmax", "log_probs", "logprobs",
    "prob", "probability", "score", "logit", "logprob", "log_prob", "y_score", "y_prob", "y_proba", "p",
    "all_probs", "all_scores", "all_logits", "prediction_score", "scored probabilities",
    "scored_probabilities",
)  # fmt: skip
NOT_SCORES = (
    *IDS, *WEIGHTS, *MAY_BE_WEIGHTS, "fold", "split", "confidence", "conf", "loss", "entropy", "latency",
    "cost",
)  # fmt: skip
FEATURES = (
    "features", "feature", "embedding", "embeddings", "vector", "vectors", "hidden", "hidden_states",
    "input", "inputs", "input_ids", "attention_mask", "token_ids", "tokens", "pixels", "image", "x",
)  # fmt: skip
"""Names of a model's inputs and intermediate results."""
LOWER_BETTER = Expression(
    r"(?:^|[_\-. ])"
    r"(?:dist|distances?|loss(?:es)?|ranks?|err|errors?|energy|nll|costs?|perplexity|ppl|penalty)"
    r"(?:$|[_\-. ])",
    re.IGNORECASE,
)
"""Names of values of a class that are lower if the class is more likely."""
INNER = ("values", "value", "data")
"""Names of fields that are omitted from a dotted name, e.g. in probability.values."""


def plain_name(name: str) -> str:
    """A name for lookup: without case, surrounding whitespace, and leading dots or underscores.

    >>> plain_name(" .Pred_Class")
    'pred_class'
    """
    return name.strip().lstrip("._").casefold() or name.strip().casefold()


def leaf(name: str) -> str:
    """Name of a column inside an object, for lookup.

    >>> leaf("SageMakerOutput.score"), leaf("probability.values"), leaf("prob")
    ('score', 'probability', 'prob')
    """
    parts = [part for part in name.split(".") if part]
    while len(parts) > 1 and plain_name(parts[-1]) in INNER:
        parts.pop()
    return plain_name(parts[-1]) if parts else plain_name(name)


def columns_named(source: Source, names: Sequence[str]) -> list[str]:
    """Columns with one of these names, ignoring case; in the order of the names.

    Columns inside objects count only if no other column has the name.
    """
    whole: dict[str, str] = {}
    for column in source.columns:
        whole.setdefault(column.strip().casefold(), column)
    for column in source.columns:
        whole.setdefault(plain_name(column), column)
    inside: dict[str, list[str]] = {}
    for column in source.columns:
        if "." in column.strip().lstrip("."):
            inside.setdefault(leaf(column), []).append(column)
    return [column for name in names for column in ([whole[name]] if name in whole else inside.get(name, []))]


def require_column(source: Source, name: str, option: str) -> str:
    """The column itself, or an error with the most similar name."""
    if name in source.columns or name in source.hidden:
        return name
    inside = _inside(source, name)
    if len(inside) == 1:
        return inside[0]
    like = suggest(name, source.columns)
    if option == "--label-col" and any(sign in name for sign in "*?["):
        raise UsageError(f"--label-col {name} is one column, not a pattern", hint=use(label_cols=name))
    raise UsageError(
        f"no column {name!r}",
        where=source.place(),
        found=f"columns {join_names(source.columns)}",
        hint=maybe(**{as_name(option): like}) if like else use(**{as_name(option): Blank("NAME")}),
    )


def expand_columns(source: Source, taken: set[str], wanted: Sequence[str], option: str) -> tuple[str, ...]:
    """Columns for names and globs, in the requested order; the name of an object means all of its columns."""
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
                    hint=use("with other columns", **{as_name(option): Blank("NAMES")}),
                )
        else:
            inside = [c for c in _inside(source, pattern) if c not in taken]
            names = inside or [require_column(source, pattern, option)]
        chosen.update(dict.fromkeys(names))
    return tuple(chosen)


def _inside(source: Source, name: str) -> list[str]:
    """Columns inside an object of this name."""
    return [c for c in source.columns if c.startswith(f"{name}.")]


def is_id(name: str) -> bool:
    """Whether a column is named like an id, of rows or of something else."""
    return names_rows(name) or LIKE_AN_ID.fullmatch(name.strip()) is not None


def names_rows(name: str) -> bool:
    """Whether a column is named like an id of rows; other ids may identify something else."""
    return name.strip().casefold() in IDS


def prefix_of(name: str) -> str:
    """The prefix before a class in the name of a score column, or an empty string.

    >>> prefix_of("prob_cat"), prefix_of("Logit-3"), prefix_of("price"), prefix_of("p_")
    ('prob_', 'Logit-', '', '')
    """
    match = PREFIX.match(name)
    return match[0] if match else ""


def kind_in_name(name: str) -> str:
    """The kind of scores in the name of a single column, or an empty string."""
    return leaf(name).rstrip("s") if leaf(name) in SCORE_NAMES else ""


def stems(names: Sequence[str], prefix: str = "") -> tuple[str, ...]:
    """Names of columns without prefixes and suffixes for truth or scores.

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


def cut_to(columns: Sequence[str], names: Sequence[str]) -> tuple[str, tuple[str, ...]] | None:
    """The common head of columns, and the known name that each column has between a common head and tail.

    >>> cut_to(["P (species=ash)", "P (species=fir)"], ["fir", "ash"])
    ('P (species=', ('ash', 'fir'))
    >>> cut_to([".pred_ash", ".pred_fir"], ["ash", "oak"]) is None
    True
    """
    known = set(names)
    first = columns[0]
    for name in sorted(known, key=len, reverse=True):
        start = first.find(name) if name else -1
        while start >= 0:
            head, tail = first[:start], first[start + len(name) :]
            inner = [column[len(head) : len(column) - len(tail)] for column in columns]
            if (
                all(head + part + tail == column for part, column in zip(inner, columns, strict=True))
                and set(inner) <= known
                and len(set(inner)) == len(columns)
            ):
                return head, tuple(inner)
            start = first.find(name, start + 1)
    return None


def sets_for(columns: Sequence[str], names: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Columns with a common head and tail around each of the names, by their head; in the file's order.

    >>> sets_for(["id", "p0", "p1", "x"], ["0", "1"])
    {'p': ('p0', 'p1')}
    """
    present = set(columns)
    found: dict[str, tuple[str, ...]] = {}
    if not all(names):
        return found
    longest_first = sorted(names, key=len, reverse=True)
    shortest, tried = longest_first[-1] if longest_first else "", set[tuple[str, str]]()
    for column in columns if shortest else ():
        start = column.find(shortest)
        while start >= 0:
            head, tail = column[:start], column[start + len(shortest) :]
            if (head, tail) not in tried and all(head + name + tail in present for name in longest_first):
                wanted = {head + name + tail for name in names}
                found.setdefault(head, tuple(c for c in columns if c in wanted))
            tried.add((head, tail))
            start = column.find(shortest, start + 1)
    return found


def score_column_of(source: Source, truth: str) -> str:
    """The score column that belongs to a truth column by name."""
    return next(
        truth.removesuffix(suffix)
        for suffix in TRUTH_SUFFIXES
        if truth.endswith(suffix) and truth.removesuffix(suffix) in source.columns
    )
