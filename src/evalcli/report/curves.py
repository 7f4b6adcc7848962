"""What pictures are drawn from: points of curves with their counts, bins, and quantiles of residuals."""

from __future__ import annotations

from msgspec import Struct, convert

from evalcli.report.json_values import JsonObject, plain


class RankedCurve(Struct, frozen=True):
    """One class against the rest at some thresholds, from the highest to the lowest.

    ``positives``, ``negatives``: rows, or their weight. ``thresholds``: None below all scores and above all,
    and where logits are so high that their probabilities are the same. ``tp``, ``fp``: of the rows that score
    at least that. ``hull``: indices of the corners of the convex hull,
    between which the calibrated probability is constant (CORP: Dimitriadis et al., PNAS 118, 2021).
    """

    name: str
    positives: float
    negatives: float
    thresholds: tuple[float | None, ...]
    tp: tuple[float, ...]
    fp: tuple[float, ...]
    hull: tuple[int, ...]


class Bins(Struct, frozen=True):
    """Bins (lo, hi] of equal width of probabilities: ``edges``, rows, summed probability, and outcomes.

    Binary: probability and outcome of the positive class; multiclass: of the predicted class, whether it is
    right. ``low`` and ``high``: Wilson's interval of the share of outcomes, 0 without rows; none for rows
    that are weighted or depend on each other.
    """

    name: str
    edges: tuple[float, ...]
    count: tuple[float, ...]
    probability: tuple[float, ...]
    hits: tuple[float, ...]
    low: tuple[float, ...] = ()
    high: tuple[float, ...] = ()


class Residuals(Struct, frozen=True):
    """Predicted minus true values: quantiles, and how many rows are where.

    ``levels`` and ``values``: quantiles of the residuals. ``truth_edges`` and ``predicted_edges``: of a grid
    that ``grid`` counts the rows of, by true value and predicted value; rows beyond it are in its last cells.
    """

    levels: tuple[float, ...]
    values: tuple[float, ...]
    truth_edges: tuple[float, ...]
    predicted_edges: tuple[float, ...]
    grid: tuple[tuple[float, ...], ...]


class Curves(Struct, frozen=True):
    """All of a report. ``left_out``: classes whose curves are not kept, for their number.

    ``micro``: the curve of all (row, class) pairs, if a metric is of it, or all is asked for.
    """

    ranked: tuple[RankedCurve, ...] = ()
    reliability: Bins | None = None
    scores: Bins | None = None
    residuals: Residuals | None = None
    left_out: int = 0
    micro: RankedCurve | None = None

    def to_json(self) -> JsonObject:
        """Plain data."""
        found = plain(self)
        assert isinstance(found, dict)
        return {key: value for key, value in found.items() if key != "micro" or value is not None}

    @classmethod
    def from_json(cls, data: JsonObject) -> Curves:
        """Inverse of ``to_json``."""
        return convert(data, cls)


__all__ = ["Bins", "Curves", "RankedCurve", "Residuals"]
