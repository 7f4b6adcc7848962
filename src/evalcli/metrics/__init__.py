"""Metrics: formulas over summed states, in one registry."""

from evalcli.metrics import confusion, curve_points, deviances, multilabel, quantiles, ranking, regression
from evalcli.metrics.evaluate import Outcome, compute, method_of, statistic, values_of
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
from evalcli.metrics.registry import METRICS, Metric, Request, Study

# importing the families fills the registry
__all__ = [
    "METRICS",
    "Metric",
    "NoMatch",
    "NoSuchClass",
    "Outcome",
    "Request",
    "Study",
    "compute",
    "confusion",
    "curve_points",
    "deviances",
    "everything",
    "expand",
    "is_glob",
    "known_names",
    "method_of",
    "multilabel",
    "parse",
    "quantiles",
    "ranking",
    "regression",
    "select",
    "statistic",
    "values_of",
]
