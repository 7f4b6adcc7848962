"""Metric by metric an implementation that shares nothing with the one under test.

scikit-learn and SciPy where they have the metric, else its published formula, row by row. ``None`` means
undefined, which those libraries spell in many ways.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable
from itertools import combinations
from typing import Any

import numpy as np
import sklearn.metrics as sk
from numpy.typing import NDArray
from scipy import optimize, stats
from sklearn.linear_model import LogisticRegression

Array = NDArray[Any]
Number = float | None


def over(a: float, b: float) -> Number:
    return a / b if b else None


def lifted(function: Callable[..., Number]) -> Callable[..., Number]:
    """None where any argument is None."""
    return lambda *values: None if None in values else function(*values)


def average(values: Any, weights: Any = None) -> float:
    return float(np.average(values, weights=weights))


class Classes:
    """Truth (n,), probabilities (n, k) as stored and in float64, weights (n,) or None."""

    def __init__(self, truth: Array, p: Array, weight: Array | None = None) -> None:
        self.y, self.stored, self.k = truth, p, p.shape[1]
        self.p, self.w = p.astype(np.float64), weight
        self.ones = np.ones(len(truth)) if weight is None else weight
        self.binary = self.k == 2
        self.h = (self.p[:, 1] > 0.5).astype(int) if self.binary else p.argmax(axis=1)
        self.labels = np.arange(self.k)
        self.one_hot = np.eye(self.k, dtype=int)[truth]
        self.said = np.eye(self.k, dtype=int)[self.h]
        self.scores = self.p

    @property
    def support(self) -> Array:
        return self.ones @ self.one_hot

    @property
    def confidence(self) -> tuple[Array, Array]:
        if self.binary:
            return self.p[:, 1], self.y == 1
        return self.p[np.arange(len(self.y)), self.h], self.y == self.h

    @property
    def true_p(self) -> Array:
        return self.p[np.arange(len(self.y)), self.y]


class Labels:
    """Indicators (n, k), probabilities (n, k), weights (n,) or None."""

    binary = False

    def __init__(self, truth: Array, p: Array, weight: Array | None = None) -> None:
        self.one_hot, self.stored, self.k = truth, p, p.shape[1]
        self.p, self.w = p.astype(np.float64), weight
        self.ones = np.ones(len(truth)) if weight is None else weight
        self.said = (self.p > 0.5).astype(int)
        self.scores = self.p

    @property
    def support(self) -> Array:
        return self.ones @ self.one_hot


class Reals:
    """Truth, predicted (n,), quantiles by level, weights or None."""

    def __init__(
        self, truth: Array, predicted: Array, quantiles: dict[float, Array], weight: Array | None = None
    ) -> None:
        self.y, self.p, self.q, self.w = truth, predicted, quantiles, weight
        self.ones = np.ones(len(truth)) if weight is None else weight


Case = Any
TABLE: dict[str, Callable[[Case, Any], Number]] = {}


def row(function: Callable[[Case, Any], Number]) -> Callable[[Case, Any], Number]:
    """A row of the table: the function's name is the metric's."""
    TABLE[function.__name__] = function
    return function


def counts(case: Case, cls: int) -> tuple[float, float, float, float]:
    yes, said = case.one_hot[:, cls] == 1, case.said[:, cls] == 1
    pairs = ((yes & said), (~yes & said), (yes & ~said), (~yes & ~said))
    tp, fp, fn, tn = (float(case.ones[pair].sum()) for pair in pairs)
    return tp, fp, fn, tn


def rates(case: Case, cls: int) -> tuple[Number, Number, Number, Number]:
    tp, fp, fn, tn = counts(case, cls)
    return over(tp, tp + fn), over(tn, tn + fp), over(tp, tp + fp), over(tn, tn + fn)


ONE_CLASS: dict[str, Callable[..., Number]] = {
    "precision": lambda case, cls, _: rates(case, cls)[2],
    "recall": lambda case, cls, _: rates(case, cls)[0],
    "specificity": lambda case, cls, _: rates(case, cls)[1],
    "npv": lambda case, cls, _: rates(case, cls)[3],
    "informedness": lambda case, cls, _: lifted(lambda a, b, *_: a + b - 1)(*rates(case, cls)[:2]),
    "markedness": lambda case, cls, _: lifted(lambda a, b: a + b - 1)(*rates(case, cls)[2:]),
    "g_mean": lambda case, cls, _: lifted(lambda a, b: math.sqrt(a * b))(*rates(case, cls)[:2]),
    "lr_plus": lambda case, cls, _: lifted(lambda a, b: over(a, 1 - b))(*_exact(case, cls)),
    "lr_minus": lambda case, cls, _: lifted(lambda a, b: over(1 - a, b))(*_exact(case, cls)),
}


def _exact(case: Case, cls: int) -> tuple[Number, Number]:
    """Recall and specificity as exact fractions where rows have no weights."""
    from fractions import Fraction

    tp, fp, fn, tn = map(Fraction, counts(case, cls))
    return (tp / (tp + fn) if tp + fn else None), (tn / (tn + fp) if tn + fp else None)  # type: ignore[return-value]


def _of_counts(name: str, case: Case, cls: int, parameter: float | None) -> Number:
    tp, fp, fn, tn = counts(case, cls)
    b2 = (parameter or 1) ** 2
    simple = {
        "f1": lambda: over(2 * tp, 2 * tp + fp + fn),
        "fbeta": lambda: over((1 + b2) * tp, (1 + b2) * tp + b2 * fn + fp),
        "jaccard": lambda: over(tp, tp + fp + fn),
        "fpr": lambda: over(fp, fp + tn),
        "fnr": lambda: over(fn, fn + tp),
        "fdr": lambda: over(fp, fp + tp),
        "false_omission_rate": lambda: over(fn, fn + tn),
        "diagnostic_odds_ratio": lambda: over(tp * tn, fp * fn),
        "prevalence": lambda: over(tp + fn, tp + fp + fn + tn),
        "predicted_positive_rate": lambda: over(tp + fp, tp + fp + fn + tn),
    }
    if name in simple:
        return simple[name]()
    found = ONE_CLASS[name](case, cls, parameter)
    return None if found is None else float(found)


def _counted(name: str) -> Callable[[Case, Any], Number]:
    def reference(case: Case, request: Any) -> Number:
        if request.cls is not None or (case.binary and request.average is None):
            return _of_counts(name, case, int(request.cls or (1 if case.binary else 0)), request.parameter)
        present = [cls for cls in range(case.k) if (case.one_hot[:, cls] | case.said[:, cls]) @ case.ones > 0]
        if request.average == "micro" and name == "specificity":
            tp, fp, fn, tn = np.sum([counts(case, cls) for cls in range(case.k)], axis=0)
            return over(tn, tn + fp)
        if name == "specificity":
            values = [_of_counts(name, case, cls, None) or 0.0 for cls in present]
            return average(values, case.support[present] if request.average == "weighted" else None)
        functions: dict[str, Callable[..., Any]] = {
            "precision": sk.precision_score,
            "recall": sk.recall_score,
            "f1": sk.f1_score,
            "jaccard": sk.jaccard_score,
            "fbeta": lambda *a, **kw: sk.fbeta_score(*a, beta=request.parameter, **kw),
        }
        truth, said = case.one_hot, case.said
        labels = present if request.average != "samples" else None
        if not present and request.average != "samples":
            return None
        if isinstance(case, Classes):
            truth, said = case.y, case.h
        if request.average == "micro" and not truth.any() and not said.any() and isinstance(case, Labels):
            return None
        if request.average == "micro" and isinstance(case, Labels):
            tp, fp, fn, _ = np.sum([counts(case, cls) for cls in range(case.k)], axis=0)
            if (name == "precision" and not tp + fp) or (name == "recall" and not tp + fn):
                return None
        if request.average == "weighted" and not case.support.any():
            return None
        return float(
            functions[name](
                truth, said, labels=labels, average=request.average, sample_weight=case.w, zero_division=0
            )
        )

    return reference


for _name in (
    *("precision", "recall", "specificity", "f1", "fbeta", "jaccard", "npv", "informedness", "markedness"),
    *("g_mean", "fpr", "fnr", "fdr", "false_omission_rate", "lr_plus", "lr_minus"),
    *("diagnostic_odds_ratio", "prevalence", "predicted_positive_rate"),
):
    TABLE[_name] = _counted(_name)


@row
def accuracy(case: Case, request: Any) -> Number:
    return float(sk.accuracy_score(case.y, case.h, sample_weight=case.w))


@row
def balanced_accuracy(case: Case, request: Any) -> Number:
    found = [
        average(case.h[case.y == c] == c, case.ones[case.y == c]) for c in np.unique(case.y[case.ones > 0])
    ]
    return float(np.mean(found))


@row
def mcc(case: Case, request: Any) -> Number:
    if len(set(case.y)) == 1 or len(set(case.h)) == 1:
        return None
    return float(sk.matthews_corrcoef(case.y, case.h, sample_weight=case.w))


def _kappa(case: Case, weights: str | None) -> Number:
    if len(set(case.y) | set(case.h)) == 1:
        return None
    return float(
        sk.cohen_kappa_score(case.y, case.h, weights=weights, labels=case.labels, sample_weight=case.w)
    )


TABLE["cohen_kappa"] = lambda case, _: _kappa(case, None)
TABLE["cohen_kappa_linear"] = lambda case, _: _kappa(case, "linear")
TABLE["cohen_kappa_quadratic"] = lambda case, _: _kappa(case, "quadratic")


def _roc(truth: Array, scores: Array, weight: Array | None, limit: float | None = None) -> Number:
    ones = np.ones(len(truth)) if weight is None else weight
    if not ones @ truth or not ones @ (1 - truth):
        return None
    return float(sk.roc_auc_score(truth, scores, sample_weight=weight, max_fpr=limit))


def _ap(truth: Array, scores: Array, weight: Array | None, _: float | None = None) -> Number:
    ones = np.ones(len(truth)) if weight is None else weight
    return float(sk.average_precision_score(truth, scores, sample_weight=weight)) if ones @ truth else None


def _duel(case: Case, a: int, b: int) -> float:
    """Mean of both classes' own ROC AUC over the rows of the two, by the definition: pair by pair."""
    found = []
    for own, other in ((a, b), (b, a)):
        mine, theirs = case.y == own, case.y == other
        gap = case.p[mine, own][:, None] - case.p[theirs, own]
        wins = (gap > 0) + (gap == 0) / 2
        found.append(
            float(case.ones[mine] @ wins @ case.ones[theirs])
            / (case.ones[mine].sum() * case.ones[theirs].sum())
        )
    return float(np.mean(found))


