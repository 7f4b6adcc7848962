from __future__ import annotations

import pytest

from evalcli.intervals.words import in_words, usual
from evalcli.metrics import METRICS, Metric
from evalcli.metrics.sources import NoInterval


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_the_words_of_a_metric_are_those_of_what_is_chosen(metric: Metric) -> None:
    words, method = in_words(metric), usual(metric)
    if isinstance(method, NoInterval):
        assert words == f"none: {method.reason}"
        return
    assert words.startswith(method.name)
    assert words.endswith(metric.page.coverage or method.coverage)
    assert "--group: " in words
