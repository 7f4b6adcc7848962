from __future__ import annotations

import math

import pytest

from support.measuring import measure, real_block, value_of

BLOCK = real_block([1.0, 3.0], [2.0, 1.0])


def test_counts_by_hand() -> None:
    """2 (y ln(y / p) - y + p): 2 (1 - ln 2) and 2 (3 ln 3 - 2)."""
    expected = (2 * (1 - math.log(2)) + 2 * (3 * math.log(3) - 2)) / 2
    assert value_of("mean_poisson_deviance", BLOCK) == pytest.approx(expected)
    assert value_of("mean_poisson_deviance", real_block([0.0], [2.0])) == pytest.approx(4.0)


def test_positive_values_by_hand() -> None:
    """2 (ln(p / y) + y / p - 1): 2 (ln 2 - 1/2) and 2 (2 - ln 3)."""
    expected = (2 * (math.log(2) - 0.5) + 2 * (2 - math.log(3))) / 2
    assert value_of("mean_gamma_deviance", BLOCK) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("power", "same"), [("0", "mse"), ("1", "mean_poisson_deviance"), ("2", "mean_gamma_deviance")]
)
def test_powers_with_names_of_their_own(power: str, same: str) -> None:
    assert value_of(f"tweedie_deviance@{power}", BLOCK) == pytest.approx(value_of(same, BLOCK))


def test_a_power_between_by_hand() -> None:
    """For 1.5 it is 4 (√y - √p)² / √p."""
    expected = (4 * (1 - math.sqrt(2)) ** 2 / math.sqrt(2) + 4 * (math.sqrt(3) - 1) ** 2) / 2
    assert value_of("tweedie_deviance@1.5", BLOCK) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "truth", "predicted"),
    [
        ("mean_poisson_deviance", -1.0, 1.0),
        ("mean_poisson_deviance", 1.0, 0.0),
        ("mean_gamma_deviance", 0.0, 1.0),
        ("tweedie_deviance@3", 1.0, -1.0),
        ("tweedie_deviance@-1", 1.0, 0.0),
    ],
)
def test_undefined_outside_the_domain(name: str, truth: float, predicted: float) -> None:
    found = measure(name, real_block([2.0, truth], [2.0, predicted]))
    assert found.value is None
    assert "(1 row" in str(found.reason)
