"""Metrics of one's own in Python: the decorators, statistics and types that evalcli's metrics are made of.

A module that declares metrics is imported, given as ``--plugin FILE``, or installed with an entry point of
the group ``evalcli.metrics``. ``row_metric`` is a mean over the rows, ``class_metric`` a function of the
counts of one class, ``metric`` one of any statistic, ``ranking_metric`` an area under a curve. Each
declaration is checked when it is made; an error says how to correct it.
"""

from evalcli.blocks import ClassBlock, LabelSetBlock, RealBlock
from evalcli.metrics.context import Context, Summary
from evalcli.metrics.declare import between, class_metric, defaults, metric, ranking_metric, row_metric
from evalcli.metrics.metric import Parameter
from evalcli.metrics.results import AtThreshold, Mean, MonotoneProportion, Proportion, Undefined, ratio
from evalcli.metrics.sources import NoInterval
from evalcli.statistics import Confusion, ConfusionCounts, Moments, OneVsRest, Ranking, ResampledCounts
from evalcli.statistics.base import FieldSums, Finished, Summable
from evalcli.statistics.weights import Weights
from evalcli.tasks import BINARY, CLASSES, LABELS, MULTICLASS, MULTILABEL, REGRESSION

__all__ = [
    "BINARY",
    "CLASSES",
    "LABELS",
    "MULTICLASS",
    "MULTILABEL",
    "REGRESSION",
    "AtThreshold",
    "ClassBlock",
    "Confusion",
    "ConfusionCounts",
    "Context",
    "FieldSums",
    "Finished",
    "LabelSetBlock",
    "Mean",
    "Moments",
    "MonotoneProportion",
    "NoInterval",
    "OneVsRest",
    "Parameter",
    "Proportion",
    "Ranking",
    "RealBlock",
    "ResampledCounts",
    "Summable",
    "Summary",
    "Undefined",
    "Weights",
    "between",
    "class_metric",
    "defaults",
    "metric",
    "ranking_metric",
    "ratio",
    "row_metric",
]
