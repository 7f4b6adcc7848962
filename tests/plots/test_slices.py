from __future__ import annotations

from support.drawing import data, drawn, report, ticks


def test_a_row_for_each_slice() -> None:
    source = report()
    assert [row["slice"] for row in data("slices", source)] == ["region=eu", "region=us"]
    axes = drawn("slices", source)
    assert ticks(axes) == ["region=eu (300)", "region=us (300)"]
    assert axes.get_xlabel() == source.headline == "f1"
