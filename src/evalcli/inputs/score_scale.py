"""The scale of scores: probabilities, logits, log-probabilities or raw. Decided once per run."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, ScoreKind
from evalcli.blocks.base import overflow_to_infinity
from evalcli.errors import EXAMPLES, AmbiguousInput, InputError, unknown_choice
from evalcli.findings import Blank, Hint, Place, use
from evalcli.inputs.choices import PERCENTAGES, SCALES
from evalcli.inputs.class_names import numeric_values
from evalcli.inputs.open import Inputs
from evalcli.inputs.pieces import scores_of
from evalcli.inputs.stream import Stream
from evalcli.inputs.truth import Truth
from evalcli.loaders.source import Source
from evalcli.tasks import Task
from evalcli.text import join_names

OUTSIDE = 1e-6
"""Maximum distance of a single probability from [0, 1] for a rounding error."""
OUTSIDE_IN_ROW = 1e-3
"""The same for half floats, and if all rows sum to 1: files contain softmax outputs of 1.00002."""
ROW_SUM = 1.5e-2
"""Maximum distance of a row's sum from 1, enough for a few values rounded to two or three digits."""
NEARLY_ALL = 0.9
"""Proportion of rows that determines the scale, so that the other rows are errors."""
WHOLE = 100.0
FIRST = 1000
"""Number of first rows that show to how many digits values are rounded."""
FEW = 10
"""Number of rows from which a single column without negative values is unlikely to be logits."""


class ScoreScale(Struct, frozen=True):
    """``why``: one clause for the report. ``outside``: maximum distance of probabilities from [0, 1].

    ``sums``: maximum distance of a later row's sum from 1, detected in the first rows; 0 without a limit.
    ``scale``: divisor of the scores.
    """

    kind: ScoreKind
    why: str
    outside: float = OUTSIDE
    sums: float = 0.0
    scale: float = 1.0

    @property
    def set_by_user(self) -> bool:
        """Whether the user specified probabilities."""
        return self.kind is ScoreKind.PROBABILITIES and self.why.endswith("set with --scores")

    def validate(self, scores: Array, spans: Array, place_of: Callable[[int], Place]) -> int:
        """Refuse finite scores (m, n) that contradict the scale; return the number of rounding errors.

        ``spans``: lowest and highest value of each class, (2, m). ``place_of``: place of a row, for messages.
        """
        if not scores.size or self.kind in (ScoreKind.LOGITS, ScoreKind.RAW):
            return 0
        top, outside = float(spans[1].max()), self.outside
        if self.kind is ScoreKind.LOG_PROBABILITIES:
            if top > outside:
                raise self._contradiction(scores, scores > outside, place_of)
            return int(np.count_nonzero(scores > 0)) if top > 0 else 0
        low = float(spans[0].min())
        if low < -outside or top > 1 + outside:
            raise self._contradiction(scores, (scores < -outside) | (scores > 1 + outside), place_of)
        if self.sums:
            off = np.abs(scores.sum(axis=0) - 1) > self.sums
            if off.any():
                raise self._contradiction(scores, np.broadcast_to(off, scores.shape), place_of)
        if low < 0 or top > 1:
            return int(np.count_nonzero((scores < 0) | (scores > 1)))
        return 0

    def _contradiction(self, scores: Array, bad: Array, place_of: Callable[[int], Place]) -> InputError:
        row = int(np.argmax(bad.any(axis=0)))
        return InputError(
            f"these scores cannot be {self.kind}, the scale of the file ({self.why})",
            where=place_of(row),
            found=_row(scores[:, row]),
            hint="fix these rows" | use("with the scale of all rows", scores=Blank("KIND")),
            code="scores-contradict",
        )


def usable_rows(scores: Array, kind: ScoreKind | None, exclusive: bool) -> Array:
    """Rows with valid scores, (n,), bool: finite ones, and infinite ones that mean certainty.

    A logit or log-probability of -inf is a probability of 0, a logit of +inf is a probability of 1.
    ``exclusive``: a row has one class, so that one class must be possible, and at most one certain.
    """
    finite = np.isfinite(scores)
    if kind in (ScoreKind.LOGITS, ScoreKind.LOG_PROBABILITIES):
        finite |= np.isneginf(scores)
    if kind is ScoreKind.LOGITS:
        finite |= np.isposinf(scores)
    usable = np.asarray(finite.all(axis=0))
    if exclusive and len(scores) > 1:
        usable &= (scores > -np.inf).any(axis=0) & (np.isposinf(scores).sum(axis=0) < 2)
    return usable


