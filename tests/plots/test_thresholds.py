from __future__ import annotations

import pytest

from support.drawing import data, drawn, report


@pytest.mark.parametrize("task", ["binary", "multilabel"])
def test_three_lines_by_threshold(task: str) -> None:
    rows = data("thresholds", report(task))
    for row in rows[1 :: max(len(rows) // 7, 1)]:
        p, r = row["precision"], row["recall"]
        assert row["f1"] == pytest.approx(2 * p * r / (p + r) if p + r else 0.0)
    axes = drawn("thresholds", report(task))
    names = [text.get_text() for text in axes.get_legend().get_texts()]
    assert names == ["precision", "recall", "F1"]
