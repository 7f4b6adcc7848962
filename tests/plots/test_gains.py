from __future__ import annotations

from support.drawing import data, drawn, report


def test_all_rows_have_all_positives() -> None:
    rows = data("gains", report())
    assert (rows[0]["rows"], rows[0]["positives"]) == (0, 0)
    assert (rows[-1]["rows"], rows[-1]["positives"]) == (1, 1)
    assert len(drawn("gains", report()).lines) == 3
