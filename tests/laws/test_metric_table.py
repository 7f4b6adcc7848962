"""Every metric against its independent reference, over random, tied, weighted, absent and degenerate data."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from msgspec.structs import asdict

from evalcli.engine.score import score
from evalcli.inputs.options import Options
from evalcli.metrics import METRICS, Context, Request, everything
from evalcli.tasks import BINARY, MULTICLASS, MULTILABEL, REGRESSION, TASKS
from support import references
from support.effort import SLOW
from support.references import TABLE, Classes, Labels, Reals

pytestmark = pytest.mark.long

N = 400
KINDS = ("plain", "ties", "rare", "absent", "one class", "constant", "sure")
REAL_KINDS = ("plain", "ties", "far", "positive", "zeros", "constant truth", "constant")


def weights(rng: np.random.Generator) -> Any:
    """From nothing to ten."""
    return np.where(rng.random(N) < 0.1, 0.0, rng.random(N) * 10)


def class_case(kind: str, k: int, weighted: bool, dtype: str) -> Classes:
    rng = np.random.default_rng([k, KINDS.index(kind), weighted])
    y = rng.integers(0, k, N)
    if kind == "rare":
        y = np.where(rng.random(N) < 0.95, 0, y)
    if kind == "absent":
        y = np.where(y == k - 1, 0, y)
    if kind == "one class":
        y = np.full(N, k - 1)
    z = rng.normal(size=(N, k)) * 1.5
    z[np.arange(N), y] += 1
    if kind == "absent" and k > 2:
        z[:, k - 2] = -9  # a class that is never predicted
    if kind == "constant":
        z[:] = 0
    if kind == "sure":
        z *= 300  # probabilities of exactly 0 and 1
    p = np.exp(z - z.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    if kind == "ties":
        p = np.round(p * 8) / 8
        p[:, 0] += 1 - p.sum(axis=1)
        p = np.abs(p)
        p /= p.sum(axis=1, keepdims=True)
    return Classes(y, p.astype(dtype), weights(rng) if weighted else None)


def label_case(kind: str, k: int, weighted: bool, dtype: str) -> Labels:
    rng = np.random.default_rng([k, KINDS.index(kind), weighted, 7])
    y = (rng.random((N, k)) < (0.05 if kind == "rare" else 0.4)).astype(int)
    if kind == "absent":
        y[:, 0] = 0
    if kind == "one class":
        y[:] = 1
    z = rng.normal(size=(N, k)) * 1.5 + y
    if kind == "constant":
        z[:] = -1.0
    if kind == "sure":
        z *= 300
    p = 1 / (1 + np.exp(-z.clip(-700, 700)))
    if kind == "ties":
        p = np.round(p * 4) / 4
    return Labels(y, p.astype(dtype), weights(rng) if weighted else None)


def real_case(kind: str, weighted: bool, quantiles: bool) -> Reals:
    rng = np.random.default_rng([REAL_KINDS.index(kind), weighted, quantiles])
    y = rng.normal(size=N) * 2
    p = y + rng.normal(size=N)
    if kind == "ties":
        y, p = np.round(y * 2) / 2 + 0.25, np.round(p) + 0.25
    if kind == "far":
        y, p = y + 1e8, p + 1e8
    if kind in ("positive", "zeros"):
        y, p = np.exp(y), np.exp(p)
    if kind == "zeros":
        y[::7] = 0
    if kind == "constant truth":
        y[:] = 1.5
    if kind == "constant":
        y[:], p[:] = 1.5, 1.5
    levels = (
        {q: p + rng.normal(size=N) / 9 + q - 0.5 for q in (0.05, 0.1, 0.5, 0.9, 0.95)} if quantiles else {}
    )
    return Reals(y, p, levels, weights(rng) if weighted else None)


def write(case: Any, folder: Path) -> Options:
    """Save a case as a user would."""
    columns: dict[str, Any] = {}
    if isinstance(case, Reals):
        columns = {"y_true": case.y, "y_pred": case.p} | {f"q_{q}": values for q, values in case.q.items()}
    elif isinstance(case, Labels):
        columns = {f"y_{c}": case.one_hot[:, c] for c in range(case.k)}
        columns |= {f"p_{c}": np.ascontiguousarray(case.stored[:, c]) for c in range(case.k)}
    else:
        columns = {"label": case.y}
        columns |= {f"p_{c}": np.ascontiguousarray(case.stored[:, c]) for c in range(case.k)}
    if case.w is not None:
        columns["w"] = case.w
    path = folder / "p.parquet"
    pq.write_table(pa.table(columns), path, row_group_size=150)
    return Options(
        str(path),
        label_cols=("y_*",) if isinstance(case, Labels) else (),
        weight_col="w" if case.w is not None else None,
        task="regression" if isinstance(case, Reals) else "auto",
    )


def context_of(case: Any) -> Context:
    if isinstance(case, Reals):
        return Context(
            REGRESSION, quantiles=tuple(sorted(case.q)), available=frozenset({"point", "quantiles"})
        )
    names = tuple(map(str, range(case.k)))
    if isinstance(case, Labels):
        return Context(MULTILABEL, names)
    return Context(BINARY if case.binary else MULTICLASS, names, 1 if case.binary else None)


def agree(case: Any, folder: Path, dtype: str = "float64") -> None:
    """Score a file and compare every number of it."""
    context = context_of(case)
    requests = everything(context, classes=True, on_request=True)
    if isinstance(case, Reals) and not case.q:
        requests = [r for r in requests if r.metric.requires != "quantiles"]
        requests.append(Request(METRICS.named("pinball")[0], parameter=0.9))
    options = write(case, folder)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # no Python warnings
        keys, whole = tuple(request.key for request in requests), dtype == "float64" or SLOW
        report = score(Options(**{**asdict(options), "metrics": keys, "intervals": whole}))
    assert report.task == context.task.name
    for request in requests:
        found = report.metrics[request.key]
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = TABLE[request.metric.name](case, request)
        if expected is None:
            assert found.value is None, (request.key, found)
            assert found.reason
            continue
        assert found.value is not None, (request.key, found, expected)
        exact = 1e-12 if request.metric.form == "counts" else 1e-9 if dtype == "float64" else 1e-6
        assert found.value == pytest.approx(expected, rel=exact, abs=tolerance(request, case)), request.key
        low, high = request.metric.range
        assert low <= found.value <= high, request.key


def tolerance(request: Request, case: Any) -> float:
    """Absolute, for values near 0. What references compute from raw sums is worse than what is tested."""
    if isinstance(case, Reals) and np.abs(case.y).max() > 1e7:
        return 1e-7
    if request.metric.name in ("d2_log_loss", "brier_skill"):  # one less a ratio
        return 1e-9 if case.stored.dtype == np.float64 else 1e-6
    return 1e-7 if request.metric.name.startswith("calibration") else 1e-12


def combinations() -> Iterator[Any]:
    """Weights and types with every kind; all four together of ordinary rows, else two that share neither."""
    both = [(False, "float64"), (True, "float32")], [(True, "float64"), (False, "float32")]
    for place, (make, k) in enumerate([(class_case, 2), (class_case, 3), (class_case, 7), (label_case, 4)]):
        for number, kind in enumerate(KINDS):
            every = SLOW or kind in ("plain", "ties")
            for weighted, dtype in [*both[0], *both[1]] if every else both[(place + number) % 2]:
                marks = () if kind == "plain" and dtype == "float64" else pytest.mark.unmeasured
                name = f"{make.__name__}-{k}-{kind}-{'weights' if weighted else 'rows'}-{dtype}"
                yield pytest.param(make, k, kind, weighted, dtype, marks=marks, id=name)


@pytest.mark.thorough
@pytest.mark.parametrize(("make", "k", "kind", "weighted", "dtype"), list(combinations()))
def test_classes_and_labels(
    make: Callable[..., Any], k: int, kind: str, weighted: bool, dtype: str, tmp_path: Path
) -> None:
    agree(make(kind, k, weighted, dtype), tmp_path, dtype)


@pytest.mark.parametrize("quantiles", [False, True], ids=["values", "quantiles"])
@pytest.mark.parametrize("weighted", [False, True], ids=["rows", "weights"])
@pytest.mark.parametrize("kind", REAL_KINDS)
def test_real_values(kind: str, weighted: bool, quantiles: bool, tmp_path: Path) -> None:
    agree(real_case(kind, weighted, quantiles), tmp_path)


def test_every_metric_has_a_row_in_the_table() -> None:
    assert set(TABLE) == {metric.name for metric in METRICS}


def test_every_metric_is_reached() -> None:
    """A metric that no case asks for would go unchecked."""
    cases = (
        class_case("plain", 2, False, "float64"),
        class_case("plain", 7, False, "float64"),
        label_case("plain", 4, False, "float64"),
        real_case("plain", False, True),
    )
    reached = {
        request.metric.name for case in cases for request in everything(context_of(case), classes=True)
    }
    assert reached == {metric.name for metric in METRICS}
    assert {context_of(case).task for case in cases} == set(TASKS.values())


def test_the_references_stand_on_their_own() -> None:
    source = Path(references.__file__).read_text(encoding="utf-8")
    assert "import evalcli" not in source
    assert "from evalcli" not in source
