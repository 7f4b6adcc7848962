from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_curve

import evalcli
from evalcli.plots.averages import averages
from evalcli.plots.kinds import Look
from evalcli.plots.ranked import Line
from support.drawing import area_under, data, drawn, report


def _axes(line: Line) -> tuple[np.ndarray, np.ndarray]:
    return line.fpr, line.tpr


def test_of_all_pairs_and_over_classes() -> None:
    rng = np.random.default_rng(5)
    y, z = rng.integers(0, 3, 400), rng.normal(size=(400, 3))
    z[np.arange(400), y] += 1.2
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    names = "default,roc_auc_ovr_micro"
    source = evalcli.evaluate(y, p, curves="default", metrics=names, no_intervals=True)
    micro, macro = averages(source, Look(), "roc_auc", _axes)
    assert area_under(micro.across, micro.up) == pytest.approx(source["roc_auc_ovr_micro"].value, abs=1e-3)
    assert f"{source['roc_auc_ovr_micro'].value:.3f}" in micro.label
    known = [np.interp(macro.across, *roc_curve(y == c, p[:, c])[:2]) for c in range(3)]
    assert np.abs(macro.up - np.mean(known, axis=0)).mean() < 0.005
    assert area_under(macro.across, macro.up) == pytest.approx(source["roc_auc_ovr_macro"].value, abs=0.003)
    assert {row["curve"] for row in data("roc", source)} >= {micro.label}
    for kind in ("roc", "pr"):
        names = [text.get_text() for text in drawn(kind, source).get_legend().get_texts()]
        assert any(name.startswith("micro") for name in names) and names[-1].startswith("macro")


def test_of_two_classes_and_of_several_models_there_are_none() -> None:
    assert averages(report(), Look(), "roc_auc", _axes) == []
    three = report("multiclass")
    assert averages(three, Look(also={"b": three}), "roc_auc", _axes) == []
    assert len(averages(three, Look(), "roc_auc", _axes)) == 1, "no metric is of the pairs"
    assert len(averages(report("multilabel"), Look(), "roc_auc", _axes)) >= 1
