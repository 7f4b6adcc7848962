"""Notes on the model from the counts: classes that it never predicts, miscalibrated probabilities."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evalcli.engine.notes.registry import Remark
from evalcli.engine.notes.view import RunView, View, file_note, note, single_class
from evalcli.metrics import METRICS, Request, compute
from evalcli.statistics import CoMoments, Coverage, CoverageCounts, JointMoments, RowLoss
from evalcli.text import escape, join_names

HARDLY = 0.1
"""Maximum share of the gap between the largest class's share and 1 that the accuracy closes."""
MISCALIBRATED = 0.05
"""Minimum difference of mean confidence and mean outcome."""
SIGMAS = 3.0
"""Minimum difference from chance, in standard deviations."""
IMBALANCED = 0.6
"""Minimum share of the largest class."""
FAR = 0.1
"""Minimum difference of macro F1 and weighted F1."""


def _noun(view: View) -> str:
    return view.context.task.classes_word


@note("absent-classes")
def absent_classes(view: View) -> Iterator[Remark]:
    """Classes without rows."""
    context = view.context
    support = view.summary.counts.support
    absent = [name for name, rows in zip(context.classes, support, strict=True) if not rows]
    if absent:
        where = "any row" if context.task.several_labels else "the labels"
        yield Remark(
            f"{len(absent)} of {context.k} {_noun(view)} do not occur in {where}, so their recall is "
            f"undefined: {join_names(absent)}"
        )


@note("never-predicted")
def never_predicted(view: View) -> Iterator[Remark]:
    """Classes that the model never predicts."""
    context = view.context
    counts = view.summary.counts
    rows = zip(context.classes, counts.support, counts.predicted_counts, strict=True)
    never = [name for name, support, predicted in rows if support and not predicted]
    if never:
        yield Remark(
            f"{len(never)} of {context.k} {_noun(view)} are never predicted, so their recall is 0: "
            f"{join_names(never)}"
        )


def _without_means(view: View) -> str | None:
    undefined = [f"f1_{average}" for average in ("macro", "weighted") if view.value("f1", average) is None]
    return f"{undefined[0]} is undefined" if undefined else None


@note("macro-far-from-weighted", _without_means)
def macro_far_from_weighted(view: View) -> Iterator[Remark]:
    """Averages that hide the results of rare classes."""
    context, f1 = view.context, METRICS["f1", view.context.task]
    macro, weighted = (view.value("f1", average) for average in ("macro", "weighted"))
    if macro is None or weighted is None or abs(macro - weighted) <= FAR:
        return
    values = [
        (value, name)
        for name in context.classes
        if name not in context.excluded
        and (value := compute(Request(f1, cls=name), view.summary).value) is not None
    ]
    worst, name = min(values)
    yield Remark(
        f"f1_macro {macro:.4f} and f1_weighted {weighted:.4f} differ: rare {_noun(view)} do "
        f"{'worse' if macro < weighted else 'better'}, which f1_weighted hides; lowest is {escape(name)!r} "
        f"with {worst:.4f}"
    )


@note("class-imbalance", single_class)
def class_imbalance(view: View) -> Iterator[Remark]:
    """Accuracy explained by a dominant class."""
    yield from _hardly_better(view, imbalanced=True)


@note("hardly-better-than-one-class", single_class)
def hardly_better_than_one_class(view: View) -> Iterator[Remark]:
    """Accuracy explained by one class, though none is dominant."""
    yield from _hardly_better(view, imbalanced=False)


def _hardly_better(view: View, imbalanced: bool) -> Iterator[Remark]:
    counts = view.counts
    share, accuracy = float(np.max(counts.support)) / counts.n, counts.correct / counts.n
    if (share > IMBALANCED) is not imbalanced or share <= 0.5 or accuracy > share + HARDLY * (1 - share):
        return
    others = []
    for name in ("balanced_accuracy", "mcc"):
        value = view.value(name)
        others.append(f"{name} {'undefined' if value is None else f'{value:.4f}'}")
    how = "barely better" if accuracy > share else "no better"
    largest = escape(view.context.classes[int(np.argmax(counts.support))])
    yield Remark(
        f"accuracy {accuracy:.4f} is {how} than always predicting {largest!r} ({share:.4f}); "
        f"{', '.join(others)}"
    )


def _single_bin(view: View) -> str | None:
    binary = view.context.positive is not None
    return "this check needs more than one bin (--bins)" if binary and view.context.bins < 2 else None


@note("over-confident", _single_bin)
def over_confident(view: View) -> Iterator[Remark]:
    """Probabilities above the observed frequencies, or too extreme."""
    yield from _miscalibrated(view, 1)


@note("under-confident", _single_bin)
def under_confident(view: View) -> Iterator[Remark]:
    """Probabilities below the observed frequencies, or not extreme enough."""
    yield from _miscalibrated(view, -1)


