"""Notes on scores: clipped, constant or tied values, scores of another kind or of another class."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from evalcli.blocks import ScoreKind
from evalcli.engine.notes.registry import Remark
from evalcli.engine.notes.view import RunView, View, file_note, note
from evalcli.findings import Hint, use
from evalcli.inputs.score_scale import says_probabilities
from evalcli.statistics import AreaSums
from evalcli.statistics.score_bins import BINS
from evalcli.text import escape, join_names

TIES = 0.05
"""Minimum share of tied pairs of rows of different classes."""
SIGMAS = 3.0
"""Minimum difference from chance, in standard deviations."""
A_DECADE = 0.6
"""How many more for ten times as many classes."""
SATURATED = 0.5
"""Minimum share of rows with probabilities of 0 or 1."""
HALF = 0.5


@note("rounded-scores")
def rounded_scores(view: View) -> Iterator[Remark]:
    """Probabilities outside [0, 1] by rounding error."""
    if view.tally.rounded:
        yield Remark(
            f"{view.tally.rounded:,} scores outside [0, 1] by rounding error were clipped", view.tally.rounded
        )


def _not_beside(view: View) -> str | None:
    both = view.facts.beside and view.facts.columns
    return None if both else "the file does not contain both predicted classes and scores"


@note("prediction-differs-from-scores", _not_beside)
def prediction_differs(view: View) -> Iterator[Remark]:
    """Predicted classes that contradict the scores."""
    count, binary = view.tally.disagreements, view.context.task.has_positive
    if count:
        what = "what a threshold of 0.5 gives" if binary else "the argmax of the scores"
        yield Remark(
            f"{count:,} of {view.tally.scored:,} predicted classes are not {what}: metrics of classes and "
            "of scores describe different predictions",
            count,
            hint=use("to predict from the scores", threshold="0.5") if binary else None,
        )


@file_note("logits-under-prob-name")
def logits_under_prob_name(view: RunView) -> Iterator[Remark]:
    """Columns named as probabilities that are not."""
    scale, prefix = view.score_scale, view.inputs.roles.prefix
    if (
        view.options.scores == "auto"
        and says_probabilities(prefix)
        and scale.kind in (ScoreKind.LOGITS, ScoreKind.LOG_PROBABILITIES)
    ):
        yield Remark(f"columns named {escape(prefix or '')}* are read as {scale.kind} ({scale.why})")


@note("clipped-probabilities")
def clipped_probabilities(view: View) -> Iterator[Remark]:
    """Probabilities with an infinite logarithm."""
    if view.loss is not None and view.loss.clipped:
        what = "some label" if view.context.task.several_labels else "the true class"
        yield Remark(
            f"{view.loss.clipped:,} rows have a probability of 0 or 1 for {what}; clipped for log_loss"
        )


def _ranked(view: View) -> list[tuple[str, AreaSums]]:
    """Each ranked class with both positives and negatives, and its sums."""
    ranking = view.summary.get(view.context.ranking)
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
    """How to make the other class the positive one."""
    positive, classes = view.context.positive, view.context.classes
    if positive is None:
        return "check which class each score column is of"
    if view.facts.width != 1:
        return "check which class each score column is of, and the labels"
    other = classes[1 - positive]
    return use(f"if the scores are those of {escape(other)}", positive=other)


@note("certified-ranking")
def certified_ranking(view: View) -> Iterator[Remark]:
    """Areas from counts in bins, and how far the worst of a class may be off."""
    ranking = view.summary.get(view.context.ranking)
    if ranking is None or ranking.bounds is None:
        return
    values = np.stack([ranking.roc_auc, ranking.average_precision], axis=1)
    off = np.maximum(ranking.bounds[..., 1] - values, values - ranking.bounds[..., 0])
    if np.isnan(off).all(axis=0).any():
        return
    auc, precision = np.nanmax(off, axis=0).tolist()
    yield Remark(
        f"scores were counted in {BINS:,} bins: roc_auc of a class is exact to {auc:.1e}, average_precision "
        f"to {precision:.1e}"
    )


@note("many-ties")
def many_ties(view: View) -> Iterator[Remark]:
    """Scores with many ties."""
    tied = [(sums.tied_pairs / sums.pairs, name) for name, sums in _ranked(view)]
    if tied and max(tied)[0] > TIES:
        share, name = max(tied)
        yield Remark(
            f"{share:.1%} of the pairs of a row of {escape(name)!r} and another have the same score; "
            "they count half in roc_auc"
        )


@note("constant-scores")
def constant_scores(view: View) -> Iterator[Remark]:
    """Constant score columns."""
    spans, facts = view.tally.spans, view.facts
    if spans is None or "scores" not in view.context.available or not facts.columns:
        return
    constant = np.flatnonzero(spans[0] == spans[1])
    if len(constant):
        named = list(facts.columns) if len(facts.columns) == facts.width else []
        which = [named[j] if named else f"number {j + 1}" for j in constant.tolist()]
        yield Remark(
            f"{len(constant)} of {facts.width} score columns are constant and rank no rows: "
            + join_names(which),
            len(constant),
        )


@note("score-above-half")
def score_above_half(view: View) -> Iterator[Remark]:
    """A score that may be the confidence of the predicted class."""
    spans, facts = view.tally.spans, view.facts
    if spans is None or facts.width != 1 or facts.kind is not ScoreKind.PROBABILITIES:
        return
    if facts.columns and spans[0][0] >= HALF and np.count_nonzero(view.summary.support) > 1:
        yield Remark(
            f"no score in {escape(facts.columns[0])} is below one half: it may be the confidence of the "
            "predicted class"
        )


@note("saturated-scores")
def saturated_scores(view: View) -> Iterator[Remark]:
    """Probabilities of exactly 0 or 1."""
    loss, scored = view.loss, view.tally.scored
    shares = view.facts.kind is ScoreKind.PROBABILITIES and view.tally.spans is not None
    if loss is not None and shares and view.facts.columns and loss.clipped > SATURATED * scored:
        yield Remark(
            f"{loss.clipped:,} of {scored:,} rows have probabilities of exactly 0 or 1: they are rounded, or "
            "predicted classes in place of scores",
            int(loss.clipped),
        )
