"""What a good colleague would point at, from the same states; nothing when there is nothing to say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from evalcli.blocks import ScoreKind
from evalcli.blocks.base import overflow_to_infinity
from evalcli.engine.notes.columns import column_notes
from evalcli.engine.notes.files import file_notes
from evalcli.engine.result import PassResult
from evalcli.engine.run import Run
from evalcli.findings import Finding
from evalcli.inputs.open import Inputs
from evalcli.inputs.score_scale import says_probabilities
from evalcli.inputs.tally import RowTally
from evalcli.intervals.methods import FEWEST_GROUPS
from evalcli.metrics import METRICS, Context, Request, compute
from evalcli.report.notes import note
from evalcli.report.provenance import Provenance
from evalcli.statistics import (
    Calibration,
    CalibrationBins,
    Confusion,
    Coverage,
    JointMoments,
    LogLoss,
    RowLoss,
    Size,
)
from evalcli.text import escape, join_names

HARDLY = 0.1
"""Accuracy that closes less than this part of the gap between the largest class's share and 1."""
TIES = 0.05
"""Share of pairs of rows of different classes with the same score."""
MISCALIBRATED = 0.05
"""Mean confidence less mean outcome."""
SIGMAS = 3.0
"""How many standard deviations from chance a difference has to be."""
A_DECADE = 0.6
"""How many more for each ten times as many classes that are looked at."""
FEW, FEW_SHARE = 30, 0.1
"""Effective rows under which weights are worth a word, and their share of the rows."""
IMBALANCED = 0.6
"""Share of the largest class."""
FAR = 0.1
"""Macro F1 from weighted F1."""


@overflow_to_infinity
def notes(run: Run, result: PassResult) -> tuple[Finding, ...]:
    """What the files and the states say."""
    context, target = result.context, run.target
    collected = [*_of_files(run, result), *_of_scores(context)]
    collected += file_notes(run, result)
    if target.assumed:
        collected.insert(
            0, note("order-assumed", target.assumed, hint="--classes names them in the columns' order")
        )
    if context.classes:
        collected += _of_classes(context)
    if context.task in ("binary", "multiclass"):
        collected += _of_perfection(context, run.inputs)
        collected += [*_of_accuracy(context), *_of_calibration(context)]
    if context.task == "regression":
        collected += _of_reals(context, result.size.effective)
    return tuple(collected)


def option_notes(run: Run, source: Provenance) -> Iterator[Finding]:
    """What the options ask for that these rows do not bear. ``source``: of the report."""
    groups, tuned = run.context.groups, run.options.tuned
    if groups is not None and groups < FEWEST_GROUPS:
        yield note(
            "few-groups",
            f"{groups} groups by {escape(run.options.group or '')} are too few for intervals: at least "
            f"{FEWEST_GROUPS}",
            groups,
        )
    if tuned is None:
        return
    digests = {file.sha256 for file in source.predictions}
    if digests & tuned.digests or (tuned.fingerprint and tuned.fingerprint == source.fingerprint):
        yield note(
            "tuned-on-these-rows",
            f"the threshold of {escape(tuned.path)} was chosen on these rows, which flatters their figures",
            hint="choose it on validation data, and score test data",
        )


def _of_files(run: Run, result: PassResult) -> Iterator[Finding]:
    context, inputs, score_scale, tally = result.context, run.inputs, run.score_scale, result.tally
    for source in (inputs.predictions, inputs.labels):
        for remark in source.remarks if source is not None else ():
            yield replace(remark, message=escape(remark.message))
    yield from _of_rows(run, result)
    yield from column_notes(run, result)
    if tally.rounded:
        yield note(
            "rounded-scores",
            f"{tally.rounded:,} scores a rounding error outside [0, 1] were clipped",
            tally.rounded,
        )
    if tally.disagreements:
        yield note(
            "prediction-differs-from-scores",
            f"{tally.disagreements:,} of {tally.scored:,} stored predicted classes are not "
            + ("what a threshold of 0.5 gives" if context.task == "binary" else "the argmax"),
            tally.disagreements,
        )
    prefix = inputs.roles.prefix
    set_by_user = score_scale.why.startswith("as told")
    if (
        not set_by_user
        and says_probabilities(prefix)
        and score_scale.kind
        in (
            ScoreKind.LOGITS,
            ScoreKind.LOG_PROBABILITIES,
        )
    ):
        yield note(
            "logits-under-prob-name",
            f"columns named {prefix}* hold {score_scale.kind} ({score_scale.why})",
            hint="--scores says what they are",
        )


