from __future__ import annotations

from support.drawing import data, drawn, report


def test_histograms_of_both_kinds() -> None:
    for task, names in (("binary", ("1", "not 1")), ("multiclass", ("right", "wrong"))):
        source = report(task)
        rows = data("scores", source)
        assert sum(row["with"] + row["without"] for row in rows) == 600
        legend = [text.get_text() for text in drawn("scores", source).get_legend().get_texts()]
        assert [text.partition(" (")[0] for text in legend] == list(names)
