"""The codes of notes: the meaning of each, the metrics it needs and its hint, in the order of reports."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from msgspec import Struct, field

from evalcli import tasks
from evalcli.findings import Blank, Finding, Hint, Level, as_hint, omit, use
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION, Task

About = Literal["reading", "files", "rows left out", "model"]
Maker = Literal["check", "loader", "rows", "merge"]
Needs = Mapping[str, tuple[str, ...]]


def _needs(kinds: Iterable[Task], *metrics: str) -> Needs:
    return {task.name: metrics for task in kinds}


ALL, LABELS, CLASSES = _needs(tasks.TASKS.values()), _needs(tasks.LABELS), _needs(tasks.CLASSES)


class Code(Struct, frozen=True):
    """``about``: how something was read, a possible mistake in the files, dropped rows, or the model.

    ``needs``: the tasks that it is looked for in, and the metrics that must be defined to rule it out.
    ``weighted``: whether it is looked for in weighted rows. ``least``: minimum of rows to look for it.
    ``hint``: the next step, if the note itself names none; or, in ``no_hint``, why there is none.
    ``made_by``: a check of ``engine/notes``, the loader of a file, rows that the pass drops, or ``merge``.
    """

    meaning: str
    about: About
    needs: Needs = field(default_factory=lambda: ALL)
    weighted: bool = True
    least: int = 0
    hint: Hint | str | None = None
    no_hint: str | None = None
    made_by: Maker = "check"


COPIES = "drop the duplicates, e.g. the rows that a distributed sampler adds to its last batch"
ASKED = "the rows were dropped as asked for"
NO_LOSS = "no value is missing"
RECALIBRATE = "recalibrate on held-out data, e.g. by temperature scaling"
SPELLING = "check that labels and predictions use the same class names"
FEW, SOME = 30, 50
"""Minimum of rows, since chance explains much in fewer."""
RANKED: Needs = {task.name: (task.auc,) for task in tasks.LABELS}
RANKED_CLASSES: Needs = {name: RANKED[name] for name in CLASSES}
LOSS = _needs(tasks.LABELS, "log_loss")
CALIBRATED = _needs(tasks.CLASSES, "ece")
REALS = _needs([REGRESSION], "r2", "mse")
QUANTILES = _needs([REGRESSION], "interval_coverage@*")

NOTES: dict[str, Code] = {
    "format-by-content": Code(
        "the format of a file was detected from its content, against its suffix",
        "reading",
        hint=use("if that is wrong", input_format=Blank("FORMAT")),
        made_by="loader",
    ),
    "no-header": Code(
        "a text file has no column names",
        "reading",
        hint=use("if the first line holds names", header=True),
        made_by="loader",
    ),
    "header-found": Code(
        "the first line of a text file was read as column names",
        "reading",
        hint=use("if the first line holds values", header=False),
        made_by="loader",
    ),
    "empty-columns": Code(
        "columns without names and values were skipped", "reading", no_hint=NO_LOSS, made_by="loader"
    ),
    "empty-rows": Code(
        "rows without values at the end of a file were skipped", "reading", no_hint=NO_LOSS, made_by="loader"
    ),
    "last-line-open": Code(
        "the last line of a text file may be truncated",
        "reading",
        hint="write the file again if it was truncated",
        made_by="loader",
    ),
    "certified-ranking": Code(
        "scores were counted in bins, so that areas have a bound of their error",
        "reading",
        needs=LABELS,
        hint="score exactly, which keeps every score, for areas without an error",
    ),
    "certified-by-size": Code(
        "the scores of all parts outgrow a worker of the cluster, so that they were counted in bins",
        "reading",
        hint="give the workers more memory, or rank exactly",
        made_by="merge",
    ),
    "models-by-order": Code(
        "the names of models share nothing over the parts: they are told by their order",
        "reading",
        hint="name them alike in every part, e.g. old/part-1 and new/part-1",
        made_by="merge",
    ),
    "parts-skipped": Code(
        "states of parts that are already in the sum were left out",
        "reading",
        no_hint=NO_LOSS,
        made_by="merge",
    ),
    "mixed-precision": Code(
        "numbers of a text file were read as float32, but not all of them were written from it",
        "reading",
        hint="write all rows with the same precision",
        made_by="loader",
    ),
    "other-numbers": Code(
        "numbers with another decimal separator were read as text",
        "reading",
        hint=use("if they are numbers", decimal=Blank("CHAR")),
        made_by="loader",
    ),
    "arrays-not-read": Code(
        "an archive contains arrays that were not used",
        "reading",
        no_hint="arrays of another length hold no rows",
        made_by="loader",
    ),
    "bytes-behind": Code(
        "a file contains bytes after its data that were not read",
        "reading",
        hint="save one table per file",
        made_by="loader",
    ),
    "no-end-mark": Code(
        "an Arrow stream has no end marker",
        "reading",
        hint="write the file again if its writer was stopped",
        made_by="loader",
    ),
    "sheets-not-read": Code(
        "a workbook has further sheets that were not read",
        "reading",
        hint="save the sheet to score first in a workbook of its own",
        made_by="loader",
    ),
    "order-assumed": Code("unnamed scores were taken in the order of the classes", "files"),
    "missing-label": Code(
        "rows without a label were dropped", "rows left out", no_hint=ASKED, made_by="rows"
    ),
    "ignored-label": Code(
        "rows whose label was to be ignored were dropped", "rows left out", no_hint=ASKED, made_by="rows"
    ),
    "missing-prediction": Code(
        "rows without a predicted class were dropped", "rows left out", no_hint=ASKED, made_by="rows"
    ),
    "missing-scores": Code(
        "rows with a score that is not a finite number were dropped",
        "rows left out",
        no_hint=ASKED,
        made_by="rows",
    ),
    "missing-weight": Code(
        "rows without a weight were dropped", "rows left out", no_hint=ASKED, made_by="rows"
    ),
    "extra-id": Code(
        "predictions without a label were dropped", "rows left out", no_hint=ASKED, made_by="rows"
    ),
    "label-gaps": Code(
        "labels are missing in some rows; each label is scored over the rows that have it",
        "rows left out",
        _needs([MULTILABEL]),
        no_hint=ASKED,
    ),
    "labels-without-prediction": Code("labels without a prediction were dropped", "files", no_hint=ASKED),
    "few-effective-rows": Code("few rows carry most of the weight", "model"),
    "row-sums": Code(
        "rows of probabilities do not sum to 1",
        "files",
        RANKED_CLASSES,
        hint=use("if they are not probabilities", scores="raw"),
    ),
    "exclusive-labels": Code(
        "every row has exactly one label",
        "files",
        _needs([MULTILABEL]),
        least=FEW,
        hint=use("if each row has one class", task="multiclass"),
    ),
    "weight-found": Code(
        "a column named sample_weight is used as the sample weight",
        "reading",
        hint=use("if it is not a weight", unweighted=True),
    ),
    "weight-not-used": Code("a column named weight is not used, as it was not asked for", "reading"),
    "score-not-used": Code("a score that is the confidence of the predicted class is not used", "reading"),
    "codes-as-floats": Code(
        "whole numbers stored as 0.0, 1.0 were read as predicted classes", "reading", CLASSES
    ),
    "score-assumed": Code("the only column of fractions left is used as the score", "reading"),
    "prediction-assumed": Code(
        "a column is used as the predicted class only because no other is left", "files", CLASSES
    ),
    "positive-assumed": Code("the last class was taken as the positive class", "reading", _needs([BINARY])),
    "matched-by-name": Code(
        "rows were matched by a column of the same name in both files",
        "reading",
        hint=use("if row 1 belongs to row 1", by_order=True),
    ),
    "duplicate-ids": Code("rows repeat the id of an earlier row", "files", hint=COPIES),
    "like-labels": Code("a column that is not used contains the labels' values", "files", CLASSES),
    "ignored-label-absent": Code(
        "no row has the label that was to be ignored", "reading", hint="check how the labels spell it"
    ),
    "rounded-scores": Code(
        "scores outside [0, 1] by rounding error were clipped",
        "reading",
        LOSS,
        no_hint="differences this small change no metric",
    ),
    "prediction-differs-from-scores": Code(
        "predicted classes are not those of the scores",
        "files",
        RANKED_CLASSES,
        hint="export scores and classes from the same model",
    ),
    "logits-under-prob-name": Code(
        "columns named as probabilities contain other scores",
        "files",
        RANKED,
        hint=use("if they are something else", scores=Blank("KIND")),
    ),
    "clipped-probabilities": Code(
        "probabilities of 0 or 1 were clipped for log_loss",
        "reading",
        LOSS,
        hint="save unrounded probabilities, or logits",
    ),
    "auc-below-chance": Code("roc_auc is below 0.5", "files", RANKED, weighted=False),
    "many-ties": Code(
        "many pairs of rows have the same score",
        "reading",
        RANKED,
        weighted=False,
        hint="save scores with more digits",
    ),
    "constant-scores": Code(
        "a score column is constant", "files", RANKED, least=SOME, hint="check the export of these columns"
    ),
    "score-above-half": Code(
        "a score of two classes is never below one half",
        "files",
        _needs([BINARY], BINARY.auc),
        least=SOME,
        hint=use("if it is the confidence of the predicted class", pred_col=Blank("NAME")),
    ),
    "saturated-scores": Code(
        "most probabilities are exactly 0 or 1",
        "files",
        _needs(tasks.CLASSES, "log_loss"),
        least=SOME,
        hint="save probabilities with more digits, not predicted classes",
    ),
    "mixed-types": Code(
        "the classes are numbers and words",
        "files",
        CLASSES,
        hint=use("if some of them mean a missing label", null_values=Blank("VALUES")),
    ),
    "single-class": Code(
        "every label is the same class", "files", CLASSES, hint="score rows of more than one class"
    ),
    "column-order": Code("another order of the score columns fits far better", "files", CLASSES, least=SOME),
    "row-order": Code(
        "rows seem to be in another order than the labels",
        "files",
        {**CALIBRATED, **_needs([REGRESSION], "pearson")},
        least=SOME,
        hint=use("if both files have a column of ids", id_col=Blank("NAME")),
    ),
    "absent-classes": Code("classes do not occur in the labels", "files", LABELS, hint=SPELLING),
    "never-predicted": Code("classes are never predicted", "model", LABELS, hint=SPELLING),
    "macro-far-from-weighted": Code(
        "f1_macro and f1_weighted differ by more than 0.1",
        "model",
        _needs([MULTICLASS, MULTILABEL]),
        hint=use("to require a value of each class", fail_under=Blank("f1:*=VALUE")),
    ),
    "perfect-prediction": Code(
        "every prediction is the true one",
        "files",
        {**REALS, **CLASSES},
        hint=use("if another column holds the labels", label_col=Blank("NAME")),
    ),
    "class-imbalance": Code(
        "accuracy is barely better than always predicting the largest class",
        "model",
        CLASSES,
        hint="judge by balanced_accuracy or mcc, which such predictions do not raise",
    ),
    "hardly-better-than-one-class": Code(
        "accuracy is barely better than always predicting one class",
        "model",
        CLASSES,
        hint="judge by balanced_accuracy or mcc, which such predictions do not raise",
    ),
    "over-confident": Code(
        "probabilities are higher, or more extreme, than the outcomes", "model", CALIBRATED, hint=RECALIBRATE
    ),
    "under-confident": Code(
        "probabilities are lower, or less extreme, than the outcomes", "model", CALIBRATED, hint=RECALIBRATE
    ),
    "crossed-quantiles": Code(
        "predicted quantiles are crossed", "files", QUANTILES, hint="sort the quantiles of each row"
    ),
    "interval-coverage": Code(
        "predicted quantiles do not cover their nominal share",
        "model",
        QUANTILES,
        hint="recalibrate the quantiles on held-out data",
    ),
    "worse-than-the-mean": Code(
        "the mean of the truth has the lower error",
        "model",
        REALS,
        hint="check that the rows belong together and that units are the same",
    ),
    "constant-prediction": Code(
        "every predicted value is the same", "files", REALS, hint="check the export of the predictions"
    ),
    "few-groups": Code(
        "there are too few groups of rows for intervals",
        "model",
        hint=omit("group", words="if the rows are independent"),
    ),
    "tuned-on-these-rows": Code(
        "a threshold was chosen on the rows that it is scored on",
        "files",
        LABELS,
        hint="choose it on validation data and score held-out data",
    ),
    "small-slices": Code(
        "slices have fewer rows than --min-n", "model", hint=use("to apply rules to them", min_n=1)
    ),
    "worst-slices": Code(
        "slices are worse than all rows by the headline metric, by Holm's test",
        "model",
        no_hint="the message names the slices",
    ),
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
    """The finding of a code: a note on how something was read, otherwise a warning."""
    facts = NOTES[code]
    level: Level = "note" if facts.about == "reading" else "warning"
    step = facts.hint if hint is None else hint
    return Finding(level, code, message, count, rows, hint=None if step is None else as_hint(step))
