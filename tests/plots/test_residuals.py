from __future__ import annotations

from support.drawing import data, drawn, report


def test_quantiles_rise() -> None:
    rows = data("residuals", report("regression"))
    errors = [row["error"] for row in rows]
    assert errors == sorted(errors) and rows[50]["level"] == 0.5
    assert drawn("residuals", report("regression")).get_ylabel() == "predicted minus true"
