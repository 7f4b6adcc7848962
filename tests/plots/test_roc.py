from __future__ import annotations

import numpy as np
import pytest

from support.drawing import area_under, data, drawn, lines, report


def test_the_area_under_the_line_is_the_metric() -> None:
    source = report()
    rows = data("roc", source)
    area = area_under([row["fpr"] for row in rows], [row["tpr"] for row in rows])
    assert area == pytest.approx(source.metrics["roc_auc"].value, abs=1e-3)
    axes = drawn("roc", source)
    assert any(np.allclose(x, [0, 1]) and np.allclose(y, [0, 1]) for x, y in lines(axes))
    assert any("AUC" in text.get_text() for text in axes.get_legend().get_texts())
    assert len(axes.collections) == 1, "the band"
    point = next((x, y) for x, y in lines(axes) if len(x) == 1)
    (_, fp), (_, tp) = source.confusion or ()
    negatives, positives = (sum(row) for row in source.confusion or ())
    assert (point[0][0], point[1][0]) == (pytest.approx(fp / negatives), pytest.approx(tp / positives))


def test_several_classes_and_several_models() -> None:
    many = drawn("roc", report("multiclass", 9))
    assert "the 6 that rank worst of 9" in many.get_title()
    both = drawn("roc", report(), also={"other": report(k=5)})
    assert len(both.get_legend().get_texts()) == 2
