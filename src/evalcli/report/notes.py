"""The codes of notes: what each says, and what a run has to compute before it can be said or left unsaid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from evalcli.findings import Finding, Hint, Level, as_hint

About = Literal["reading", "files", "rows left out", "model"]
Needs = Mapping[str, tuple[str, ...]]

CLASSES: Needs = {"binary": (), "multiclass": ()}
LABELS: Needs = {**CLASSES, "multilabel": ()}
ALL: Needs = {**LABELS, "regression": ()}


def _needs(tasks: Needs, *metrics: str) -> Needs:
    return dict.fromkeys(tasks, metrics)


@dataclass(frozen=True)
class Code:
    """``about``: how something was read, what is suspicious in the files, rows left out, or the model.

    ``needs``: the tasks that it is looked for in, and the metrics that it is then read off. ``weighted``:
    whether it is looked for in weighted rows. ``least``: rows under which it is not looked for.
    """

    meaning: str
    about: About
    needs: Needs = field(default_factory=lambda: ALL)
    weighted: bool = True
    least: int = 0


COPIES = "drop the duplicates, e.g. the rows that a distributed sampler adds to its last batch"
FEW, SOME = 30, 50
"""Rows under which chance explains much."""
RANKED: Needs = {
    "binary": ("roc_auc",), "multiclass": ("roc_auc_ovr_macro",), "multilabel": ("roc_auc_macro",),
}  # fmt: skip
RANKED_CLASSES: Needs = {task: RANKED[task] for task in CLASSES}
LOSS = _needs(LABELS, "log_loss")
CALIBRATED = _needs(CLASSES, "ece")
REALS: Needs = {"regression": ("r2", "mse")}
QUANTILES: Needs = {"regression": ("interval_coverage@*",)}

NOTES: dict[str, Code] = {
    "format-by-content": Code("a file is read as its content says, not as its suffix does", "reading"),
    "no-header": Code("a text file without names of columns", "reading"),
    "header-found": Code("a text file whose first line was taken for names", "reading"),
    "empty-columns": Code("columns without names and values were left out", "reading"),
    "empty-rows": Code("rows without values at the end of a file were left out", "reading"),
    "last-line-open": Code("the last line of a text file may be cut short", "reading"),
    "other-numbers": Code("numbers with another decimal sign were read as text", "reading"),
    "arrays-not-read": Code("an archive holds arrays that were not used", "reading"),
    "bytes-behind": Code("a file holds bytes behind its data that were not read", "reading"),
    "no-end-mark": Code("an Arrow stream does not say that it is complete", "reading"),
    "sheets-not-read": Code("a workbook has further sheets that were not read", "reading"),
    "order-assumed": Code("scores without names were taken in the order of the classes", "files"),
    "weight-found": Code("a column called sample_weight weighs the rows", "reading"),
    "weight-not-used": Code("a column called weight was not asked for, and weighs nothing", "reading"),
    "matched-by-name": Code("rows were matched by a column of one name in both files", "reading"),
    "score-assumed": Code("the only column of fractions that is left was taken for the scores", "reading"),
    "positive-assumed": Code("the last class was taken for the positive one", "reading", {"binary": ()}),
    "codes-as-floats": Code(
        "whole numbers stored as 0.0, 1.0 were read as predicted classes", "reading", CLASSES
    ),
    "like-labels": Code("a column that is not used holds the labels' values", "files", CLASSES),
    "score-above-half": Code(
        "a score of two classes never falls below one half", "files", {"binary": ("roc_auc",)}
    ),
    "score-not-used": Code("a score that tells how sure the predicted class is", "reading"),
    "rounded-scores": Code("scores a rounding error outside [0, 1] were clipped", "reading", LOSS),
    "clipped-probabilities": Code("probabilities of 0 or 1 were clipped for log_loss", "reading", LOSS),
    "many-ties": Code("many pairs of rows have the same score", "reading", RANKED, weighted=False),
    "missing-label": Code("rows without a label were left out", "rows left out"),
    "label-gaps": Code(
        "labels are missing in some rows: each is scored over its own", "rows left out", {"multilabel": ()}
    ),
    "ignored-label": Code("rows whose label was to be ignored were left out", "rows left out"),
    "ignored-label-absent": Code("no row has the label that was to be ignored", "reading"),
    "missing-prediction": Code("rows without a predicted class were left out", "rows left out"),
    "missing-scores": Code("rows with a score that is no number were left out", "rows left out"),
    "missing-weight": Code("rows without a weight were left out", "rows left out"),
    "extra-id": Code("predictions without a label were left out", "rows left out"),
    "labels-without-prediction": Code("labels without a prediction were left out", "files"),
    "duplicate-ids": Code("rows repeat the id of an earlier one", "files"),
    "row-sums": Code("rows of probabilities do not sum to 1", "files", RANKED_CLASSES),
    "logits-under-prob-name": Code("columns named as probabilities hold something else", "files", RANKED),
    "prediction-differs-from-scores": Code(
        "stored classes are not those of the scores", "files", RANKED_CLASSES
    ),
    "constant-scores": Code("a score column holds one value", "files", RANKED, least=SOME),
    "saturated-scores": Code(
        "most probabilities are exactly 0 or 1", "files", _needs(CLASSES, "log_loss"), least=SOME
    ),
    "tuned-on-these-rows": Code("a threshold was chosen on the rows that it is scored on", "files", LABELS),
    "worst-slices": Code("slices are worse than all rows by the headline metric, by Holm's test", "model"),
    "few-groups": Code("there are too few groups of rows for intervals", "model"),
    "small-slices": Code("slices have fewer rows than --min-n", "model"),
    "mixed-types": Code("the classes are numbers and words", "files", CLASSES),
    "single-class": Code("every label is the same class", "files", CLASSES),
    "absent-classes": Code("classes do not occur in the labels", "files", LABELS),
    "exclusive-labels": Code("every row has exactly one label", "files", {"multilabel": ()}, least=FEW),
    "column-order": Code("another order of the score columns fits far better", "files", CLASSES, least=SOME),
    "row-order": Code(
        "rows seem to be in another order than the labels",
        "files",
        {**CALIBRATED, "regression": ("pearson",)},
        least=SOME,
    ),
    "auc-below-chance": Code("roc_auc is below 0.5", "files", RANKED, weighted=False),
    "perfect-prediction": Code("every prediction is the true one", "files", {**REALS, **CLASSES}, least=FEW),
    "constant-prediction": Code("every predicted value is the same", "files", REALS),
    "crossed-quantiles": Code("predicted quantiles are crossed", "files", QUANTILES),
    "few-effective-rows": Code("few rows carry most of the weight", "model"),
    "never-predicted": Code("classes are never predicted", "model", LABELS),
    "class-imbalance": Code(
        "accuracy is hardly better than always saying the largest class", "model", CLASSES
    ),
    "hardly-better-than-one-class": Code(
        "accuracy is hardly better than always saying one class", "model", CLASSES
    ),
    "macro-far-from-weighted": Code(
        "f1_macro and f1_weighted are far apart", "model", {"multiclass": (), "multilabel": ()}
    ),
    "over-confident": Code("confidence is above the outcomes", "model", CALIBRATED),
    "under-confident": Code("confidence is below the outcomes", "model", CALIBRATED),
    "interval-coverage": Code("quantiles do not cover what they should", "model", QUANTILES),
    "worse-than-the-mean": Code("the mean of the truth has the lower error", "model", REALS),
}


def about(*topics: About) -> frozenset[str]:
    """The codes of some topics."""
    return frozenset(code for code, facts in NOTES.items() if facts.about in topics)


def note(
    code: str,
    message: str,
    count: int | None = None,
    rows: tuple[int, ...] = (),
    hint: Hint | str | None = None,
) -> Finding:
    """What there is to say under a code: how something was read, or else something to look at."""
    level: Level = "note" if NOTES[code].about == "reading" else "warning"
    return Finding(level, code, message, count, rows, hint=None if hint is None else as_hint(hint))
