from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import asdict

from evalcli.errors import EXAMPLES
from evalcli.inputs.tally import Examples, RowTally

REASONS = st.sampled_from(["missing_label", "missing_scores", "bad_weight"])
counts = st.integers(0, 10**12)
examples = st.builds(
    Examples, st.lists(counts, min_size=1, max_size=EXAMPLES).map(tuple), st.text(max_size=3)
)
spans = st.none() | st.lists(st.integers(-9, 9), min_size=6, max_size=6).map(
    lambda numbers: np.sort(np.array(numbers, float).reshape(2, 3), axis=0)
)
tallies = st.builds(
    RowTally,
    dropped=st.dictionaries(REASONS, counts),
    examples=st.dictionaries(REASONS, examples),
    rows=counts,
    rounded=counts,
    disagreements=counts,
    extra=counts,
    unmatched_ids=st.lists(st.text(max_size=2), max_size=EXAMPLES).map(tuple),
    spans=spans,
    unsummed=counts,
)


def plain(tally: RowTally) -> dict[str, Any]:
    """What can be compared: arrays as lists."""
    return {**asdict(tally), "spans": None if tally.spans is None else tally.spans.tolist()}


@given(tallies, tallies, tallies)
def test_tallies_add_in_any_grouping(one: RowTally, two: RowTally, three: RowTally) -> None:
    expected = plain((one + two) + three)
    assert plain(one + (two + three)) == expected
    assert plain(sum([one, two, three])) == expected


@given(tallies)
def test_an_empty_tally_changes_nothing(tally: RowTally) -> None:
    assert plain(RowTally() + tally) == plain(tally + RowTally()) == plain(tally)


def test_counts_add_by_reason() -> None:
    one = RowTally(dropped={"missing_label": 2, "missing_scores": 1}, rows=10, rounded=3)
    both = one + RowTally(dropped={"missing_scores": 4}, rows=5, extra=1)
    assert both.dropped == {"missing_label": 2, "missing_scores": 5}
    assert (both.rows, both.scored, both.rounded, both.extra) == (15, 8, 3, 1)


def test_the_first_examples_are_kept() -> None:
    many = EXAMPLES + 3
    parts = [
        RowTally(examples={"x": Examples((j,), str(j))}, unmatched_ids=(f"id {j}",)) for j in range(many)
    ]
    total = sum(parts, RowTally())
    assert total.examples["x"] == Examples(tuple(range(EXAMPLES)), "0")
    assert total.unmatched_ids == tuple(f"id {j}" for j in range(EXAMPLES))


def test_spans_widen() -> None:
    one = RowTally(spans=np.array([[0.0, -1.0], [0.5, 2.0]]))
    other = RowTally(spans=np.array([[0.2, -3.0], [0.9, 1.0]]))
    found = (one + other).spans
    assert found is not None
    assert found.tolist() == [[0.0, -3.0], [0.9, 2.0]]


def test_adding_leaves_the_parts_as_they_were() -> None:
    one, other = RowTally(dropped={"x": 1}), RowTally(dropped={"x": 2}, examples={"x": Examples((1,), "a")})
    assert (one + other).dropped == {"x": 3}
    assert (one, other) == (RowTally({"x": 1}), RowTally({"x": 2}, {"x": Examples((1,), "a")}))
