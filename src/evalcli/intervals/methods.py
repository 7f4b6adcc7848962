"""Methods of intervals by name, and the sample sizes that they need."""

from __future__ import annotations

import math

from evalcli.intervals.scales import Ends
from evalcli.metrics import Request

METHODS = {
    "wilson": "Wilson score interval of a proportion of rows (J. Am. Stat. Assoc. 22, 1927); for F1 of one "
    "class, that of the Jaccard index TP / (TP + FP + FN), transformed",
    "table-bootstrap": "multinomial resamples of the confusion matrix, with pseudo-counts of ½ for a hit and "
    "½ for a miss of each class (Jeffreys). Two classes: percentiles of 2,000 draws; more: Wilson's interval "
    "at the effective sample size that has the variance of 500 draws",
    "normal": "Student's t interval of a mean loss, from centred moments; on the log scale if the loss is "
    "never negative",
    "delong": "DeLong's variance from the sorted scores (Sun & Xu, IEEE Signal Process. Lett. 21, 2014), on "
    "the logit scale, by Student's t with the rows of the rarer class as sample size; averages with the "
    "covariances of the classes",
    "infinitesimal-jackknife": "variance from the influence of each row on the area, from the sorted scores "
    "(Efron, 1982), on the logit scale, by Student's t with the rows of the rarer class as sample size",
    "bin-bounds": "bounds on what noise within bins has added or hidden: it biases a binned error upwards, "
    "so the interval extends further down than up",
    "row-bootstrap": "Poisson bootstrap, 200 resamples of the rows; with very many rows, of a sample of "
    "them, scaled to the number of all rows",
    "group-bootstrap": "the same with whole groups of rows (--group)",
}
"""What each method does. The methods of areas end in ``-by-group`` for groups of dependent rows."""
ROW_RESAMPLING = ("row-bootstrap", "group-bootstrap")
"""Methods that need rows to be kept."""
FEWEST_ROWS, FEWEST_GROUPS, FEWEST_OF_A_CLASS = 30, 10, 5
DRAWS, FEWER_DRAWS, MOST_CELLS = 2000, 500, 1 << 22
"""Draws of a table: for quantiles, and for a variance; and the maximum of cells over all draws."""
ROW_DRAWS = 200
UNDEFINED = 0.1
"""Maximum share of undefined draws."""


def undefined_in(count: int, draws: int) -> str:
    """Why a metric that is undefined in some samples has no interval."""
    return f"it is undefined in {count:,} of {draws:,} samples of these rows"


def scale_of(request: Request) -> Ends:
    """Limits of the scale of a metric's interval: a loss has only a lower limit."""
    low, high = request.metric.range
    return (low, math.inf) if request.metric.better == "lower" and math.isfinite(low) else (low, high)
