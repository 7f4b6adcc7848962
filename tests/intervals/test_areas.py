from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats
from scipy.special import expit, logit

from evalcli.blocks import Block
from evalcli.engine.plan import Wanted, plan
from evalcli.intervals.areas import DELONG, JACKKNIFE, degrees_of_freedom
from evalcli.intervals.method import Study
from evalcli.metrics import Context, Summary, compute
from evalcli.metrics.sources import NoInterval
from evalcli.statistics import RowSample
from evalcli.statistics.base import finished_states, reduce
from evalcli.tasks import BINARY, MULTICLASS
from support.measuring import binary_block, class_block

TWO = Context(BINARY, ("a", "b"), 1)
THREE = Context(MULTICLASS, ("a", "b", "c"))


def interval(name: str, block: Block, context: Context = TWO, confidence: float = 0.95) -> tuple[float, Any]:
    """Value and ends, or the reason why there are none."""
    found = plan(context, Wanted((name,), per_class=False), RowSample(1000))
    summary = Summary(found.context, finished_states(reduce(block, found.statistics)))
    (request,) = found.requests
    result = compute(request, summary)
    assert result.value is not None
    study = Study(summary, confidence, RowSample(1000))
    method = DELONG if request.metric.source is DELONG.area else JACKKNIFE
    return result.value, method.ends(study, request, result, result.value)


def rows(n: int, seed: int = 3) -> tuple[Any, Any]:
    rng = np.random.default_rng(seed)
    truth = rng.random(n) < 0.3
    return truth, np.round(expit(rng.normal(size=n) + 1.2 * truth), 2)


def placements(truth: Any, scores: Any) -> tuple[Any, Any]:
    """Of each positive row the share of negatives below it, of each negative that of positives above."""
    own, other = scores[truth][:, None], scores[~truth]
    right = (own > other) + 0.5 * (own == other)
    return right.mean(axis=1), right.mean(axis=0)


@pytest.mark.parametrize("n", [40, 200])
@pytest.mark.parametrize("confidence", [0.9, 0.95])
def test_one_class_by_delongs_formula(n: int, confidence: float) -> None:
    truth, scores = rows(n)
    of_own, of_others = placements(truth, scores)
    error = math.sqrt(of_own.var(ddof=1) / len(of_own) + of_others.var(ddof=1) / len(of_others))
    area = of_own.mean()
    half = stats.t.ppf(0.5 + confidence / 2, min(len(of_own), len(of_others)) - 1) * error
    expected = expit(logit(area) + np.array([-1, 1]) * half / (area * (1 - area)))
    value, ends = interval("roc_auc", binary_block(truth, scores), confidence=confidence)
    assert value == pytest.approx(area, rel=1e-12)
    assert ends == pytest.approx(expected, rel=1e-4)


def test_gini_is_on_another_scale_only() -> None:
    block = binary_block(*rows(80))
    _, area = interval("roc_auc", block)
    _, gini = interval("gini", block)
    assert gini == pytest.approx([2 * end - 1 for end in area], rel=1e-9)


def test_average_precision_surrounds_its_value() -> None:
    widths = []
    for n in (60, 600, 6000):
        value, (low, high) = interval("average_precision", binary_block(*rows(n)))
        assert 0 < low < value < high < 1
        widths.append(high - low)
    assert widths[0] > widths[1] > widths[2]


def test_few_rows_of_a_class_have_none() -> None:
    truth = np.arange(40) < 3
    _, reason = interval("roc_auc", binary_block(truth, np.arange(40) % 7 / 7))
    assert isinstance(reason, NoInterval)
    assert "of the class" in reason.reason


def test_separated_classes_are_as_sure_as_the_rarer_one() -> None:
    truth = np.arange(50) >= 38
    value, ends = interval("roc_auc", binary_block(truth, np.arange(50) / 50))
    assert value == 1.0
    expected = stats.binomtest(12, 12).proportion_ci(method="wilson")
    assert ends == pytest.approx([expected.low, expected.high], rel=1e-9)


@pytest.mark.parametrize("name", ["roc_auc_ovr_macro", "roc_auc_ovr_weighted", "average_precision_macro"])
def test_averages_surround_their_value(name: str) -> None:
    rng = np.random.default_rng(8)
    truth = rng.choice(3, 150, p=[0.5, 0.3, 0.2])
    scores = rng.dirichlet([1, 1, 1], 150)
    scores[np.arange(150), truth] += 0.4
    block = class_block(truth, scores / scores.sum(axis=1, keepdims=True))
    value, (low, high) = interval(name, block, THREE)
    _, (lower, higher) = interval(name, block, THREE, 0.99)
    assert 0 < lower < low < value < high < higher < 1


def test_degrees_of_freedom_of_a_sum() -> None:
    """Those of equal variances add up; a single one has its own; of no variance the fewest."""
    even = np.full(3, 2.0)
    assert degrees_of_freedom(even, np.array([11, 11, 11])) == pytest.approx(30)
    assert degrees_of_freedom(even[:1], np.array([7])) == pytest.approx(6)
    assert degrees_of_freedom(np.array([2.0, 0.0]), np.array([7, 99])) == pytest.approx(6)
    assert degrees_of_freedom(np.zeros(2), np.array([5, 9])) == 4
