from __future__ import annotations

import numpy as np
import pytest
from msgspec.structs import replace

from evalcli.engine.plan import Wanted, plan
from evalcli.intervals.estimate import study_of
from evalcli.intervals.method import Study, enough_rows, is_single, scale_of, undefined_in
from evalcli.intervals.rows import Resamples
from evalcli.metrics import METRICS, Context, Request, Summary
from evalcli.metrics.sources import NoInterval
from evalcli.statistics import RowCount, RowSample, Size, hash_rows
from evalcli.statistics.base import finished_states, reduce
from evalcli.tasks import BINARY, MULTICLASS, REGRESSION
from support.measuring import real_block

TWO, THREE = Context(BINARY, ("a", "b"), 1), Context(MULTICLASS, ("a", "b", "c"))
F1, MAE = METRICS["f1", MULTICLASS], METRICS["mae", REGRESSION]


def test_what_is_shared_is_made_once() -> None:
    made = []

    def make(study: Study) -> int:
        made.append(study)
        return len(made)

    study = Study(Summary(TWO), 0.95, RowSample(10))
    assert [study.shared(make), study.shared(make)] == [1, 1]
    assert Study(Summary(TWO), 0.95, RowSample(10)).shared(make) == 2


@pytest.mark.parametrize(
    ("request_", "context", "single"),
    [
        (Request(F1, cls="a"), THREE, True),
        (Request(F1, "macro"), THREE, False),
        (Request(F1), TWO, True),
        (Request(F1, "macro"), TWO, False),
        (Request(MAE), Context(REGRESSION), False),
    ],
)
def test_one_class_or_several(request_: Request, context: Context, single: bool) -> None:
    assert is_single(request_, context) is single


@pytest.mark.parametrize(
    ("size", "reason"),
    [
        (RowCount(29, 29, 29), "fewer than 30 rows"),
        (RowCount(30, 30, 30), None),
        (RowCount(100, 100, 10_000), "effective sample size below 30"),
    ],
)
def test_few_rows(size: RowCount, reason: str | None) -> None:
    summary = Summary(replace(TWO, weighted=size.squares != size.rows), {Size(): size})
    found = enough_rows(Study(summary, 0.95, RowSample(10)))
    assert found == (None if reason is None else NoInterval(reason))


def test_scales() -> None:
    assert scale_of(Request(MAE)) == (0, np.inf)
    assert scale_of(Request(METRICS["bias", REGRESSION])) == (-np.inf, np.inf)
    assert scale_of(Request(METRICS["brier", BINARY])) == (0, np.inf)
    assert scale_of(Request(METRICS["roc_auc", BINARY])) == (0, 1)


def test_undefined_samples_are_counted() -> None:
    assert undefined_in(30, 1000).reason == "it is undefined in 30 of 1,000 samples of these rows"


@pytest.mark.parametrize("groups", [None, 40])
def test_two_models_are_evaluated_on_the_same_resamples(groups: int | None) -> None:
    """So a paired difference varies less than one of independent samples: both err on the same rows."""
    rng = np.random.default_rng(6)
    n = 400
    truth = rng.normal(size=n)
    hard = rng.gamma(1.0, size=n)
    rows = hash_rows(np.arange(n), 0)
    by = rows if groups is None else hash_rows(np.arange(n) % groups, 0)
    context = Context(REGRESSION, groups=groups)
    drawn = []
    for scale in (1.0, 1.1):
        noise = scale * hard + 0.01 * rng.normal(size=n)
        block = replace(real_block(truth, truth + noise), row_hashes=np.stack([by, rows]))
        found = plan(context, Wanted(("median_absolute_error",), per_class=False), RowSample(1000))
        summary = Summary(found.context, finished_states(reduce(block, found.statistics)))
        study = study_of(summary, found.requests, 0.95, RowSample(1000))
        drawn.append(study.shared(Resamples).values["median_absolute_error"][1])
    assert np.corrcoef(drawn)[0, 1] > 0.95
    assert np.std(drawn[1] - drawn[0]) < 0.3 * np.hypot(*np.std(drawn, axis=1))
