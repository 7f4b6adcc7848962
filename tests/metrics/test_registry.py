from __future__ import annotations

from typing import Any

import pytest

from evalcli.metrics import METRICS


@pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)
def test_every_metric_says_what_it_is(metric: Any) -> None:
    facts = (metric.summary, metric.formula, metric.undefined, metric.sklearn, metric.torchmetrics)
    assert all(facts), facts
    assert metric.reference
    assert metric.summary.endswith(".")
    assert metric.sklearn.endswith(".")
    assert metric.torchmetrics.endswith(".")
