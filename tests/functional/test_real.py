from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics as sk

import evalcli.functional as own
from evalcli.errors import EvalcliError

ANY = (
    "mean_absolute_error", "mean_squared_error", "root_mean_squared_error", "median_absolute_error",
    "r2_score", "explained_variance_score", "mean_pinball_loss", "d2_absolute_error_score",
)  # fmt: skip
POSITIVE = (
    "mean_squared_log_error", "root_mean_squared_log_error", "mean_absolute_percentage_error",
)  # fmt: skip
DEVIANCES = ("mean_poisson_deviance", "mean_gamma_deviance")


def assert_same(name: str, *arguments: Any, **options: Any) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        expected = getattr(sk, name)(*arguments, **options)
    found = getattr(own, name)(*arguments, **options)
    np.testing.assert_allclose(found, expected, rtol=1e-8, atol=1e-12, err_msg=f"{name} {options}")


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 30), st.integers(1, 3), st.booleans(),
       st.sampled_from(["uniform_average", "raw_values"]))  # fmt: skip
def test_random_values(seed: int, n: int, outputs: int, weighted: bool, multioutput: Any) -> None:
    rng = np.random.default_rng(seed)
    truth = rng.gamma(2.0, size=(n, outputs)) + 0.01
    predicted = truth * np.exp(rng.normal(size=truth.shape) / 3)
    truth, predicted = (part[:, 0] if outputs == 1 else part for part in (truth, predicted))
    options: dict[str, Any] = {"sample_weight": rng.integers(1, 5, n) / 3} if weighted else {}
    for name in (*ANY, *POSITIVE):
        # the weighted median is the mean of the lower and the upper one, here as there
        if name in ("median_absolute_error", "d2_absolute_error_score") and weighted:
            continue
        assert_same(name, truth, predicted, multioutput=multioutput, **options)
    if outputs == 1:
        assert_same("max_error", truth, predicted)
        for name in DEVIANCES:
            assert_same(name, truth, predicted, **options)
        for power in (0, 1, 1.5, 2, 3):
            assert_same("mean_tweedie_deviance", truth, predicted, power=power, **options)
        assert_same("mean_pinball_loss", truth, predicted, alpha=0.2, **options)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(2, 30), st.integers(1, 3), st.booleans(),
       st.sampled_from([0.1, 0.5, 0.9]), st.sampled_from(["uniform_average", "raw_values"]))  # fmt: skip
def test_improvement_over_a_constant(
    seed: int, n: int, outputs: int, weighted: bool, alpha: float, multioutput: Any
) -> None:
    rng = np.random.default_rng(seed)
    truth = np.round(rng.gamma(2.0, size=(n, outputs)), 1) + np.linspace(0.1, 0.7, n)[:, None]
    predicted = truth * np.exp(rng.normal(size=truth.shape) / 3)
    truth, predicted = (part[:, 0] if outputs == 1 else part for part in (truth, predicted))
    options: dict[str, Any] = {"sample_weight": rng.integers(1, 5, n) / 4} if weighted else {}
    assert_same("d2_pinball_score", truth, predicted, alpha=alpha, multioutput=multioutput, **options)
    if outputs == 1:
        for power in (-1, 0, 1, 1.5, 2, 3):
            assert_same("d2_tweedie_score", truth, predicted, power=power, **options)


@pytest.mark.parametrize("name", ["d2_pinball_score", "d2_tweedie_score"])
@pytest.mark.parametrize("truth", [[0.1, 0.1, 0.1], [2.0]])
def test_no_improvement_over_a_right_constant(name: str, truth: list[float]) -> None:
    predicted = [value + 1 for value in truth]
    assert np.isnan(getattr(own, name)(truth, predicted))
    with pytest.raises(EvalcliError, match="undefined"):
        getattr(own, name)(truth, predicted, undefined="raise")


def test_improvement_is_undefined_outside_the_domain() -> None:
    assert np.isnan(own.d2_tweedie_score([1.0, -1.0], [1.0, 2.0], power=1))
    with pytest.raises(EvalcliError, match="negative"):
        own.d2_tweedie_score([1.0, -1.0], [1.0, 2.0], power=1, undefined="raise")
    with pytest.raises(EvalcliError, match="one output"):
        own.d2_tweedie_score(np.ones((2, 2)), np.ones((2, 2)))


def test_outputs_are_averaged_by_weights_or_variance() -> None:
    rng = np.random.default_rng(1)
    truth, predicted = rng.normal(size=(2, 20, 3))
    assert_same("mean_squared_error", truth, predicted, multioutput=[0.2, 0.3, 0.5])
    assert_same("r2_score", truth, predicted, multioutput="variance_weighted")
    assert_same("explained_variance_score", truth, predicted, multioutput="variance_weighted")


@pytest.mark.parametrize("predicted", [[2.0, 2.0, 2.0], [3.0, 3.0, 3.0], [1.0, 2.0, 3.0]])
@pytest.mark.parametrize("name", ["r2_score", "explained_variance_score"])
def test_constant_true_values(name: str, predicted: list[float]) -> None:
    assert_same(name, [2.0, 2.0, 2.0], predicted)
    assert np.isnan(getattr(own, name)([2.0, 2.0, 2.0], predicted, force_finite=False))
    with pytest.raises(EvalcliError, match="undefined"):
        getattr(own, name)([2.0, 2.0, 2.0], predicted, force_finite=False, undefined="raise")


@pytest.mark.parametrize(
    "arguments", [([1.0, np.nan], [1.0, 2.0]), ([1.0, 2.0], ["a", "b"]), ([1.0, 2.0], [[1.0], [2.0], [3.0]]),
                  ([[1.0, 2.0], [1.0, 2.0]], [1.0, 2.0])],
)  # fmt: skip
def test_what_is_wrong_is_said(arguments: Any) -> None:
    with pytest.raises(EvalcliError):
        own.mean_absolute_error(*arguments)


def test_options_are_checked() -> None:
    with pytest.raises(EvalcliError, match="multioutput"):
        own.mean_absolute_error([1.0], [2.0], multioutput="mean")  # type: ignore[arg-type]
    with pytest.raises(EvalcliError, match="alpha"):
        own.mean_pinball_loss([1.0], [2.0], alpha=2.0)
