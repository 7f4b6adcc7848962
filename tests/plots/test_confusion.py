from __future__ import annotations

import numpy as np
import pytest

from evalcli.plots.kinds import KINDS, draw
from evalcli.report.report import Report
from support.drawing import data, drawn, report, texts, ticks


@pytest.mark.parametrize("k", [2, 4, 12])
def test_counts_are_in_the_cells(k: int) -> None:
    source = report("multiclass", k)
    axes = drawn("confusion", source)
    found = [text.partition("\n")[0] for text in texts(axes)]
    assert found == [f"{count:,.0f}" for row in source.confusion or () for count in row]
    assert ticks(axes) == list(source.classes)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted", "truth")


def test_shares_and_order() -> None:
    source = report("multiclass", 4)
    rows = data("confusion", source, normalize="true", sort="support")
    assert sum(row["share"] for row in rows) == pytest.approx(4)
    support = {row["truth"]: 0.0 for row in rows}
    for row in rows:
        support[row["truth"]] += row["rows"]
    assert list(support.values()) == sorted(support.values(), reverse=True)
    assert all(text.endswith("%") for text in texts(drawn("confusion", source, normalize="pred")))


@pytest.mark.parametrize("k", [100, 1000])
def test_names_are_thinned_and_cells_are_blocks(k: int) -> None:
    small = report("multiclass", 3)
    table = tuple(map(tuple, np.eye(k, dtype=int).tolist()))
    source: Report = type(small)(
        **{name: getattr(small, name) for name in small.__struct_fields__}
        | {"classes": tuple(f"c{i}" for i in range(k)), "confusion": table}
    )
    axes = drawn("confusion", source)
    assert len(ticks(axes)) <= 40 and not texts(axes)
    assert axes.images[0].get_array().shape[0] <= 120


def test_of_many_classes_the_most_confused_pairs_are_beside() -> None:
    left, right, _ = draw(KINDS["confusion"], report("multiclass", 30)).axes
    assert "30 classes" in left.get_title() and "most confused" in right.get_title()
    assert len(draw(KINDS["confusion"], report("multiclass", 25)).axes) == 2, "with the bar of colours"
