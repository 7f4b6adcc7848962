from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from evalcli.report.verdict import difference


@given(st.decimals(0, 1, places=4), st.decimals(0, 1, places=4))
def test_differences_are_those_of_the_written_numbers(one: Any, other: Any) -> None:
    assert difference(float(one), float(other)) == float(one - other)