def _area(function: Callable[..., Number]) -> Callable[[Case, Any], Number]:
    def reference(case: Case, request: Any) -> Number:
        if request.cls is not None or case.binary:
            cls = int(request.cls or 1)
            alone = case.binary and cls != 1
            return (
                None if alone else function(case.one_hot[:, cls], case.p[:, cls], case.w, request.parameter)
            )
        kind = request.average.removeprefix("ovr_")
        if kind.startswith("ovo"):
            pairs = list(combinations(np.flatnonzero(case.support), 2))
            if not pairs:
                return None
            weights = (
                [case.support[a] + case.support[b] for a, b in pairs] if kind == "ovo_weighted" else None
            )
            return average([_duel(case, a, b) for a, b in pairs], weights)
        if kind == "micro":
            weight = None if case.w is None else np.repeat(case.w, case.k)
            return function(case.one_hot.ravel(), case.p.ravel(), weight)
        if kind == "samples":
            rows = [
                (function(t, s, None), w) for t, s, w in zip(case.one_hot, case.p, case.ones, strict=True)
            ]
            kept = [(value, weight) for value, weight in rows if value is not None]
            return average(*zip(*kept, strict=True)) if kept else None
        columns = [
            (function(case.one_hot[:, c], case.p[:, c], case.w, request.parameter), case.support[c])
            for c in range(case.k)
        ]
        kept = [(value, weight) for value, weight in columns if value is not None]
        if not kept:
            return None
        values, weights = zip(*kept, strict=True)
        return average(values, weights if kind == "weighted" else None)

    return reference