def _row(values: Array) -> str:
    more = f" ... ({len(values)} values, sum {values.sum():.6g})" if len(values) > 1 else ""
    return " ".join(f"{v:.6g}" for v in values[:6]) + more


def detect_scale(
    asked: str,
    scores: Array,
    prefix: str,
    place_of: Callable[[int], Place],
    eps: float,
    exclusive: bool = True,
    otherwise: Hint | None = None,
) -> ScoreScale:
    """Detect the scale from the first block of scores, (m, n), finite.

    ``eps``: resolution of the file's float type. ``exclusive``: a row has one class, so that probabilities
    sum to 1. ``otherwise``: further hint if the scale is ambiguous.
    """
    if asked not in SCALES:
        raise unknown_choice("scores", asked, SCALES)
    outside = max(OUTSIDE, min(eps, OUTSIDE_IN_ROW))
    if asked != "auto":
        return _requested_scale(asked, outside, exclusive and len(scores) > 1)
    if not scores.size:
        return ScoreScale(ScoreKind.PROBABILITIES, "no finite score was seen", outside)
    alone = len(scores) == 1 or not exclusive
    logs = _logs(scores, prefix, outside, alone, place_of)
    if logs is not None:
        return logs
    if not prefix.startswith("logit") and _are_percentages(scores, alone, says_probabilities(prefix)):
        raise _percentages(scores, alone, place_of)
    if not prefix.startswith("logit"):
        _refuse_a_few(scores, outside, alone, place_of)
    detected = _of_one(scores, outside) if alone else _of_rows(scores, outside)
    if detected is not None and not (prefix.startswith("logit") and detected.kind is ScoreKind.PROBABILITIES):
        return detected
    if detected is None and prefix.startswith("logit"):
        return ScoreScale(ScoreKind.LOGITS, f"columns named {prefix}*, rows do not sum to 1")
    if detected is not None:
        raise _question(f"{detected.why}, but the columns are named {prefix}*", place_of(0), scores[:, 0])
    sums = sum_to_one(scores)
    row = int(np.argmin(sums))
    off = f"{np.count_nonzero(~sums):,} of the first {len(sums):,} rows do not sum to 1"
    raise _question(
        f"values are in [0, 1], but {off}",
        place_of(row),
        scores[:, row],
        otherwise,
        code="rows-do-not-sum-to-1",
    )


def _logs(
    scores: Array, prefix: str, outside: float, alone: bool, place_of: Callable[[int], Place]
) -> ScoreScale | None:
    """Log-probabilities by the name; a question if only the values suggest them."""
    top = scores.max()
    if says_log_probabilities(prefix):
        if top <= outside:
            return ScoreScale(ScoreKind.LOG_PROBABILITIES, f"named {prefix}, no value above 0", outside)
        what = f"the name {prefix} means log-probabilities, but values are above 0"
        raise _question(what, place_of(0), scores[:, 0])
    may_be = alone and not prefix.startswith("logit") and top <= 0 and scores.shape[1] >= FEW
    if may_be and scores.min() < -1:
        raise _question(
            "no value is above 0, as in log-probabilities",
            place_of(0),
            scores[:, 0],
            use(scores="log-probabilities"),
        )
    return None


def _requested_scale(asked: str, outside: float, in_row: bool) -> ScoreScale:
    """The scale that the user specified. ``in_row``: whether probabilities of a row sum to 1."""
    if asked == PERCENTAGES:
        return ScoreScale(
            ScoreKind.PROBABILITIES, "percentages, set with --scores", OUTSIDE_IN_ROW, scale=WHOLE
        )
    # rows of several columns may still be rounded
    return ScoreScale(ScoreKind(asked), "set with --scores", OUTSIDE_IN_ROW if in_row else outside)


def _percentages(scores: Array, alone: bool, place: Callable[[int], Place]) -> AmbiguousInput:
    """The question whether scores are percentages."""
    sums = scores.sum(axis=0)
    return AmbiguousInput(
        "cannot tell how to read the scores: "
        + ("they may be percentages" if scores.max() <= WHOLE else "no value is below 0, unlike logits"),
        where=place(int(scores.max(axis=0).argmax())),
        found=f"values from {scores.min():.6g} to {scores.max():.6g}"
        + ("" if alone else f", sums from {sums.min():.6g} to {sums.max():.6g}"),
        hint=use(scores=PERCENTAGES) | _unless_positive(scores) | use(scores="raw"),
        code="percentages",
    )


