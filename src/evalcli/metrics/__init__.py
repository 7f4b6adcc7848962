"""Metrics: formulas over summed states, in one registry."""

from evalcli.metrics import confusion, scores
from evalcli.metrics.compute import Outcome, compute
from evalcli.metrics.names import Request, everything, parse, select
from evalcli.metrics.registry import METRICS, Metric, Study

# importing the families fills the registry
__all__ = [
    "METRICS",
    "Metric",
    "Outcome",
    "Request",
    "Study",
    "compute",
    "confusion",
    "everything",
    "parse",
    "scores",
    "select",
]
