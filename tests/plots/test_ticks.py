from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from evalcli.plots.ticks import labelled, ticks


@given(
    low=st.floats(-1e6, 1e6),
    extent=st.floats(1e-3, 1e6),
    most=st.integers(2, 12),
    whole=st.booleans(),
)
def test_texts_are_the_values_in_order_within_the_ends(
    low: float, extent: float, most: int, whole: bool
) -> None:
    found = ticks(low, low + extent, most, whole)
    values = [value for value, _ in found]
    assert values == sorted(values) and len(found) <= most + 1
    for value, text in found:
        shown = float(text.replace(",", ""))
        assert abs(shown - value) <= 1e-6 * max(abs(value), extent)
        assert low - 1e-6 * extent <= value <= low + extent + 1e-6 * extent
        assert not whole or shown.is_integer()


def test_numbers_stand_where_their_values_are() -> None:
    rows = ["title", "┌──────────┐", *["│          │ 1"] * 10, "└──────────┘", "   0   1"]
    lines = labelled("\n".join(rows), (1, 10), (0.0, 1.0), 10, True).splitlines()
    places = {line.rpartition("│")[2].strip(): i for i, line in enumerate(lines) if "│" in line}
    assert places["0.5"] == 2 + 5 and "1" not in places
    assert lines[-1].index("5") == 1 + 4 and lines[-1].rstrip().endswith("10")
