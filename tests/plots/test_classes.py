from __future__ import annotations

from support.drawing import data, drawn, report, ticks


def test_a_row_for_each_class() -> None:
    source = report("multiclass", 4)
    rows = data("classes", source)
    assert [row["class"] for row in rows] == list(source.classes)
    assert [row["value"] for row in rows] == [source.per_class[c].metrics["f1"].value for c in source.classes]
    assert ticks(drawn("classes", source)) == list(source.classes)


def test_of_very_many_the_worst_are_shown() -> None:
    axes = drawn("classes", report("multiclass", 60))
    assert len(ticks(axes)) == 45 and "the worst 45 of 60" in axes.get_title()
