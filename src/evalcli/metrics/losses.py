"""Losses of probabilities, and skill relative to always predicting the class frequencies."""

from __future__ import annotations

import numpy as np

from evalcli.blocks import ClassBlock
from evalcli.metrics.context import Summary
from evalcli.metrics.declare import metric
from evalcli.metrics.results import Mean, Undefined
from evalcli.metrics.sources import ByRows
from evalcli.statistics import Brier, LogLoss, LossMoments, Moments
from evalcli.statistics.base import Floats
from evalcli.tasks import CLASSES, LABELS

ONE_CLASS = Undefined("the labels contain one class only")


@metric(LogLoss(), Mean, "lower", tasks=LABELS, range=(0, np.inf), requires="probabilities")
def log_loss(state: LossMoments, summary: Summary) -> Mean:
    """Cross-entropy (negative log-likelihood): mean of -ln of the predicted probability of the true class.

    Probabilities are clipped to [eps, 1 - eps] of the file's float type; rows are not renormalised. Logits go
    through the exact log-softmax, without clipping. Multilabel: mean over rows and labels, without missing
    labels.

    Formula: - mean of ln p(true class); for labels - mean of y ln p + (1 - y) ln(1 - p)

    Coverage: covers 81 % (nominal 95 %) at n = 50 with 5 % positive

    scikit-learn: log_loss, the same (labels: of Y.ravel(), P.ravel()); warns of rows that do not sum to 1;
    needs labels= where one class occurs.

    torchmetrics: no such metric; torch's NLL without clipping. A mean of batch means gives a short last batch
    too much weight (--explain-batches).

    Reference: Good, J. R. Stat. Soc. B 14, 1952
    """
    return Mean(state.loss)


@metric(Brier(), Mean, "lower", tasks=LABELS, range=(0, 2), requires="probabilities")
def brier(state: Moments, summary: Summary) -> Mean:
    """Brier score: mean squared difference between predicted probabilities and outcomes.

    Binary: in [0, 1]. Multiclass: summed over the classes, in [0, 2]. Multilabel: mean over rows and labels,
    without missing labels.

    Formula: mean of (p - y)²; multiclass mean of Σ (p[j] - y[j])²

    Coverage: covers 85 % (nominal 95 %) at n = 50 with 5 % positive

    scikit-learn: brier_score_loss with its default scale_by_half="auto", the same; labels: of Y.ravel(),
    P.ravel().

    torchmetrics: no such metric.

    Reference: Brier, Mon. Weather Rev. 78, 1950
    """
    return Mean(state)


def _shares(summary: Summary) -> tuple[Floats, Floats]:
    """The share of each class, and that of all others, which near 1 has more digits than the difference."""
    support = summary.support.astype(np.float64)
    before = np.append(0.0, np.cumsum(support)[:-1])
    behind = np.append(np.cumsum(support[::-1])[::-1][1:], 0.0)
    total = support.sum()
    return support / total, (before + behind) / total


def _logs(shares: Floats, others: Floats) -> Floats:
    """Logarithms of the shares; 0 of none."""
    logs = np.log(shares, out=np.zeros(len(shares)), where=shares > 0)
    return np.log1p(-others, out=logs, where=shares > 0.5)


def _influence_on_d2(state: LossMoments, summary: Summary, block: ClassBlock) -> Floats:
    (shares, others), loss = _shares(summary), state.loss.mean
    logs = _logs(shares, others)
    by_chance = -float(shares.dot(logs))
    off = loss + block.log_true_probability[0]
    return off / by_chance - (logs[block.truth] + by_chance) * loss / by_chance**2


@metric(
    LogLoss(),
    float,
    "higher",
    tasks=CLASSES,
    range=(-np.inf, 1),
    undefined=ONE_CLASS,
    requires="probabilities",
    source=ByRows(_influence_on_d2),
)
def d2_log_loss(state: LossMoments, summary: Summary) -> float | Undefined:
    """D² of the log loss: improvement over always predicting the class frequencies, as a share of its loss.

    Formula: 1 - log_loss / (- Σ sⱼ ln sⱼ), s the frequency of each class in the labels

    scikit-learn: d2_log_loss_score, the same; an error where it is undefined, or with labels= a huge negative
    number.

    torchmetrics: no such metric.

    Reference: McFadden, in Frontiers in Econometrics, 1974
    """
    shares, others = _shares(summary)
    by_chance = -float(shares.dot(_logs(shares, others)))
    return 1.0 - state.loss.mean / by_chance if np.count_nonzero(shares) > 1 else np.nan


def _chance(summary: Summary) -> tuple[float, Floats]:
    """Brier score of the class frequencies, and how it changes with a row of each class."""
    shares, others = _shares(summary)
    half = 0.5 if summary.context.task.has_positive else 1.0
    return half * float(shares.dot(others)), half * ((others - shares) - shares.dot(others - shares))


def _influence_on_skill(state: Moments, summary: Summary, block: ClassBlock) -> Floats:
    by_chance, changes = _chance(summary)
    return (changes[block.truth] * state.mean / by_chance - (block.squared_distance - state.mean)) / by_chance


@metric(
    Brier(),
    float,
    "higher",
    tasks=CLASSES,
    range=(-np.inf, 1),
    undefined=ONE_CLASS,
    requires="probabilities",
    source=ByRows(_influence_on_skill),
)
def brier_skill(state: Moments, summary: Summary) -> float:
    """Brier skill score: improvement over always predicting the class frequencies, as a share of its score.

    Formula: 1 - brier / r; r is s (1 - s) for binary data, Σ sⱼ (1 - sⱼ) otherwise, s the class frequencies

    scikit-learn: d2_brier_score, the same; -inf or NaN where it is undefined.

    torchmetrics: no such metric.

    Reference: Murphy, J. Appl. Meteorol. 12, 1973
    """
    by_chance, _ = _chance(summary)
    return 1.0 - state.mean / by_chance if np.count_nonzero(summary.support) > 1 else np.nan
