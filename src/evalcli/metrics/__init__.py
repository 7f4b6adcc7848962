"""Metrics: formulas over summed states, in one registry."""

from evalcli.metrics import confusion, scores  # noqa: F401  (importing fills the registry)
from evalcli.metrics.compute import Outcome, compute
from evalcli.metrics.names import Request, everything, parse, select
from evalcli.metrics.registry import METRICS, Metric, Study

__all__ = ["METRICS", "Metric", "Outcome", "Request", "Study", "compute", "everything", "parse", "select"]