def _unless_positive(scores: Array) -> Hint:
    """Logits, unless no value is below 0."""
    return use(scores="logits") if scores.min() < 0 else Hint(())


def _refuse_a_few(scores: Array, outside: float, alone: bool, place_of: Callable[[int], Place]) -> None:
    """Ask about a few rows that are not probabilities, if all others are: they do not imply logits."""
    outside = outside if alone else OUTSIDE_IN_ROW
    odd = ((scores < -outside) | (scores > 1 + outside)).any(axis=0)
    if not alone:
        odd |= ~sum_to_one(scores)
    count, n = int(np.count_nonzero(odd)), scores.shape[1]
    if count and n >= FEW and count <= (1 - NEARLY_ALL) * n:
        row = int(np.argmax(odd))
        what = "outside [0, 1]" if alone else "not probabilities that sum to 1"
        raise AmbiguousInput(
            f"{count:,} of the first {n:,} rows are {what}, the others are probabilities",
            where=place_of(row),
            found=_row(scores[:, row]),
            hint="fix these rows" | _unless_positive(scores) | use("for scores on any scale", scores="raw"),
            code="rows-do-not-sum-to-1" if not alone else "which-scale",
            count=count,
            rows=[place_of(int(j)).row or 0 for j in np.flatnonzero(odd)[:EXAMPLES]],
        )


def says_log_probabilities(prefix: str) -> bool:
    """Whether the prefix of the columns means log-probabilities."""
    return prefix.replace("_", "").startswith("logprob")


def says_probabilities(prefix: str) -> bool:
    """Whether the prefix of the columns means probabilities."""
    return prefix.startswith(("prob", "softmax")) or prefix in ("p", "p_")


def _are_percentages(scores: Array, alone: bool, probable: bool) -> bool:
    """Whether values may be percentages: logits are sometimes negative, or stay small.

    ``probable``: whether the prefix of the columns means probabilities.
    """
    low, top = float(scores.min()), float(scores.max())
    if low < 0 or top <= 1 + OUTSIDE_IN_ROW:
        return False
    if alone and not probable:
        return scores.shape[1] >= FEW and _share(scores <= 1 + OUTSIDE_IN_ROW) < NEARLY_ALL
    if top > WHOLE * (1 + OUTSIDE_IN_ROW):
        return False
    if probable and scores.shape[1] >= FEW:
        return _share(scores <= 1 + OUTSIDE_IN_ROW) < NEARLY_ALL
    return _share(np.abs(scores.sum(axis=0) - WHOLE) <= WHOLE * tolerance(scores / WHOLE)) >= NEARLY_ALL


def _share(rows: Array) -> float:
    return float(np.count_nonzero(rows)) / max(rows.size, 1)


def _of_one(scores: Array, outside: float) -> ScoreScale:
    if scores.min() < -outside or scores.max() > 1 + outside:
        return ScoreScale(ScoreKind.LOGITS, "values outside [0, 1]")
    return ScoreScale(ScoreKind.PROBABILITIES, "all values in [0, 1]", outside)


def _of_rows(scores: Array, outside: float) -> ScoreScale | None:
    """The scale of rows of several scores; None if it is ambiguous."""
    low, top = float(scores.min()), float(scores.max())
    sums = bool(sum_to_one(scores).all())
    if sums and low >= -OUTSIDE_IN_ROW and top <= 1 + OUTSIDE_IN_ROW:
        why = "values in [0, 1], rows sum to 1"
        return ScoreScale(ScoreKind.PROBABILITIES, why, OUTSIDE_IN_ROW, tolerance(scores))
    if low >= -outside and top <= 1 + outside:
        return None
    if top <= outside and sum_to_one(np.exp(scores, dtype=np.float64)).all():
        return ScoreScale(ScoreKind.LOG_PROBABILITIES, "no value above 0, and their exponentials sum to 1")
    return ScoreScale(ScoreKind.LOGITS, "values outside [0, 1]")


def sum_to_one(scores: Array) -> Array:
    """Which rows sum to 1, (n,)."""
    return np.asarray(np.abs(scores.sum(axis=0) - 1) <= tolerance(scores))


