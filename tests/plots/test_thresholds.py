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


def test_costs_are_those_of_the_counts_and_the_lowest_is_marked() -> None:
    source, costs = report(), {"fp": 1.0, "fn": 5.0}
    rows = data("thresholds", source, costs=costs)
    assert source.curves is not None
    curve = source.curves.ranked[0]
    known = [
        (fp + 5 * (curve.positives - tp)) / (curve.positives + curve.negatives)
        for tp, fp, at in zip(curve.tp, curve.fp, curve.thresholds, strict=True)
        if at is not None
    ]
    assert [row["cost"] for row in rows] == pytest.approx(known)
    names = [text.get_text() for text in drawn("thresholds", source, costs=costs).get_legend().get_texts()]
    assert names[-1] == f"cost, lowest at {rows[known.index(min(known))]['threshold']:.4g}"
