from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.gate.judge import judge
from evalcli.gate.rules import asked_rules
from evalcli.renderers import numbers
from evalcli.renderers.formats import FORMATS, render
from support.builders import made_report

finite = st.floats(allow_nan=False, allow_infinity=False)


@given(finite, finite)
def test_digits_stand_to_a_limit_as_the_number_does(value: float, limit: float) -> None:
    shown = float(numbers.number(value, limit))
    assert (shown > limit, shown < limit) == (value > limit, value < limit)
    assert float(numbers.exact(limit)) == limit


def test_digits_tell_value_and_limit_apart_everywhere() -> None:
    report = judge(made_report({"f1_macro": 0.79999999}), asked_rules(fail_under=["f1=0.8"]))
    for form in FORMATS:
        text = render(report, form).decode()
        assert "0.79999999" in text, form
        assert "0.8000" not in text


@given(st.floats(-1e300, 1e300))
def test_rounding_keeps_four_digits_or_four_places(value: float) -> None:
    text = numbers.number(value)
    assert float(text) == pytest.approx(value, abs=5.001e-5 if 5e-5 <= abs(value) < 1000 else 0.5, rel=5e-4)
    assert (float(text) == 0) == (value == 0)