TABLE["roc_auc"], TABLE["average_precision"] = _area(_roc), _area(_ap)


def _on_curve(function: Callable[..., Number]) -> Callable[[Case, Any], Number]:
    def reference(case: Case, request: Any) -> Number:
        if len(set(case.y)) == 1:
            return None
        found = function(case.y, case.p[:, 1], case.w, request.parameter)
        return None if found is None else float(found)

    return reference


def _roc_points(y: Array, s: Array, w: Array | None) -> tuple[Array, Array]:
    fpr, tpr, _ = sk.roc_curve(y, s, sample_weight=w, drop_intermediate=False)
    return fpr, tpr


def _ks(y: Array, s: Array, w: Array | None, _: Any) -> float:
    if w is None:
        return float(stats.ks_2samp(s[y == 1], s[y == 0]).statistic)
    fpr, tpr = _roc_points(y, s, w)
    return float(np.abs(tpr - fpr).max())


def _eer(y: Array, s: Array, w: Array | None, _: Any) -> float:
    fpr, tpr = _roc_points(y, s, w)
    # the usual script, along the curve rather than over fpr, which may jump
    t = np.arange(len(fpr))
    gap = lambda x: np.interp(x, t, fpr) + np.interp(x, t, tpr) - 1  # noqa: E731
    return float(np.interp(optimize.brentq(gap, 0, t[-1], xtol=1e-14), t, fpr))


