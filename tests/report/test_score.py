from __future__ import annotations

import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.report.score import Interval, Score

finite = st.floats(allow_nan=False, allow_infinity=False)
intervals = st.builds(Interval, finite, finite, st.text(min_size=1))
shared: dict[str, Any] = {
    "better": st.sampled_from(["higher", "lower", "none"]),
    "n": st.integers(0),
    "excluded_classes": st.lists(st.text()).map(tuple),
    "threshold": st.none() | finite,
}
scores = st.one_of(
    st.builds(Score, finite, interval=intervals, **shared),
    st.builds(Score, finite, interval_reason=st.text(), **shared),
    st.builds(Score, st.none(), reason=st.text(), **shared),
)


@given(scores)
def test_json_gives_back_the_score(score: Score) -> None:
    assert Score.from_json(json.loads(json.dumps(score.to_json(), allow_nan=False))) == score


def test_an_undefined_value_has_its_reason_and_no_interval() -> None:
    found = Score(None, "higher", 3, "no row belongs to 'a'").to_json()
    assert found == {"value": None, "reason": "no row belongs to 'a'", "better": "higher", "n": 3}


def test_a_value_has_its_interval_or_a_reason() -> None:
    sure = Score(0.5, "higher", 40, interval=Interval(0.25, 0.75, "wilson")).to_json()
    assert (sure["interval"], sure["interval_method"]) == ([0.25, 0.75], "wilson")
    assert "interval_reason" not in sure
    unsure = Score(0.5, "higher", 4, interval_reason="fewer than 30 rows").to_json()
    assert unsure["interval_reason"] == "fewer than 30 rows"
    assert "interval" not in unsure


@pytest.mark.parametrize("value", ["0.5", True, math.nan, math.inf, [0.5]])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="not a value of a metric"):
        Score.from_json({"value": value, "better": "higher", "n": 3})


def test_zero_is_a_value() -> None:
    score = Score(0.0, "lower", 1, interval_reason="fewer than 30 rows", threshold=0.0)
    assert score.to_json()["threshold"] == 0.0
    assert Score.from_json(score.to_json()) == score