def _of_rows(run: Run, result: PassResult) -> Iterator[Finding]:
    tally, matching, effective = result.tally, run.matching, result.size.effective
    if run.context.gaps and tally.gaps[1]:
        yield _of_gaps(result.context, tally)
    for reason, count in tally.dropped.items():
        sample = tally.examples[reason]
        yield note(
            reason.replace("_", "-"),
            f"{count:,} of {tally.rows:,} rows dropped: {reason.replace('_', ' ')}",
            count,
            tuple(row + 1 for row in sample.rows),
        )
    if matching is not None and matching.unmatched_labels:
        left = matching.unmatched_labels
        yield note(
            "labels-without-prediction",
            f"{left:,} of {len(matching.index):,} labels have no prediction and were left out",
            left,
        )
    if run.context.weighted and effective < max(FEW, tally.scored * FEW_SHARE):
        yield note(
            "few-effective-rows",
            f"by their weights the {tally.scored:,} rows tell as much as {effective:,.1f} equal ones",
        )
    if tally.unsummed:
        yield note("row-sums", f"{tally.unsummed:,} of {tally.scored:,} rows do not sum to 1", tally.unsummed)


def _of_gaps(context: Context, tally: RowTally) -> Finding:
    cells, count = tally.gaps
    rows = sorted(tally.scored - context.rows_without(name) for name in context.classes)
    return note(
        "label-gaps",
        f"{cells:,} labels of {count:,} rows are missing: each label is scored over its own rows, "
        f"{rows[0]:,} to {rows[-1]:,} of {tally.scored:,}",
        count,
        tuple(row + 1 for row in tally.examples["gaps"].rows),
    )


def _of_scores(context: Context) -> Iterator[Finding]:
    loss = context.states.get(LogLoss())
    if loss is not None and loss.clipped:
        what = "some label" if context.task == "multilabel" else "the true class"
        yield note(
            "clipped-probabilities",
            f"{loss.clipped:,} rows give {what} a probability of 0 or 1; clipped for log_loss",
        )
    ranking = context.states.get(context.ranking)
    # weighted pairs have no plain distribution under chance
    if ranking is None or context.weighted:
        return
    named = list(zip((context.classes[c] for c in ranking.state.columns), ranking.sums, strict=True))
    low = []
    for name, sums in named:
        if sums.pairs:
            chance = np.sqrt((sums.positives + sums.negatives + 1) / (12 * sums.pairs))
            if sums.roc_auc < 0.5 - (SIGMAS + np.log10(len(named)) * A_DECADE) * chance:
                low.append((sums.roc_auc, name))
    if low:
        value, name = min(low)
        more = f" and {len(low) - 1} more" if len(low) > 1 else ""
        yield note(
            "auc-below-chance",
            f"roc_auc {value:.4f} of {escape(name)!r}{more} is below 0.5: scores of the wrong class?",
            hint=_other(context),
        )
    tied = [(sums.tied_pairs / sums.pairs, name) for name, sums in named if sums.pairs]
    if tied and max(tied)[0] > TIES:
        share, name = max(tied)
        yield note(
            "many-ties",
            f"{share:.1%} of the pairs of a row of {escape(name)!r} and another have the same score; "
            "they count half in roc_auc",
        )


def _other(context: Context) -> str | None:
    """How to take the other class for the positive one."""
    if context.positive is None:
        return None
    return f"--positive {escape(context.classes[1 - context.positive])} if it is that one's"


def _of_classes(context: Context) -> Iterator[Finding]:
    counts = context.states[context.counts]
    what = "labels" if context.task == "multilabel" else "classes"
    absent = [name for name, rows in zip(context.classes, counts.support, strict=True) if not rows]
    if absent:
        where = "any row" if context.task == "multilabel" else "the labels"
        yield note(
            "absent-classes",
            f"{len(absent)} of {context.k} {what} do not occur in {where}: {join_names(absent)}",
        )
    never = [
        c
        for c, s, p in zip(context.classes, counts.support, counts.predicted_counts, strict=True)
        if s and not p
    ]
    if never:
        yield note(
            "never-predicted", f"{len(never)} of {context.k} {what} are never predicted: {join_names(never)}"
        )
    if context.task == "binary":
        return
    macro, weighted = (
        compute(Request(METRICS["f1"], average), context).value for average in ("macro", "weighted")
    )
    if macro is not None and weighted is not None and abs(macro - weighted) > FAR:
        values = [
            (value, name)
            for name in context.classes
            if name not in context.excluded
            and (value := compute(Request(METRICS["f1"], cls=name), context).value) is not None
        ]
        worst, name = min(values)
        yield note(
            "macro-far-from-weighted",
            f"f1_macro {macro:.4f} and f1_weighted {weighted:.4f} differ: rare {what} do "
            f"{'worse' if macro < weighted else 'better'}; lowest is {escape(name)!r} with {worst:.4f}",
        )