def _pr_points(y: Array, s: Array, w: Array | None) -> tuple[Array, Array]:
    precision, recall, _ = sk.precision_recall_curve(y, s, sample_weight=w)
    return precision, recall


def _precision_at(y: Array, s: Array, w: Array | None, least: float) -> float:
    precision, recall = _pr_points(y, s, w)
    return max(precision[recall >= least - 1e-12])


def _recall_at(y: Array, s: Array, w: Array | None, least: float) -> float:
    precision, recall = _pr_points(y, s, w)
    return max(recall[precision >= least])


def _recall_at_fpr(y: Array, s: Array, w: Array | None, most: float) -> float:
    fpr, tpr = _roc_points(y, s, w)
    return max(tpr[fpr <= most])


def _best_f1(y: Array, s: Array, w: Array | None, _: Any) -> float:
    return max(sk.f1_score(y, s >= t, sample_weight=w) for t in np.unique(s))


TABLE |= {
    "ks": _on_curve(_ks),
    "gini": _on_curve(lambda y, s, w, _: 2 * float(sk.roc_auc_score(y, s, sample_weight=w)) - 1),
    "eer": _on_curve(_eer),
    "precision_at_recall": _on_curve(_precision_at),
    "recall_at_precision": _on_curve(_recall_at),
    "recall_at_fpr": _on_curve(_recall_at_fpr),
    "best_f1": _on_curve(_best_f1),
}


def _places(case: Case) -> Array:
    order = np.argsort(-case.p, axis=1, kind="stable")
    return np.argmax(order == case.y[:, None], axis=1)


TABLE["top_k_accuracy"] = lambda case, request: average(_places(case) < request.parameter, case.w)
TABLE["mrr"] = lambda case, _: average(1 / (1 + _places(case)), case.w)


@row
def log_loss(case: Case, request: Any) -> Number:
    if isinstance(case, Labels):
        columns = [
            sk.log_loss(case.one_hot[:, c], case.stored[:, c], labels=[0, 1], sample_weight=case.w)
            for c in range(case.k)
        ]
        return float(np.mean(columns))
    return float(sk.log_loss(case.y, case.stored, labels=case.labels, sample_weight=case.w))


@row
def brier(case: Case, request: Any) -> Number:
    squares = np.square(case.p - case.one_hot)
    if isinstance(case, Labels):
        return average(squares.mean(axis=1), case.w)
    return average(squares[:, 1] if case.binary else squares.sum(axis=1), case.w)


@row
def d2_log_loss(case: Case, request: Any) -> Number:
    if len(set(case.y)) == 1:
        return None
    return float(sk.d2_log_loss_score(case.y, case.stored, sample_weight=case.w, labels=case.labels))


@row
def brier_skill(case: Case, request: Any) -> Number:
    if len(set(case.y)) == 1:
        return None
    shares = np.broadcast_to(case.support / case.support.sum(), case.p.shape)
    chance = Classes(case.y, shares, case.w)
    return 1 - (brier(case, request) or 0) / (brier(chance, request) or math.nan)


