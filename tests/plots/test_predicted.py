from __future__ import annotations

from support.drawing import data, drawn, report


def test_every_row_is_in_a_cell() -> None:
    assert sum(row["rows"] for row in data("predicted", report("regression"))) == 600
    axes = drawn("predicted", report("regression"))
    assert len(axes.collections) == 1
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("true value", "predicted value")
