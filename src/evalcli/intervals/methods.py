"""The methods of intervals by name, and from how many rows on they hold."""

from __future__ import annotations

import math

from evalcli.intervals.scales import Ends
from evalcli.metrics import Request

METHODS = {
    "wilson": "Wilson's score interval of a share of rows (J. Am. Stat. Assoc. 22, 1927); of F1 of one class "
    "through the share TP / (TP + FP + FN), which it rises with",
    "table-bootstrap": "multinomial draws of the confusion table, to which half a hit and half a miss are "
    "added for each class: the same cost for any number of rows. With two classes the quantiles of 2,000 "
    "draws; with more, Wilson's interval for the number of rows that would vary as much as 500",
    "normal": "mean of a loss, from centred moments, by Student's t; on the scale of the logarithm where the "
    "loss has no values below 0",
    "delong": "DeLong's variance from the sorted scores (Sun & Xu, IEEE Signal Process. Lett. 21, 2014), on "
    "the scale of log-odds, by Student's t for the rows of the rarer class; averages with the covariance of "
    "the classes",
    "infinitesimal-jackknife": "variance from what each row adds to the area, read off the sorted scores "
    "(Efron, 1982), on the scale of log-odds, by Student's t for the rows of the rarer class",
    "bin-bounds": "what the noise of the bins can have added at most and hidden at most: an error that is "
    "estimated from bins is too large by its own noise, so the interval reaches further down than up",
    "row-bootstrap": "200 draws of the rows, each as often as Poisson(1) says; of very many rows, of some of "
    "them, brought to the number of all",
    "group-bootstrap": "the same draws of whole groups of rows (--group)",
}
"""What each method does. The methods of areas have ``-by-group`` added where groups vary together."""
ROW_RESAMPLING = ("row-bootstrap", "group-bootstrap")
"""Methods that rows have to be kept for."""
FEWEST_ROWS, FEWEST_GROUPS, FEWEST_OF_A_CLASS = 30, 10, 5
DRAWS, FEWER_DRAWS, MOST_CELLS = 2000, 500, 1 << 22
"""Draws of a table: for quantiles, or for their spread alone; and of its cells in all."""
ROW_DRAWS = 200
UNDEFINED = 0.1
"""Share of the draws that may be undefined."""


def undefined_in(count: int, draws: int) -> str:
    """Why a metric has no interval where samples leave it undefined."""
    return f"it is undefined in {count:,} of {draws:,} samples of these rows"


def scale_of(request: Request) -> Ends:
    """The scale of a metric's interval: a loss has one limit, that it cannot be below."""
    low, high = request.metric.range
    return (low, math.inf) if request.metric.better == "lower" and math.isfinite(low) else (low, high)
