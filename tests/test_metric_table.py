"""Every metric against an independent implementation, over random data with ties and absent classes."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sklearn.metrics as sk
from numpy.typing import NDArray

from evalcli.engine import score
from evalcli.metrics import METRICS, Study, everything
from evalcli.options import Options

Array = NDArray[Any]


class Case:
    """Truth (n,), probabilities (n, k) as stored and in float64, predicted (n,)."""

    def __init__(self, truth: Array, p: Array) -> None:
        self.y, self.h, self.k = truth, p.argmax(axis=1), p.shape[1]
        self.p, self.stored = p.astype(np.float64), p
        self.labels = np.arange(self.k)
        self.one_hot = np.eye(self.k, dtype=int)[truth]
        self.present = np.flatnonzero(self.one_hot.any(axis=0) | np.isin(self.labels, self.h))

    def counts(self, cls: int) -> tuple[int, int, int, int]:
        yes, said = self.y == cls, self.h == cls
        pairs = ((yes & said), (~yes & said), (yes & ~said), (~yes & ~said))
        tp, fp, fn, tn = (int(pair.sum()) for pair in pairs)
        return tp, fp, fn, tn


def over(a: float, b: float) -> float | None:
    return a / b if b else None


def lifted(function: Callable[..., float | None]) -> Callable[..., float | None]:
    """None where any argument is None."""
    return lambda *values: None if None in values else function(*values)


def one_class(name: str, case: Case, cls: int, parameter: float | None = None) -> float | None:
    tp, fp, fn, tn = case.counts(cls)
    tpr, tnr, ppv, npv = over(tp, tp + fn), over(tn, tn + fp), over(tp, tp + fp), over(tn, tn + fn)
    b2 = (parameter or 1) ** 2
    found = {
        "precision": ppv,
        "recall": tpr,
        "specificity": tnr,
        "npv": npv,
        "f1": over(2 * tp, 2 * tp + fp + fn),
        "fbeta": over((1 + b2) * tp, (1 + b2) * tp + b2 * fn + fp),
        "jaccard": over(tp, tp + fp + fn),
        "informedness": lifted(lambda a, b: a + b - 1)(tpr, tnr),
        "markedness": lifted(lambda a, b: a + b - 1)(ppv, npv),
        "g_mean": lifted(lambda a, b: math.sqrt(a * b))(tpr, tnr),
        "fpr": over(fp, fp + tn),
        "fnr": over(fn, fn + tp),
        "fdr": over(fp, fp + tp),
        "false_omission_rate": over(fn, fn + tn),
        "lr_plus": lifted(over)(tpr, over(fp, fp + tn)),
        "lr_minus": lifted(over)(over(fn, fn + tp), tnr),
        "diagnostic_odds_ratio": over(tp * tn, fp * fn),
        "prevalence": over(tp + fn, tp + fp + fn + tn),
        "predicted_positive_rate": over(tp + fp, tp + fp + fn + tn),
    }
    return found[name]


def averaged(name: str, case: Case, average: str, parameter: float | None) -> float | None:
    functions: dict[str, Callable[..., Any]] = {
        "precision": sk.precision_score,
        "recall": sk.recall_score,
        "f1": sk.f1_score,
        "jaccard": sk.jaccard_score,
        "fbeta": lambda *a, **kw: sk.fbeta_score(*a, beta=parameter, **kw),
    }
    if name == "specificity":
        found = [one_class(name, case, int(cls)) or 0.0 for cls in case.present]
        weights = [case.counts(int(cls))[0] + case.counts(int(cls))[2] for cls in case.present]
        if average == "micro":
            pairs = np.array([case.counts(int(cls)) for cls in case.labels]).sum(axis=0)
            return float(pairs[3] / (pairs[3] + pairs[1]))
        return float(np.average(found, weights=weights if average == "weighted" else None))
    return float(functions[name](case.y, case.h, labels=case.present, average=average, zero_division=0))


def area(name: str, case: Case, cls: int) -> float | None:
    truth = case.one_hot[:, cls]
    if not truth.any() or (name == "roc_auc" and truth.all()):
        return None
    function = sk.roc_auc_score if name == "roc_auc" else sk.average_precision_score
    return float(function(truth, case.p[:, cls]))


def averaged_area(name: str, case: Case, average: str) -> float | None:
    if average.endswith("micro"):
        function = sk.roc_auc_score if name == "roc_auc" else sk.average_precision_score
        return float(function(case.one_hot.ravel(), case.p.ravel()))
    found = [(area(name, case, cls), case.one_hot[:, cls].sum()) for cls in range(case.k)]
    kept = [(value, weight) for value, weight in found if value is not None]
    if not kept:
        return None
    weights = [weight for _, weight in kept] if average.endswith("weighted") else None
    return float(np.average([value for value, _ in kept], weights=weights))


def ece(case: Case, binary: bool) -> float:
    confidence = case.p[:, 1] if binary else case.p[np.arange(len(case.y)), case.h]
    right = case.y == 1 if binary else case.y == case.h
    total = 0.0
    for low in range(15):
        inside = (confidence > low / 15) & (confidence <= (low + 1) / 15)
        if low == 0:
            inside |= confidence == 0
        if inside.any():
            total += abs(right[inside].mean() - confidence[inside].mean()) * inside.mean()
    return total


def top_k(case: Case, k: float) -> float:
    order = np.argsort(-case.p, axis=1, kind="stable")[:, : int(k)]
    return float((order == case.y[:, None]).any(axis=1).mean())


def whole(name: str, case: Case, parameter: float | None, binary: bool) -> float | None:
    one_sided = len(set(case.y)) == 1 or len(set(case.h)) == 1
    same = len(set(case.y) | set(case.h)) == 1
    rank = np.argmax(np.argsort(-case.p, axis=1, kind="stable") == case.y[:, None], axis=1)
    if name in ("mcc",):
        return None if one_sided else float(sk.matthews_corrcoef(case.y, case.h))
    if name.startswith("cohen_kappa"):
        weights = name.removeprefix("cohen_kappa").strip("_") or None
        return (
            None if same else float(sk.cohen_kappa_score(case.y, case.h, weights=weights, labels=case.labels))
        )
    if name == "log_loss":
        return float(sk.log_loss(case.y, case.stored, labels=case.labels))
    if name == "brier":
        squares = np.square(case.p - case.one_hot)
        return float(squares[:, 1].mean() if binary else squares.sum(axis=1).mean())
    simple: dict[str, Callable[[], float]] = {
        "accuracy": lambda: float(sk.accuracy_score(case.y, case.h)),
        "balanced_accuracy": lambda: float(
            np.mean([np.mean(case.h[case.y == cls] == cls) for cls in set(case.y)])
        ),
        "top_k_accuracy": lambda: top_k(case, parameter or 1),
        "mrr": lambda: float(np.mean(1 / (1 + rank))),
        "ece": lambda: ece(case, binary),
    }
    return simple[name]()


def reference(request: Any, case: Case, binary: bool) -> float | None:
    metric = request.metric
    cls = int(request.cls) if request.cls is not None else 1 if binary else None
    if metric.form == "whole":
        return whole(metric.name, case, request.parameter, binary)
    if metric.form == "counts":
        if cls is not None:
            return one_class(metric.name, case, cls, request.parameter)
        return averaged(metric.name, case, request.average, request.parameter)
    if cls is not None:
        return None if binary and cls != 1 else area(metric.name, case, cls)
    return averaged_area(metric.name, case, request.average)


def cases() -> Iterator[tuple[str, Case]]:
    rng = np.random.default_rng(20)
    for k in (2, 3, 7):
        for kind in ("plain", "ties", "absent", "one class", "constant"):
            n = 400
            y = rng.integers(0, k, n)
            if kind == "absent":
                y = np.where(y == k - 1, 0, y)
            if kind == "one class":
                y = np.full(n, k - 1)
            z = rng.normal(size=(n, k)) * 1.5
            z[np.arange(n), y] += 1
            if kind == "absent" and k > 2:
                z[:, k - 2] = -9  # a class that is never predicted
            if kind == "constant":
                z[:] = 0
            p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
            if kind == "ties":
                p = np.round(p * 8) / 8
                p[:, 0] += 1 - p.sum(axis=1)
                p = np.abs(p)
                p /= p.sum(axis=1, keepdims=True)
            yield f"{k}-{kind}", Case(y, p)


ALL = dict(cases())


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ALL)
def test_every_metric_agrees_with_its_reference(name: str, dtype: str, tmp_path: Path) -> None:
    case = Case(ALL[name].y, ALL[name].p.astype(dtype))
    np.save(tmp_path / "p.npy", case.stored)
    np.save(tmp_path / "y.npy", case.y)
    binary = case.k == 2
    names = tuple(map(str, range(case.k)))
    study = Study("binary" if binary else "multiclass", names, 1 if binary else None)
    requests = everything(study, classes=True)
    report = score(
        Options(
            str(tmp_path / "p.npy"),
            labels=str(tmp_path / "y.npy"),
            metrics=tuple(request.key for request in requests),
        )
    )
    tolerance = 1e-9 if dtype == "float64" else 1e-6
    for request in requests:
        found, expected = report.metrics[request.key], reference(request, case, binary)
        if expected is None:
            assert found.value is None, (request.key, found)
            assert found.reason
        else:
            exact = 1e-12 if request.metric.form == "counts" else tolerance
            assert found.value == pytest.approx(expected, rel=exact, abs=1e-12), request.key


def test_the_table_holds_every_metric() -> None:
    """A metric that no case reaches would go unchecked."""
    reached = set()
    for task, k in (("binary", 2), ("multiclass", 7)):
        study = Study(task, tuple(map(str, range(k))), 1 if k == 2 else None)
        reached |= {request.metric.name for request in everything(study, classes=True)}
    assert reached == set(METRICS)


@pytest.mark.parametrize("task", ["binary", "multiclass"])
def test_values_lie_in_the_declared_range(task: str, tmp_path: Path) -> None:
    case = ALL["2-plain" if task == "binary" else "7-absent"]
    np.save(tmp_path / "p.npy", case.p)
    np.save(tmp_path / "y.npy", case.y)
    report = score(Options(str(tmp_path / "p.npy"), labels=str(tmp_path / "y.npy"), metrics=("all",)))
    study = Study(task, report.classes, 1 if task == "binary" else None)
    for request in everything(study):
        found, (low, high) = report.metrics[request.key].value, request.metric.range
        assert found is None or low <= found <= high, request.key


def test_every_metric_says_what_it_is() -> None:
    for metric in METRICS.values():
        assert metric.summary.endswith("."), metric.name
        assert metric.form == "whole" or metric.undefined, metric.name
