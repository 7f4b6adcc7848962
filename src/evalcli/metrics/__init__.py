"""Metrics: formulas over summed states, in one registry."""

# importing a family registers its metrics; the order of imports is that of lists and reports
# isort: off
from evalcli.metrics import confusion, one_vs_rest, curve_points, regression, deviances
from evalcli.metrics import multilabel, quantiles, ranking, losses, calibration

# isort: on
from evalcli.metrics.evaluate import MetricValue, compute, method_of, statistic, values_of
from evalcli.metrics.names import (
    NoMatch,
    NoSuchClass,
    everything,
    expand,
    is_glob,
    known_names,
    parse,
    select,
)
from evalcli.metrics.registry import METRICS, Context, Metric, Request

__all__ = [
    "METRICS",
    "Context",
    "Metric",
    "MetricValue",
    "NoMatch",
    "NoSuchClass",
    "Request",
    "calibration",
    "compute",
    "confusion",
    "curve_points",
    "deviances",
    "everything",
    "expand",
    "is_glob",
    "known_names",
    "losses",
    "method_of",
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
