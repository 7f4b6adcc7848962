"""What the scores are: clipped, constant or tied values, scores of another kind or of another class."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evalcli.blocks import ScoreKind
from evalcli.engine.notes.registry import Remark
from evalcli.engine.notes.view import View, note
from evalcli.findings import Hint, use
from evalcli.inputs.score_scale import says_probabilities
from evalcli.statistics import AreaSums
from evalcli.text import escape, join_names

TIES = 0.05
"""Share of pairs of rows of different classes with the same score."""
SIGMAS = 3.0
"""How many standard deviations from chance a difference has to be."""
A_DECADE = 0.6
"""How many more for each ten times as many classes that are looked at."""
SATURATED = 0.5
"""Share of rows with probabilities of 0 or 1 that rounding explains better than a model."""
HALF = 0.5


@note("rounded-scores")
def rounded_scores(view: View) -> Iterator[Remark]:
    """Probabilities that are barely none."""
    if view.tally.rounded:
        yield Remark(
            f"{view.tally.rounded:,} scores outside [0, 1] by rounding error were clipped", view.tally.rounded
        )


def _not_beside(view: View) -> str | None:
    target = view.target
    stored = not view.has_classes or target.predicted is not None
    return (
        None if stored and target.columns else "the file does not contain both predicted classes and scores"
    )


@note("prediction-differs-from-scores", _not_beside)
def prediction_differs(view: View) -> Iterator[Remark]:
    """Predicted classes that the scores would not predict."""
    count, binary = view.tally.disagreements, view.context.task == "binary"
    if count:
        what = "what a threshold of 0.5 gives" if binary else "the argmax of the scores"
        yield Remark(
            f"{count:,} of {view.tally.scored:,} predicted classes are not {what}: metrics of classes and "
            "of scores describe different predictions",
            count,
            hint=use("to predict from the scores", threshold="0.5") if binary else None,
        )


@note("logits-under-prob-name")
def logits_under_prob_name(view: View) -> Iterator[Remark]:
    """Probabilities by name alone."""
    scale, prefix = view.score_scale, view.inputs.roles.prefix
    if (
        view.options.scores == "auto"
        and says_probabilities(prefix)
        and scale.kind in (ScoreKind.LOGITS, ScoreKind.LOG_PROBABILITIES)
    ):
        yield Remark(f"columns named {escape(prefix or '')}* are read as {scale.kind} ({scale.why})")


@note("clipped-probabilities")
def clipped_probabilities(view: View) -> Iterator[Remark]:
    """Probabilities whose logarithm is infinite."""
    if view.loss is not None and view.loss.clipped:
        what = "some label" if view.context.task == "multilabel" else "the true class"
        yield Remark(f"{view.loss.clipped:,} rows give {what} a probability of 0 or 1; clipped for log_loss")


def _ranked(view: View) -> list[tuple[str, AreaSums]]:
    """Each class that is ranked, with pairs to rank."""
    ranking = view.context.states.get(view.context.ranking)
    if ranking is None:
        return []
    names = (view.context.classes[c] for c in ranking.state.columns)
    return [(name, sums) for name, sums in zip(names, ranking.sums, strict=True) if sums.pairs]


@note("auc-below-chance")
def auc_below_chance(view: View) -> Iterator[Remark]:
    """Scores that rank a class's rows below the others."""
    named = _ranked(view)
    low = []
    for name, sums in named:
        chance = np.sqrt((sums.positives + sums.negatives + 1) / (12 * sums.pairs))
        if sums.roc_auc < 0.5 - (SIGMAS + np.log10(len(named)) * A_DECADE) * chance:
            low.append((sums.roc_auc, name))
    if low:
        value, name = min(low)
        more = f" and {len(low) - 1} more" if len(low) > 1 else ""
        yield Remark(
            f"roc_auc {value:.4f} of {escape(name)!r}{more} is below 0.5: the scores seem to be of another "
            "class",
            hint=_other(view),
        )


def _other(view: View) -> Hint | str:
    """How to take the other class as the positive one."""
    positive, classes = view.context.positive, view.context.classes
    if positive is None:
        return "check which class each score column is of"
    if view.target.width != 1:
        return "check which class each score column is of, and the labels"
    other = classes[1 - positive]
    return use(f"if the scores are those of {escape(other)}", positive=other)


@note("many-ties")
def many_ties(view: View) -> Iterator[Remark]:
    """Scores with few values."""
    tied = [(sums.tied_pairs / sums.pairs, name) for name, sums in _ranked(view)]
    if tied and max(tied)[0] > TIES:
        share, name = max(tied)
        yield Remark(
            f"{share:.1%} of the pairs of a row of {escape(name)!r} and another have the same score; "
            "they count half in roc_auc"
        )


@note("constant-scores")
def constant_scores(view: View) -> Iterator[Remark]:
    """Columns that say nothing."""
    spans, target = view.tally.spans, view.target
    if spans is None or "scores" not in view.context.available or not target.columns:
        return
    still = np.flatnonzero(spans[0] == spans[1])
    if len(still):
        named = list(target.columns) if len(target.columns) == target.width else []
        which = [named[j] if named else f"number {j + 1}" for j in still.tolist()]
        yield Remark(
            f"{len(still)} of {target.width} score columns are constant and rank no rows: "
            + join_names(which),
            len(still),
        )


@note("score-above-half")
def score_above_half(view: View) -> Iterator[Remark]:
    """A score that may be the confidence of the predicted class."""
    spans, target = view.tally.spans, view.target
    if spans is None or target.width != 1 or view.score_scale.kind is not ScoreKind.PROBABILITIES:
        return
    if target.columns and spans[0][0] >= HALF and np.count_nonzero(view.context.support) > 1:
        yield Remark(
            f"no score in {escape(target.columns[0])} is below one half: it may be the confidence of the "
            "predicted class"
        )


@note("saturated-scores")
def saturated_scores(view: View) -> Iterator[Remark]:
    """Probabilities that are all or nothing."""
    loss, scored = view.loss, view.tally.scored
    shares = view.score_scale.kind is ScoreKind.PROBABILITIES and view.tally.spans is not None
    if loss is not None and shares and view.target.columns and loss.clipped > SATURATED * scored:
        yield Remark(
            f"{loss.clipped:,} of {scored:,} rows have probabilities of exactly 0 or 1: they are rounded, or "
            "predicted classes in place of scores",
            int(loss.clipped),
        )
