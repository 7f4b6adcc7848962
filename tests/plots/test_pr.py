from __future__ import annotations

import numpy as np
import pytest

from support.drawing import data, drawn, report


def test_the_steps_add_up_to_the_average_precision() -> None:
    source = report()
    rows = data("pr", source)
    recall = np.array([row["recall"] for row in rows])
    area = float(np.diff(recall) @ [row["precision"] for row in rows[1:]])
    assert area == pytest.approx(source.metrics["average_precision"].value, abs=2e-3)
    axes = drawn("pr", source)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("recall", "precision")