def _of_perfection(context: Context, inputs: Inputs) -> Iterator[Finding]:
    """Predictions that are the labels in every row, which are seldom a model's."""
    counts = context.states[Confusion()]
    rows = context.states[Size()].rows
    if rows >= FEW and counts.correct == counts.n and np.count_nonzero(counts.support) > 1:
        truth = escape(inputs.roles.truth[0])
        yield note(
            "perfect-prediction",
            f"every prediction is the label in {truth}: are the labels the model's own?",
            hint="--label-col names another column of labels",
        )


def _of_accuracy(context: Context) -> Iterator[Finding]:
    counts = context.states[Confusion()]
    share = float(np.max(counts.support)) / counts.n
    accuracy = counts.correct / counts.n
    if share <= 0.5 or share == 1 or accuracy > share + HARDLY * (1 - share):
        return
    others = []
    for name in ("balanced_accuracy", "mcc"):
        value = compute(Request(METRICS[name]), context).value
        others.append(f"{name} {'undefined' if value is None else f'{value:.4f}'}")
    how = "hardly better" if accuracy > share else "no better"
    yield note(
        "class-imbalance" if share > IMBALANCED else "hardly-better-than-one-class",
        f"accuracy {accuracy:.4f} is {how} than always saying "
        f"{escape(context.classes[int(np.argmax(counts.support))])!r} ({share:.4f}); {', '.join(others)}",
    )


def _of_calibration(context: Context) -> Iterator[Finding]:
    bins = context.states.get(Calibration(context.bins))
    if bins is None or not bins.count.sum():
        return
    n = float(bins.count.sum())
    confidence, outcome = float(bins.confidence.sum()) / n, float(bins.hits.sum()) / n
    gap = confidence - outcome
    noise = np.sqrt(max(confidence * (1 - confidence), 0.0) / n)
    if abs(gap) <= max(MISCALIBRATED, SIGMAS * noise):
        if context.positive is not None:
            yield from _of_extremes(bins, n, noise)
        return
    code = "over-confident" if gap > 0 else "under-confident"
    if context.positive is None:
        yield note(code, f"mean confidence {confidence:.4f}, accuracy of these predictions {outcome:.4f}")
    else:
        name = escape(context.classes[context.positive])
        yield note(
            code, f"mean probability of {name!r} {confidence:.4f}, its share of the rows {outcome:.4f}"
        )


def _of_extremes(bins: CalibrationBins, n: float, noise: float) -> Iterator[Finding]:
    """Binary probabilities that are right on average, but too near to 0 and 1 or too far from them."""
    half = len(bins.count) // 2
    low, high = (
        float((bins.confidence - bins.hits)[part].sum()) / n for part in (slice(half), slice(-half, None))
    )
    gap = high - low
    if half and abs(gap) > max(MISCALIBRATED, SIGMAS * noise):
        code, what = ("over-confident", "too near to") if gap > 0 else ("under-confident", "too far from")
        yield note(code, f"probabilities lie {what} 0 and 1, by {abs(gap):.4f} on average")


def _of_quantiles(context: Context, rows: float) -> Iterator[Finding]:
    for statistic, state in context.states.items():
        if not isinstance(statistic, Coverage) or not state.total:
            continue
        share, observed = statistic.high - statistic.low, state.inside / state.total
        between = f"q_{statistic.low:g} and q_{statistic.high:g}"
        if state.width.mean < 0:
            yield note(
                "crossed-quantiles", f"{between} are crossed: their mean distance is {state.width.mean:.4g}"
            )
        elif abs(observed - share) > max(MISCALIBRATED, SIGMAS * np.sqrt(share * (1 - share) / rows)):
            yield note(
                "interval-coverage", f"{observed:.4f} of the rows lie between {between}: {share:g} should"
            )


def _of_reals(context: Context, rows: float) -> Iterator[Finding]:
    yield from _of_quantiles(context, rows)
    spread, squared = context.states.get(JointMoments()), context.states.get(RowLoss("squared"))
    if spread is None or squared is None:
        return
    r2 = compute(Request(METRICS["r2"]), context).value
    if r2 is not None and r2 < 0:
        yield note(
            "worse-than-the-mean",
            f"r2 {r2:.4f}: always predicting the mean of the truth, {spread.x.mean:.6g}, has the lower error",
        )
    if squared.loss.mean == 0:
        yield note("perfect-prediction", "every predicted value is exactly the true one: the same column?")
    elif spread.y.constant:
        yield note("constant-prediction", f"every predicted value is {spread.y.mean:.6g}")
