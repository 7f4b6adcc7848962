from __future__ import annotations

import numpy as np
import pytest

import evalcli
from evalcli.engine.power import chance_of_another, power, rows_needed
from evalcli.errors import UsageError
from evalcli.gate.judge import judge
from evalcli.gate.rules import asked_rules

RNG = np.random.default_rng(0)
Y = RNG.random(1000) < 0.5


def report(right: float = 0.8, n: int = 1000):  # type: ignore[no-untyped-def]
    y = Y[:n]
    predicted = np.where(np.arange(n) < right * n, y, ~y)
    return evalcli.evaluate(y.astype(int), y_pred=predicted.astype(int), metrics=["accuracy", "fnr"])


def test_the_chance_is_that_of_other_rows() -> None:
    """Test sets of the same size, drawn from a population with the value measured."""
    found = power(report(0.8), ["accuracy=0.79"])
    (rule,) = found.rules
    draws = RNG.binomial(1000, 0.8, 20_000) / 1000
    assert rule.chance == pytest.approx((draws < 0.79).mean(), abs=0.03)
    assert rule.needed is not None
    many = RNG.binomial(rule.needed, 0.8, 20_000) / rule.needed
    assert (many < 0.79).mean() == pytest.approx(0.01, abs=0.004)


def test_lower_is_better_makes_an_upper_limit() -> None:
    found = power(report(0.8), ["fnr=0.25"])
    assert found.rules[0].rule == "fnr<=0.25"
    assert found.rules[0].verdict == "pass"


@pytest.mark.parametrize("on", ["value", "lower", "decided"])
@pytest.mark.parametrize("distance", [-3.0, -1.0, 0.5, 1.9, 2.5])
def test_chances_by_drawing(on, distance: float) -> None:  # type: ignore[no-untyped-def]
    drawn = distance + RNG.normal(size=200_000)

    def verdicts(z):  # type: ignore[no-untyped-def]
        cuts = {"value": [0.0], "lower": [1.96], "decided": [-1.96, 1.96]}[on]
        return np.searchsorted(cuts, z)

    expected = (verdicts(drawn) != verdicts(np.array([distance]))).mean()
    assert chance_of_another(distance, on, 1.96) == pytest.approx(expected, abs=0.005)


def test_rows_that_are_needed_make_it_rare() -> None:
    for on, distance in (
        ("value", 0.7),
        ("lower", 2.5),
        ("lower", -1.0),
        ("decided", 2.2),
        ("decided", -3.0),
    ):
        rows = rows_needed(distance, on, 1.96, 10_000, 0.01)  # type: ignore[arg-type]
        assert rows is not None
        then = distance * np.sqrt(rows / 10_000)
        assert chance_of_another(then, on, 1.96) == pytest.approx(0.01, abs=0.002) or rows == 1  # type: ignore[arg-type]


def test_a_stored_gate_is_questioned_as_it_was_judged() -> None:
    judged = judge(report(0.8), asked_rules(["accuracy=0.79"]), on="lower")
    stored = power(judged)
    assert stored.rules[0].verdict == "fail"
    assert power(judged, on="value").rules[0].verdict == "pass"


def test_without_rules_or_intervals() -> None:
    with pytest.raises(UsageError, match="no rules"):
        power(report())
    with pytest.raises(UsageError, match="not a share"):
        power(report(), ["accuracy=0.5"], flake=0.7)
    plain = evalcli.evaluate([0, 1, 1], y_pred=[0, 1, 0], metrics="accuracy", no_intervals=True)
    assert power(plain, ["accuracy=0.5"]).rules[0].reason
