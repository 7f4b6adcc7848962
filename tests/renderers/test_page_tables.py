from __future__ import annotations

import math
import re

import numpy as np

from evalcli.renderers.page_tables import attributes, chart_tables, data_table, grid_table
from evalcli.renderers.tables import Cell, Grid
from support.drawing import report


def _rows(text: str, attribute: str) -> list[list[str]]:
    table = re.search(rf"<table[^>]*{attribute}[^>]*>.*?<tbody>(.*?)</tbody>", text, re.DOTALL)
    assert table, attribute
    return [re.findall(r"<td>(.*?)</td>", row) for row in table[1].splitlines() if row]


def test_every_point_of_a_curve_is_in_full() -> None:
    source = report("binary")
    text = "\n".join(chart_tables(source))
    assert source.curves is not None and source.confusion is not None
    curve = source.curves.ranked[0]
    found = [
        (float(at), int(tp), int(fp)) for at, tp, fp, *_ in _rows(text, 'data-curve="1"') if at[0].isdigit()
    ]
    known = [
        (at, tp, fp)
        for at, tp, fp in zip(curve.thresholds, curve.tp, curve.fp, strict=True)
        if at is not None
    ]
    assert set(known) <= set(found)
    (_, fp), (_, tp) = source.confusion
    assert (math.nextafter(0.5, 1), tp, fp) in found
    assert found == sorted(found, key=lambda point: (-point[0], point[1], point[2]))
    assert f'data-positives="{curve.positives}"' in text and 'data-above="0.5"' in text


def test_slices_labels_and_bins_have_tables() -> None:
    text = "\n".join(chart_tables(report("binary")))
    assert 'data-slice="region=eu"' in text and 'data-bins="reliability"' in text
    bins = _rows(text, 'data-bins="scores"')
    assert len(bins) == 50 and sum(int(row[2]) for row in bins) == 600
    assert text.count("data-curve") == 3
    assert "\n".join(chart_tables(report("multilabel"))).count("data-curve") == 2


def test_real_values_have_quantiles_and_a_grid() -> None:
    text = "\n".join(chart_tables(report("regression")))
    assert len(_rows(text, "data-quantiles")) == 101
    grid = np.array([[float(cell) for cell in row] for row in _rows(text, "data-grid")])
    assert grid.shape == (40, 41) and grid[:, 1:].sum() == 600


def test_without_curves_there_is_nothing() -> None:
    assert list(chart_tables(report("binary", curves="none"))) == []


def test_cells_names_and_attributes_are_text() -> None:
    grid = Grid("<t>", ("", "a"), frozenset({0}), ((Cell("x"), Cell("<i>", shade=-0.2)),), ("foot & more",))
    text = "\n".join(grid_table(grid, ['"n"']))
    assert 'class="n5">&lt;i&gt;</td>' in text and 'data-name="&quot;n&quot;"' in text
    assert 'aria-label="&lt;t&gt;, table"' in text and "foot &amp; more" in text
    assert attributes({"a": None, "b": '"'}) == ' b="&quot;"'
    assert "<td>&lt;b&gt;</td><td></td><td>0.1</td>" in "".join(data_table("s", "abc", [("<b>", None, 0.1)]))