def _gaps(p: Array, hit: Array, weight: Array, at: Array) -> list[tuple[float, float]]:
    """Gap and weight of each bin."""
    found = []
    for place in np.unique(at):
        rows = at == place
        if weight[rows].sum():
            gap = abs(average(hit[rows], weight[rows]) - average(p[rows], weight[rows]))
            found.append((gap, float(weight[rows].sum())))
    return found


def _wide(p: Array) -> Array:
    edges = np.arange(1, 15) / 15
    return np.searchsorted(edges, p, side="left")


def _heavy(p: Array, weight: Array | None) -> Array:
    levels = np.arange(1, 15) / 15
    edges = np.quantile(p, levels, method="inverted_cdf", weights=weight)
    return np.searchsorted(edges, p, side="left")


def _ece(p: Array, hit: Array, weight: Array, at: Array) -> float:
    gaps, weights = zip(*_gaps(p, hit, weight, at), strict=True)
    return average(gaps, weights)


TABLE["ece"] = lambda case, _: _ece(*case.confidence, case.ones, _wide(case.confidence[0]))
TABLE["mce"] = lambda case, _: max(_gaps(*case.confidence, case.ones, _wide(case.confidence[0])))[0]
TABLE["ace"] = lambda case, _: _ece(*case.confidence, case.ones, _heavy(case.confidence[0], case.w))
TABLE["classwise_ece"] = TABLE["ece_macro"] = lambda case, _: float(
    np.mean([_ece(case.p[:, c], case.one_hot[:, c], case.ones, _wide(case.p[:, c])) for c in range(case.k)])
)


@row
def mean_ratio(case: Case, request: Any) -> Number:
    return over(average(case.p[:, 1], case.w), average(case.y, case.w))


def _logit(case: Case) -> Array:
    eps = np.finfo(case.stored.dtype).eps
    p = np.clip(case.p[:, 1], eps, 1 - eps)
    return np.log(p / (1 - p))


@row
def calibration_slope(case: Case, request: Any) -> Number:
    x = _logit(case)
    separate = len(set(case.y)) == 1 or x[case.y == 1].min() >= x[case.y == 0].max()
    if separate or np.ptp(x) == 0:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fit = LogisticRegression(C=1e15, tol=1e-13, max_iter=10_000, solver="newton-cholesky")
        return float(fit.fit(x[:, None], case.y, sample_weight=case.w).coef_[0, 0])


@row
def calibration_intercept(case: Case, request: Any) -> Number:
    if len(set(case.y)) == 1:
        return None
    x = _logit(case)
    excess = lambda a: float(case.ones @ (case.y - 1 / (1 + np.exp(-np.clip(a + x, -700, 700)))))  # noqa: E731
    return float(optimize.brentq(excess, -200, 200, xtol=1e-14))


@row
def spiegelhalter_z(case: Case, request: Any) -> Number:
    p = case.p[:, 1]
    variance = float(np.sum((1 - 2 * p) ** 2 * p * (1 - p)))
    if case.w is not None or not variance:
        return None
    return float(np.sum((case.y - p) * (1 - 2 * p))) / math.sqrt(variance)


TABLE |= {
    "subset_accuracy": lambda case, _: float(
        sk.accuracy_score(case.one_hot, case.said, sample_weight=case.w)
    ),
    "hamming_loss": lambda case, _: float(sk.hamming_loss(case.one_hot, case.said, sample_weight=case.w)),
    "label_ranking_average_precision": lambda case, _: float(
        sk.label_ranking_average_precision_score(case.one_hot, case.p, sample_weight=case.w)
    ),
    "coverage_error": lambda case, _: float(sk.coverage_error(case.one_hot, case.p, sample_weight=case.w)),
    "label_ranking_loss": lambda case, _: float(
        sk.label_ranking_loss(case.one_hot, case.p, sample_weight=case.w)
    ),
}


def _real(function: Callable[..., Any]) -> Callable[[Case, Any], Number]:
    return lambda case, _: float(function(case.y, case.p, sample_weight=case.w))


def _unless(
    undefined: Callable[[Case], Any], function: Callable[..., Number]
) -> Callable[[Case, Any], Number]:
    return lambda case, request: None if undefined(case) else function(case, request)


