"""D² of probabilities: improvement over always predicting the class frequencies."""

from __future__ import annotations

from collections.abc import Sequence

from evalcli.functional.measured import value
from evalcli.functional.scores import scored


def d2_log_loss_score(
    y_true: object,
    y_proba: object,
    *,
    sample_weight: object = None,
    labels: Sequence[object] | None = None,
    undefined: str = "nan",
) -> float:
    """1 - log loss over that of always predicting the class frequencies; at most 1.

    ``y_true`` (n,); ``y_proba`` (n,) of the greater label, or (n, classes). Undefined if one class occurs.

    Reference: McFadden, in Frontiers in Econometrics, 1974
    """
    given = scored(y_true, y_proba, sample_weight, labels, probabilities=True)
    return value("d2_log_loss", given.block, given.context, undefined)


def d2_brier_score(
    y_true: object,
    y_proba: object,
    *,
    sample_weight: object = None,
    pos_label: object = None,
    labels: Sequence[object] | None = None,
    undefined: str = "nan",
) -> float:
    """1 - Brier score over that of always predicting the class frequencies: the Brier skill score; at most 1.

    ``y_true`` (n,); ``y_proba`` (n,) of ``pos_label``, or (n, classes). Undefined if one class occurs.

    Reference: Murphy, J. Appl. Meteorol. 12, 1973
    """
    given = scored(y_true, y_proba, sample_weight, labels, pos_label, probabilities=True)
    return value("brier_skill", given.block, given.context, undefined)


__all__ = ["d2_brier_score", "d2_log_loss_score"]