def _miscalibrated(view: View, sign: int) -> Iterator[Remark]:
    """``sign``: 1 for over-confidence, -1 for under-confidence."""
    bins, positive = view.bins, view.context.positive
    if bins is None:
        return
    n = float(bins.count.sum())
    confidence, outcome = float(bins.confidence.sum()) / n, float(bins.hits.sum()) / n
    gap = confidence - outcome
    least = max(MISCALIBRATED, SIGMAS * np.sqrt(max(confidence * (1 - confidence), 0.0) / n))
    if sign * gap > least and positive is None:
        yield Remark(
            f"mean confidence {confidence:.4f}, accuracy of these predictions {outcome:.4f}: probabilities "
            f"{'overstate' if sign > 0 else 'understate'} how often predictions are correct"
        )
    elif sign * gap > least and positive is not None:
        name = escape(view.context.classes[positive])
        yield Remark(
            f"mean probability of {name!r} {confidence:.4f}, its share of the rows {outcome:.4f}: "
            f"probabilities {'overstate' if sign > 0 else 'understate'} how often it occurs"
        )
    if positive is None or abs(gap) > least:
        return
    # right on average; each half of the bins may still be too extreme, or not extreme enough
    half = len(bins.count) // 2
    low, high = (
        float((bins.confidence - bins.hits)[part].sum()) / n for part in (slice(half), slice(-half, None))
    )
    if half and sign * (high - low) > least:
        yield Remark(
            f"probabilities are on average {abs(high - low):.4f} {'more' if sign > 0 else 'less'} extreme "
            f"than the outcomes: high ones are too {'high' if sign > 0 else 'low'} and low ones too "
            f"{'low' if sign > 0 else 'high'}"
        )


def _coverages(view: View) -> Iterator[tuple[Coverage, CoverageCounts]]:
    for statistic in view.summary.finished:
        if isinstance(statistic, Coverage) and view.summary[statistic].total:
            yield statistic, view.summary[statistic]


def _between(statistic: Coverage) -> str:
    return f"q_{statistic.low:g} and q_{statistic.high:g}"


@note("crossed-quantiles")
def crossed_quantiles(view: View) -> Iterator[Remark]:
    """Lower quantiles above higher ones."""
    for statistic, state in _coverages(view):
        if state.width.mean < 0:
            yield Remark(
                f"{_between(statistic)} are crossed: their mean distance is {state.width.mean:.4g}, so the "
                "interval between them is empty"
            )


@note("interval-coverage")
def interval_coverage(view: View) -> Iterator[Remark]:
    """Prediction intervals whose coverage is not nominal."""
    for statistic, state in _coverages(view):
        share, observed = statistic.high - statistic.low, state.inside / state.total
        least = max(MISCALIBRATED, SIGMAS * np.sqrt(share * (1 - share) / view.rows))
        if state.width.mean >= 0 and abs(observed - share) > least:
            yield Remark(
                f"{observed:.4f} of the rows fall between {_between(statistic)}; expected {share:g}: the "
                f"intervals are too {'narrow' if observed < share else 'wide'}"
            )


def _moments(view: View) -> CoMoments | None:
    """Moments of true and predicted values, if the errors are also known."""
    return view.summary.get(JointMoments()) if RowLoss("squared") in view.summary else None


@note("worse-than-the-mean")
def worse_than_the_mean(view: View) -> Iterator[Remark]:
    """Errors above those of a constant prediction."""
    moments = _moments(view)
    r2 = None if moments is None else view.value("r2")
    if moments is not None and r2 is not None and r2 < 0:
        yield Remark(f"r2 {r2:.4f}: always predicting the mean, {moments.x.mean:.6g}, has the lower error")


@note("constant-prediction")
def constant_prediction(view: View) -> Iterator[Remark]:
    """One value for every row."""
    moments = _moments(view)
    squared = view.summary.get(RowLoss("squared"))
    if moments is not None and moments.y.constant and squared is not None and squared.loss.mean:
        yield Remark(f"every predicted value is {moments.y.mean:.6g}: correlations are undefined")


def _unknown_threshold(view: RunView) -> str | None:
    given, tuned = view.options.threshold, view.options.tuned
    if tuned is None:
        number = "a threshold given as a number has no record of the rows that it was chosen on"
        return number if given is not None else None
    files = [] if view.source is None else view.source.predictions
    known = view.source is not None and (view.source.fingerprint or any(file.sha256 for file in files))
    return None if known else "the files were not hashed"


@file_note("tuned-on-these-rows", _unknown_threshold)
def tuned_on_these_rows(view: RunView) -> Iterator[Remark]:
    """A threshold that was chosen on the scored rows."""
    tuned, source = view.options.tuned, view.source
    if tuned is None or source is None:
        return
    digests = {file.sha256 for file in source.predictions}
    if digests & tuned.digests or (tuned.fingerprint and tuned.fingerprint == source.fingerprint):
        yield Remark(
            f"the threshold of {escape(tuned.path)} was tuned on these rows, so these numbers are optimistic"
        )
