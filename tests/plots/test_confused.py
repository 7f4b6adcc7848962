from __future__ import annotations

import numpy as np

import evalcli
from support.drawing import data, drawn, report, ticks


def test_pairs_of_classes_the_most_first() -> None:
    source = report("multiclass", 4)
    rows = data("confused", source)
    assert [row["rows"] for row in rows] == sorted((row["rows"] for row in rows), reverse=True)
    table = source.confusion or ()
    first = rows[0]
    at = source.classes.index(first["truth"]), source.classes.index(first["predicted"])
    assert table[at[0]][at[1]] == first["rows"]
    axes = drawn("confused", source)
    assert ticks(axes)[0] == f"{first['truth']} → {first['predicted']}"
    assert len(axes.patches) == len(rows)


def test_every_error_is_counted_however_many_classes_there_are() -> None:
    names = np.array([f"c{i:03}" for i in range(150)])
    source = evalcli.evaluate(names, y_pred=names[np.arange(150) ^ 1])  # each is taken for its neighbour
    assert "most confused of 150 errors" in drawn("confused", source).get_title()