def _flat(case: Case) -> bool:
    return bool(np.ptp(case.y) == 0)


def _either_flat(case: Case) -> bool:
    return bool(np.ptp(case.y) == 0 or np.ptp(case.p) == 0)


def _moments(case: Case) -> tuple[float, float, float, float, float]:
    a, b = average(case.y, case.w), average(case.p, case.w)
    spread = (
        average((case.y - a) ** 2, case.w),
        average((case.p - b) ** 2, case.w),
        average((case.y - a) * (case.p - b), case.w),
    )
    return a, b, *spread


def _pearson(case: Case, _: Any) -> float:
    if case.w is None:
        return float(stats.pearsonr(case.y, case.p).statistic)
    _, _, y, p, both = _moments(case)
    return both / math.sqrt(y * p)


def _concordance(case: Case, _: Any) -> Number:
    a, b, y, p, both = _moments(case)
    return over(2 * both, y + p + (a - b) ** 2)


def _deviance(power: float | None) -> Callable[[Case, Any], Number]:
    def reference(case: Case, request: Any) -> Number:
        used = request.parameter if power is None else power
        bad = (used < 0 and (case.p <= 0).any()) or (
            used >= 1 and ((case.p <= 0).any() or ((case.y < 0) if used < 2 else (case.y <= 0)).any())
        )
        return (
            None if bad else float(sk.mean_tweedie_deviance(case.y, case.p, power=used, sample_weight=case.w))
        )

    return reference


def _unweighted(function: Callable[..., Any]) -> Callable[[Case, Any], Number]:
    def reference(case: Case, _: Any) -> Number:
        return None if case.w is not None or _either_flat(case) else float(function(case.y, case.p).statistic)

    return reference


def _below_zero(case: Case) -> bool:
    return bool((case.y < 0).any() or (case.p < 0).any())


def _ends(case: Case, share: float) -> tuple[Array, Array]:
    low, high = (min(case.q, key=lambda q, e=end: abs(q - e)) for end in ((1 - share) / 2, (1 + share) / 2))
    return case.q[low], case.q[high]


def _coverage(case: Case, request: Any) -> Number:
    low, high = _ends(case, request.parameter)
    return average((case.y >= low) & (case.y <= high), case.w)


TABLE |= {
    "mae": _real(sk.mean_absolute_error),
    "mse": _real(sk.mean_squared_error),
    "rmse": _real(sk.root_mean_squared_error),
    "msle": _unless(_below_zero, _real(sk.mean_squared_log_error)),
    "rmsle": _unless(_below_zero, _real(sk.root_mean_squared_log_error)),
    "median_absolute_error": _real(sk.median_absolute_error),
    "max_error": lambda case, _: float(np.abs(case.p - case.y)[case.ones > 0].max()),
    "mape": _unless(lambda case: (case.y == 0).any(), _real(sk.mean_absolute_percentage_error)),
    "smape": lambda case, _: average(
        [2 * abs(p - y) / (abs(y) + abs(p)) if y or p else 0.0 for y, p in zip(case.y, case.p, strict=True)],
        case.w,
    ),
    "wape": lambda case, _: over(
        float(case.ones @ np.abs(case.p - case.y)), float(case.ones @ np.abs(case.y))
    ),
    "r2": _unless(_flat, _real(sk.r2_score)),
    "explained_variance": _unless(_flat, _real(sk.explained_variance_score)),
    "bias": lambda case, _: average(case.p - case.y, case.w),
    "pearson": _unless(_either_flat, _pearson),
    "spearman": _unweighted(stats.spearmanr),
    "kendall": _unweighted(stats.kendalltau),
    "concordance": _concordance,
    "mean_poisson_deviance": _deviance(1),
    "mean_gamma_deviance": _deviance(2),
    "tweedie_deviance": _deviance(None),
    "d2_absolute_error": _unless(_flat, _real(sk.d2_absolute_error_score)),
    "pinball": lambda case, request: float(
        sk.mean_pinball_loss(
            case.y, case.q.get(request.parameter, case.p), alpha=request.parameter, sample_weight=case.w
        )
    ),
    "interval_coverage": _coverage,
    "interval_width": lambda case, request: average(
        np.subtract(*_ends(case, request.parameter)[::-1]), case.w
    ),
}
