from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from evalcli.intervals.means import MeanByMoments
from evalcli.intervals.method import Study
from evalcli.metrics import METRICS, Context, MetricValue, Request, Summary
from evalcli.metrics.results import Mean
from evalcli.metrics.sources import NoInterval
from evalcli.statistics import Moments, RowSample
from evalcli.tasks import MULTILABEL, REGRESSION

STUDY = Study(Summary(Context(REGRESSION)), 0.95, RowSample(10))
VALUES = np.random.default_rng(4).gamma(2.0, size=200)


def ends(name: str, values: np.ndarray, root: bool = False) -> object:
    mean = Mean(Moments.of(values), root)
    request = Request(METRICS[name, REGRESSION])
    return MeanByMoments().ends(STUDY, request, MetricValue(mean.value, mean=mean), mean.value)


def test_a_mean_by_students_t() -> None:
    """Without limits, on its own scale."""
    expected = stats.t.interval(0.95, 199, VALUES.mean(), stats.sem(VALUES))
    assert ends("bias", VALUES) == pytest.approx(expected)


def test_a_loss_on_the_scale_of_its_logarithm() -> None:
    half = stats.t.ppf(0.975, 199) * stats.sem(VALUES) / VALUES.mean()
    expected = VALUES.mean() * np.exp([-half, half])
    assert ends("mae", VALUES) == pytest.approx(expected)
    assert ends("rmse", VALUES, root=True) == pytest.approx(np.sqrt(expected))


def test_equal_or_few_rows_have_none() -> None:
    assert ends("mae", np.full(40, 2.0)) == NoInterval("every row has the same value, or nearly")
    assert ends("mae", VALUES[:29]) == NoInterval("fewer than 30 rows")


@pytest.mark.parametrize(
    ("name", "average", "more", "applies"),
    [
        ("log_loss", None, {}, True),
        ("f1", "samples", {}, True),
        ("roc_auc", "samples", {}, True),
        ("f1", "macro", {}, False),
        ("subset_accuracy", None, {}, False),
        ("log_loss", None, {"gaps": True}, False),
        ("log_loss", None, {"weighted": True}, False),
        ("log_loss", None, {"groups": 9}, False),
    ],
)
def test_it_is_for_means_over_independent_rows(
    name: str, average: str | None, more: dict[str, object], applies: bool
) -> None:
    context = Context(MULTILABEL, ("a", "b"), **more)  # type: ignore[arg-type]
    assert MeanByMoments().applies(Request(METRICS[name, MULTILABEL], average), context) is applies
