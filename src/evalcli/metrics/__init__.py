"""Metrics: formulas over summed states, in one registry."""

# importing a family registers its metrics; the order of imports is that of lists and reports
# isort: off
from evalcli.metrics import confusion, one_vs_rest, curve_points, regression, correlations, deviances
from evalcli.metrics import multilabel, quantiles, ranking, losses, calibration

# isort: on
from evalcli.metrics.context import Context, Summary
from evalcli.metrics.evaluate import MetricValue, compute, statistic, values_of
from evalcli.metrics.metric import Metric, Request
from evalcli.metrics.names import (
    NoMatch,
    NoSuchClass,
    everything,
    expand,
    is_glob,
    parse,
    select,
)
from evalcli.metrics.registry import METRICS


def _examine(metric: Metric) -> None:
    from evalcli.metrics.checks import check

    check(metric)


METRICS.examine = _examine
"""What is added from here on is examined; the metrics above are examined by the tests."""

__all__ = [
    "METRICS",
    "Context",
    "Metric",
    "MetricValue",
    "NoMatch",
    "NoSuchClass",
    "Request",
    "Summary",
    "calibration",
    "compute",
    "confusion",
    "correlations",
    "curve_points",
    "deviances",
    "everything",
    "expand",
    "is_glob",
    "losses",
    "multilabel",
    "one_vs_rest",
    "parse",
    "quantiles",
    "ranking",
    "regression",
    "select",
    "statistic",
    "values_of",
]
