from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from scipy.stats import binom

from evalcli.statistics.p_values import holm, mcnemar, one_sided, two_sided


@pytest.mark.parametrize("freedom", [5.0, 30.0, 1000.0, math.inf])
def test_student_tails(freedom: float) -> None:
    for t in (0.1, 1.0, 2.2, 4.0):
        law = stats.norm if math.isinf(freedom) else stats.t(freedom)
        assert two_sided(t, freedom) == pytest.approx(2 * law.sf(t), rel=0.05)
        assert one_sided(-t, freedom) == pytest.approx(law.sf(-t), rel=0.05)


def test_holm() -> None:
    assert holm([]) == []
    assert holm([0.04, 0.01, None, 0.5]) == [pytest.approx(0.08), pytest.approx(0.03), None, 0.5]


@given(st.integers(0, 300), st.integers(0, 300))
def test_mcnemar_is_the_mid_p_of_a_binomial(broken: int, fixed: int) -> None:
    n, least = broken + fixed, min(broken, fixed)
    expected = min(1.0, 2 * binom.cdf(least - 1, n, 0.5) + binom.pmf(least, n, 0.5)) if n else 1.0
    assert mcnemar(broken, fixed) == pytest.approx(expected, rel=1e-9)
