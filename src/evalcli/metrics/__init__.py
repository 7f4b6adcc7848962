"""Metrics: formulas over summed states, in one registry."""

from evalcli.metrics import confusion, curves, deviances, label_sets, quantiles, reals, scores
from evalcli.metrics.compute import Outcome, compute, method_of, statistic, values_of
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
    "curves",
    "deviances",
    "everything",
    "expand",
    "is_glob",
    "known_names",
    "label_sets",
    "method_of",
    "parse",
    "quantiles",
    "reals",
    "scores",
    "select",
    "statistic",
    "values_of",
]
