"""Losses of probabilities, and skill relative to always predicting the class frequencies."""

from __future__ import annotations

import numpy as np

from evalcli.metrics.registry import Context, Floats, metric
from evalcli.metrics.results import Mean, Undefined
from evalcli.statistics import Brier, LogLoss, LossMoments, Moments
from evalcli.tasks import CLASSES, LABELS


@metric(LogLoss(), "lower", (0, np.inf), tasks=LABELS, requires="probabilities",
        reference="Good, J. R. Stat. Soc. B 14, 1952")  # fmt: skip
def log_loss(state: LossMoments, context: Context) -> Mean:
    """Cross-entropy (negative log-likelihood): mean of -ln of the predicted probability of the true class.

    Probabilities are clipped to [eps, 1 - eps] of the file's float type; rows are not renormalised. Logits go
    through the exact log-softmax, without clipping. Multilabel: mean over rows and labels, without missing
    labels.

    Formula: - mean of ln p(true class); for labels - mean of y ln p + (1 - y) ln(1 - p)

    Undefined: there are no rows

    scikit-learn: log_loss, the same (labels: of Y.ravel(), P.ravel()); warns of rows that do not sum to 1;
    needs labels= where one class occurs.

    torchmetrics: no such metric; torch's NLL without clipping. A mean of batch means gives a short last batch
    too much weight (--explain-batches).
    """
    return Mean(state.loss)


@metric(Brier(), "lower", (0, 2), tasks=LABELS, requires="probabilities",
        reference="Brier, Mon. Weather Rev. 78, 1950")  # fmt: skip
def brier(state: Moments, context: Context) -> Mean:
    """Brier score: mean squared difference between predicted probabilities and outcomes.

    Binary: in [0, 1]. Multiclass: summed over the classes, in [0, 2]. Multilabel: mean over rows and labels,
    without missing labels.

    Formula: mean of (p - y)²; multiclass mean of Σ (p[j] - y[j])²

    Undefined: there are no rows

    scikit-learn: brier_score_loss with its default scale_by_half="auto", the same; labels: of Y.ravel(),
    P.ravel().

    torchmetrics: no such metric.
    """
    return Mean(state)


def _shares(context: Context) -> Floats:
    support = context.support
    return support / support.sum()


@metric(LogLoss(), "higher", (-np.inf, 1), tasks=CLASSES, requires="probabilities",
        reference="McFadden, in Frontiers in Econometrics, 1974")  # fmt: skip
def d2_log_loss(state: LossMoments, context: Context) -> float | Undefined:
    """D² of the log loss: improvement over always predicting the class frequencies, as a share of its loss.

    Formula: 1 - log_loss / (- Σ sⱼ ln sⱼ), s the frequency of each class in the labels

    Undefined: the labels contain one class only

    scikit-learn: d2_log_loss_score, the same; an error where it is undefined, or with labels= a huge negative
    number.

    torchmetrics: no such metric.
    """
    shares = _shares(context)
    shares = shares[shares > 0]
    by_chance = float(-(shares * np.log(shares)).sum())
    return 1.0 - state.loss.mean / by_chance if len(shares) > 1 else np.nan


@metric(Brier(), "higher", (-np.inf, 1), tasks=CLASSES, requires="probabilities",
        reference="Murphy, J. Appl. Meteorol. 12, 1973")  # fmt: skip
def brier_skill(state: Moments, context: Context) -> float:
    """Brier skill score: improvement over always predicting the class frequencies, as a share of its score.

    Formula: 1 - brier / r; r is s (1 - s) for binary data, Σ sⱼ (1 - sⱼ) otherwise, s the class frequencies

    Undefined: the labels contain one class only

    scikit-learn: d2_brier_score, the same; -inf or NaN where it is undefined.

    torchmetrics: no such metric.
    """
    shares = _shares(context)
    spread = float((shares * (1 - shares)).sum())
    by_chance = spread / 2 if context.task.has_positive else spread
    return 1.0 - state.mean / by_chance if np.count_nonzero(shares) > 1 else np.nan
