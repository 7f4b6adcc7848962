"""Functions of true and predicted real values, with the names and signatures of scikit-learn's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
from msgspec import Struct

from evalcli.blocks import Array, RealBlock
from evalcli.errors import UsageError
from evalcli.functional.given import defined, require_alike, require_finite, weight_of
from evalcli.functional.measured import value
from evalcli.loaders.given import array_of
from evalcli.metrics import Context
from evalcli.statistics.base import Floats
from evalcli.tasks import REGRESSION

Outputs = Literal["raw_values", "uniform_average", "variance_weighted"] | Sequence[float]


class _Pairs(Struct, frozen=True, eq=False):
    """Columns of true and predicted values, (m, n), and the weight of the rows."""

    truth: Floats
    predicted: Floats
    weight: Array | None

    @classmethod
    def of(cls, y_true: object, y_pred: object, sample_weight: object) -> _Pairs:
        truth, predicted = (_reals(name, given) for name, given in (("y_true", y_true), ("y_pred", y_pred)))
        weight = weight_of(sample_weight)
        require_alike(truth, predicted, weight, "give one column per output to each")
        return cls(np.atleast_2d(truth.T), np.atleast_2d(predicted.T), weight)

    def values(self, name: str, undefined: str, quantiles: tuple[float, ...] = ()) -> Floats:
        """A metric of each column, (m,)."""
        context = Context(REGRESSION, weighted=self.weight is not None, quantiles=quantiles)
        return np.array([value(name, block, context, undefined) for block in self._blocks(quantiles)])

    def skill(
        self, name: str, constant: Floats, reason: str, undefined: str, levels: tuple[float, ...] = ()
    ) -> Floats:
        """1 - a loss of each column over that of always predicting its constant, (m,)."""
        always = _Pairs(self.truth, np.repeat(constant[:, None], self.truth.shape[1], 1), self.weight)
        losses = zip(*(each.values(name, undefined, levels) for each in (self, always)), strict=True)
        return np.array(
            [defined(1 - loss / worst if worst else None, reason, undefined) for loss, worst in losses]
        )

    def single(self, name: str, undefined: str) -> float:
        """A metric of the only column."""
        self.require_single()
        return float(self.values(name, undefined)[0])

    def require_single(self) -> None:
        """Refuse several columns."""
        if len(self.truth) > 1:
            raise UsageError(
                "it is defined for one output", found=f"{len(self.truth)} columns", hint="one after the other"
            )

    def _blocks(self, quantiles: tuple[float, ...]) -> list[RealBlock]:
        pairs = zip(np.ascontiguousarray(self.truth), np.ascontiguousarray(self.predicted), strict=True)
        if quantiles:
            return [RealBlock(y, None, p[None], quantiles, self.weight) for y, p in pairs]
        return [RealBlock(y, p, np.empty((0, len(y))), (), self.weight) for y, p in pairs]


def _reals(name: str, given: object) -> Floats:
    values = array_of(name, given)
    require_finite(name, values, "drop these rows: rows = np.isfinite(y_true) & np.isfinite(y_pred)")
    return values.astype(np.float64)


def _averaged(
    values: Floats, multioutput: Outputs, spread: Callable[[], Floats] | None = None
) -> float | Floats:
    if isinstance(multioutput, str):
        if multioutput == "raw_values":
            return values
        if multioutput == "uniform_average":
            return float(values.mean())
        if multioutput == "variance_weighted" and spread is not None:
            weights = spread()
            return float(np.average(values, weights=weights)) if weights.any() else float(values.mean())
        raise UsageError(f"multioutput={multioutput!r} is unknown", hint="raw_values or uniform_average")
    weights = array_of("multioutput", multioutput)
    if weights.shape != values.shape or weights.dtype.kind not in "fiu" or not weights.sum():
        raise UsageError(
            "multioutput must be one weight for each output",
            found=f"shape {weights.shape}, {len(values)} outputs",
            hint="raw_values or uniform_average",
        )
    return float(np.average(values, weights=weights))


def mean_absolute_error(
    y_true: object, y_pred: object, *, sample_weight: object = None, multioutput: Outputs = "uniform_average"
) -> float | Floats:
    """Mean of |predicted - true|."""
    return _averaged(_Pairs.of(y_true, y_pred, sample_weight).values("mae", "nan"), multioutput)


def mean_squared_error(
    y_true: object, y_pred: object, *, sample_weight: object = None, multioutput: Outputs = "uniform_average"
) -> float | Floats:
    """Mean of (predicted - true)²."""
    return _averaged(_Pairs.of(y_true, y_pred, sample_weight).values("mse", "nan"), multioutput)


def root_mean_squared_error(
    y_true: object, y_pred: object, *, sample_weight: object = None, multioutput: Outputs = "uniform_average"
) -> float | Floats:
    """Square root of the mean of (predicted - true)²."""
    return _averaged(_Pairs.of(y_true, y_pred, sample_weight).values("rmse", "nan"), multioutput)


def mean_squared_log_error(
    y_true: object,
    y_pred: object,
    *,
    sample_weight: object = None,
    multioutput: Outputs = "uniform_average",
    undefined: str = "nan",
) -> float | Floats:
    """Mean of (log(1 + predicted) - log(1 + true))²; undefined with negative values."""
    return _averaged(_Pairs.of(y_true, y_pred, sample_weight).values("msle", undefined), multioutput)


def root_mean_squared_log_error(
    y_true: object,
    y_pred: object,
    *,
    sample_weight: object = None,
    multioutput: Outputs = "uniform_average",
    undefined: str = "nan",
) -> float | Floats:
    """Square root of the mean of (log(1 + predicted) - log(1 + true))²; undefined with negative values."""
    return _averaged(_Pairs.of(y_true, y_pred, sample_weight).values("rmsle", undefined), multioutput)


def mean_absolute_percentage_error(
    y_true: object,
    y_pred: object,
    *,
    sample_weight: object = None,
    multioutput: Outputs = "uniform_average",
    undefined: str = "nan",
) -> float | Floats:
    """Mean of |predicted - true| / |true|; undefined with a true value of 0."""
    return _averaged(_Pairs.of(y_true, y_pred, sample_weight).values("mape", undefined), multioutput)


def median_absolute_error(
    y_true: object, y_pred: object, *, multioutput: Outputs = "uniform_average", sample_weight: object = None
) -> float | Floats:
    """Median of |predicted - true|."""
    pairs = _Pairs.of(y_true, y_pred, sample_weight)
    return _averaged(pairs.values("median_absolute_error", "nan"), multioutput)


def max_error(y_true: object, y_pred: object) -> float:
    """The largest |predicted - true|."""
    return _Pairs.of(y_true, y_pred, None).single("max_error", "nan")


def r2_score(
    y_true: object,
    y_pred: object,
    *,
    sample_weight: object = None,
    multioutput: Outputs = "uniform_average",
    force_finite: bool = True,
    undefined: str = "nan",
) -> float | Floats:
    """Coefficient of determination. ``force_finite``: for constant true values 1 or 0."""
    return _explained("r2", _Pairs.of(y_true, y_pred, sample_weight), multioutput, force_finite, undefined)


def explained_variance_score(
    y_true: object,
    y_pred: object,
    *,
    sample_weight: object = None,
    multioutput: Outputs = "uniform_average",
    force_finite: bool = True,
    undefined: str = "nan",
) -> float | Floats:
    """1 - variance of the errors over that of the true values. ``force_finite``: as for ``r2_score``."""
    pairs = _Pairs.of(y_true, y_pred, sample_weight)
    return _explained("explained_variance", pairs, multioutput, force_finite, undefined)


def _explained(
    name: str, pairs: _Pairs, multioutput: Outputs, force_finite: bool, undefined: str
) -> float | Floats:
    values = pairs.values(name, "nan" if force_finite else undefined)
    if force_finite and pairs.truth.shape[1] > 1:
        for column in np.flatnonzero(np.isnan(values)):
            error = pairs.predicted[column] - pairs.truth[column]
            off = error if name == "r2" else error - np.average(error, weights=pairs.weight)
            values[column] = 0.0 if off.any() else 1.0
    return _averaged(values, multioutput, lambda: _spread(pairs))


def _spread(pairs: _Pairs) -> Floats:
    """Variance of the true values of each column, (m,)."""
    means = np.average(pairs.truth, axis=1, weights=pairs.weight)
    return np.average(np.square(pairs.truth - means[:, None]), axis=1, weights=pairs.weight)


def mean_pinball_loss(
    y_true: object,
    y_pred: object,
    *,
    sample_weight: object = None,
    alpha: float = 0.5,
    multioutput: Outputs = "uniform_average",
) -> float | Floats:
    """Pinball loss of a predicted quantile. ``alpha``: its level."""
    _require_level(alpha)
    pairs = _Pairs.of(y_true, y_pred, sample_weight)
    return _averaged(pairs.values(f"pinball@{alpha}", "nan", (alpha,)), multioutput)


def _tweedie(power: float) -> str:
    """Name of the deviance of a power."""
    if not isinstance(power, (int, float, np.number)) or not np.isfinite(power):
        raise UsageError(f"power={power!r} is not a number", hint="power=1.5")
    names = {0: "mse", 1: "mean_poisson_deviance", 2: "mean_gamma_deviance"}
    return names.get(int(power) if power == int(power) else -1, f"tweedie_deviance@{power:g}")


def mean_tweedie_deviance(
    y_true: object, y_pred: object, *, sample_weight: object = None, power: float = 0, undefined: str = "nan"
) -> float:
    """Mean Tweedie deviance; ``power`` of the mean that the variance is proportional to."""
    return _Pairs.of(y_true, y_pred, sample_weight).single(_tweedie(power), undefined)


def mean_poisson_deviance(
    y_true: object, y_pred: object, *, sample_weight: object = None, undefined: str = "nan"
) -> float:
    """Mean Poisson deviance."""
    return mean_tweedie_deviance(y_true, y_pred, sample_weight=sample_weight, power=1, undefined=undefined)


def mean_gamma_deviance(
    y_true: object, y_pred: object, *, sample_weight: object = None, undefined: str = "nan"
) -> float:
    """Mean gamma deviance."""
    return mean_tweedie_deviance(y_true, y_pred, sample_weight=sample_weight, power=2, undefined=undefined)


def d2_absolute_error_score(
    y_true: object,
    y_pred: object,
    *,
    sample_weight: object = None,
    multioutput: Outputs = "uniform_average",
    undefined: str = "nan",
) -> float | Floats:
    """1 - mean absolute error over that of the median of the true values."""
    pairs = _Pairs.of(y_true, y_pred, sample_weight)
    return _averaged(pairs.values("d2_absolute_error", undefined), multioutput)


def d2_pinball_score(
    y_true: object,
    y_pred: object,
    *,
    sample_weight: object = None,
    alpha: float = 0.5,
    multioutput: Outputs = "uniform_average",
    undefined: str = "nan",
) -> float | Floats:
    """1 - pinball loss over that of the quantile of the true values. ``alpha``: its level; at most 1.

    ``y_true`` and ``y_pred`` (n,) or (n, outputs). Undefined if the loss of the quantile is 0.

    Reference: Koenker & Machado, J. Am. Stat. Assoc. 94, 1999
    """
    _require_level(alpha)
    pairs = _Pairs.of(y_true, y_pred, sample_weight)
    constant = np.array([_quantile(column, pairs.weight, alpha) for column in pairs.truth])
    reason = "the loss of the quantile of the true values is 0"
    return _averaged(pairs.skill(f"pinball@{alpha}", constant, reason, undefined, (alpha,)), multioutput)


def _require_level(alpha: float) -> None:
    if not 0 < alpha < 1:
        raise UsageError(f"alpha={alpha!r} is not between 0 and 1", hint="alpha=0.5")


def _quantile(values: Floats, weight: Array | None, level: float) -> float:
    """The lowest of the values whose pinball loss is least."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(np.ones(len(values)) if weight is None else weight[order])
    return float(values[order[min(np.searchsorted(below, level * below[-1]), len(values) - 1)]])


def d2_tweedie_score(
    y_true: object, y_pred: object, *, sample_weight: object = None, power: float = 0, undefined: str = "nan"
) -> float:
    """1 - mean Tweedie deviance over that of the mean of the true values; at most 1, R² for ``power=0``.

    ``y_true`` and ``y_pred`` (n,). Undefined outside the domain of the power, and for constant true values.

    Reference: Hastie, Tibshirani & Wainwright, Statistical Learning with Sparsity, 2015, eq. 3.11
    """
    pairs, name = _Pairs.of(y_true, y_pred, sample_weight), _tweedie(power)
    pairs.require_single()
    if (pairs.truth == pairs.truth[0, 0]).all():  # their deviance may be a rounding error
        return defined(None, "the true values are constant", undefined)
    constant = np.average(pairs.truth, axis=1, weights=pairs.weight)
    return float(pairs.skill(name, constant, "the deviance of the mean is 0", undefined)[0])