def tolerance(scores: Array) -> float:
    """Maximum distance of row sums from 1: larger if many values are rounded to two or three digits."""
    k = len(scores)
    for digits in (1, 2, 3):
        scaled = scores[:, :FIRST] * 10**digits
        if k * 0.5 / 10**digits > ROW_SUM and (np.abs(scaled - np.rint(scaled)) < 1e-3).all():
            return k * 0.5 / 10**digits
    return ROW_SUM


def _question(
    what: str, where: Place, values: Array, otherwise: Hint | None = None, code: str = "which-scale"
) -> AmbiguousInput:
    return AmbiguousInput(
        f"cannot tell how to read the scores: {what}",
        where=where,
        found=_row(values),
        hint=use(scores="probabilities") | use(scores="logits") | use(scores="raw") | otherwise,
        code=code,
    )


@overflow_to_infinity
def read_kind(inputs: Inputs, stream: Stream, asked: str, task: Task, ranked: bool) -> ScoreScale:
    """Decide the scale of the scores, from the whole first block.

    ``ranked``: whether the columns contain scores, not predicted labels.
    """
    if not stream.columns or not task.has_classes:
        return ScoreScale(ScoreKind.RAW, "no scores")
    scores = scores_of(stream.first, stream.columns, stream.width, inputs.predictions.place)
    place_of: Callable[[int], Place] = partial(inputs.predictions.place, None)
    finite = np.isfinite(scores).all(axis=0)
    if not finite.any():  # they may be logarithms of 0
        finite = (np.isfinite(scores) | np.isneginf(scores)).all(axis=0)
    if not finite.all():
        kept, scores = np.flatnonzero(finite), scores[:, finite]
        place_of = _among(inputs.predictions, kept)
    several = task.several_labels
    if several and not ranked:
        rows = np.flatnonzero(((scores != 0) & (scores != 1)).any(axis=0))
        if not len(rows):
            return ScoreScale(ScoreKind.RAW, "whole numbers 0 and 1")
        raise AmbiguousInput(
            "cannot tell how to read the scores: whole numbers, but not only 0 and 1",
            where=place_of(int(rows[0])),
            found=" ".join(f"{value:g}" for value in scores[:, rows[0]][:6]),
            hint=use(scores="logits") | use(scores="raw"),
        )
    if several and not inputs.sure and len(scores) > 1 and sum_to_one(scores).all():
        raise AmbiguousInput(
            "the labels have columns of their own, but the scores of each row sum to 1",
            where=inputs.place,
            found=f"scores {join_names(stream.columns)}; {_ones(inputs.truth)}",
            hint=use("if a row can have several labels", task="multilabel")
            | use("if each row has one class", task="multiclass"),
            code="one-hot-or-several",
        )
    score_scale = detect_scale(
        asked,
        scores,
        inputs.roles.prefix,
        place_of,
        stream.eps,
        exclusive=not several,
        otherwise=use("if a row can have several labels", task="multilabel") if inputs.indicators else None,
    )
    if task.has_positive and len(scores) == 1 and not inputs.sure and asked == "auto":
        _refuse_numeric_targets(inputs, score_scale)
    return score_scale


def _ones(truth: Truth) -> str:
    """Description of the rows whose label columns have no or several ones."""
    odd = truth.odd_rows() + 1
    if not len(odd):
        return "every row has one label"
    return f"{len(odd):,} rows have none or several labels, first: {join_names(map(str, odd[:5].tolist()))}"


def _among(source: Source, rows: Array) -> Callable[[int], Place]:
    """The function for the place of a row among the selected rows."""
    return lambda row: source.place(None, int(rows[row]))


def _refuse_numeric_targets(inputs: Inputs, score_scale: ScoreScale) -> None:
    """Ask about labels such as 100 and 200, with scores of similar size, that may be numeric targets."""
    if not inputs.truth.usual_task.exclusive or score_scale.kind is not ScoreKind.LOGITS:
        return
    values = numeric_values(inputs.truth.names)
    if values is not None and not set(values) <= {-1.0, 0.0, 1.0, 2.0}:
        raise AmbiguousInput(
            "cannot tell whether the labels are class labels or numeric targets",
            where=inputs.truth.where,
            found=f"labels {join_names(inputs.truth.names)}, and scores outside [0, 1]",
            hint=use("for numeric targets", task="regression") | use("for class labels", task="binary"),
        )
