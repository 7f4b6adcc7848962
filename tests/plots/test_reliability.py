from __future__ import annotations

import numpy as np
import pytest

from evalcli.plots.isotonic import corp
from support.drawing import data, drawn, report


def test_bins_with_intervals_and_the_isotonic_curve() -> None:
    source = report()
    rows = data("reliability", source)
    assert sum(row["rows"] for row in rows) == 600
    assert all(row["low"] <= row["observed"] <= row["high"] for row in rows)
    gaps = sum(abs(row["observed"] - row["probability"]) * row["rows"] for row in rows) / 600
    assert gaps == pytest.approx(source.metrics["ece"].value)
    assert source.curves is not None
    across, up = corp(source.curves.ranked[0])
    assert (np.diff(up) <= 1e-12).all(), "from the highest scores down"
    assert min(across) >= 0 and max(across) <= 1
    names = [text.get_text() for text in drawn("reliability", source).get_legend().get_texts()]
    assert "isotonic (CORP)" in names


def test_of_several_classes_it_is_the_confidence() -> None:
    assert "confidence" in drawn("reliability", report("multiclass")).get_xlabel()
