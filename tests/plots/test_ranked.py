from __future__ import annotations

from evalcli.plots.kinds import Look
from evalcli.plots.ranked import MOST, lines_of
from support.drawing import report


def test_the_worst_classes_and_the_threshold() -> None:
    source = report("multiclass", 9)
    found = lines_of(source, Look(), "roc_auc")
    areas = {name: row.metrics["roc_auc"].value or 0.0 for name, row in source.per_class.items()}
    assert {line.curve.name for line in found} == set(sorted(areas, key=lambda name: areas[name])[:MOST])
    (line,) = lines_of(report(), Look(), "roc_auc")
    band = line.band(line.tp, line.curve.positives)
    assert band is not None and (band[0] <= line.tpr + 1e-12).all() and (band[1] >= line.tpr - 1e-12).all()
