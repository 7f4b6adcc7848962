from __future__ import annotations

import math
from pathlib import Path

import pytest

import evalcli
from evalcli.plots.entries import entries_of, of_epoch, split_of
from support.training import LABELS, PATTERN, written


def test_an_epoch_is_its_metrics_those_of_classes_and_its_matrix(tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2)
    history = evalcli.track(f"{folder}/{PATTERN}", f"{folder}/{LABELS}")
    entry = of_epoch(history.epochs[1])
    assert (entry.step, entry.split) == (1, "validation")
    assert entry.values["f1_macro"] == history.epochs[1].metrics["f1_macro"].value
    assert entry.values["recall/2"] == history.epochs[1].per_class["2"].metrics["recall"].value
    assert entry.figures["confusion"]().axes
    *epochs, last = entries_of(history, 0)
    assert [(e.step, e.split) for e in epochs] == [(n, s) for n in (1, 2) for s in ("train", "validation")]
    assert not last.values and "history" in last.figures


def test_reports_and_comparisons_have_their_pictures(tmp_path: Path) -> None:
    folder = written(tmp_path, epochs=2)
    files = [f"{folder}/val/epoch-{n}.npy" for n in (1, 2)]
    labels = f"{folder}/val/y.npy"
    (entry,) = entries_of(evalcli.score(files[0], labels=labels, curves="default"), 7)
    assert entry.step == 7 and {"confusion", "roc", "classes"} <= set(entry.figures)
    assert all(math.isfinite(value) for value in entry.values.values())
    *models, pictures = entries_of(evalcli.compare(files[0], files[1], labels=labels), 3)
    assert [model.split for model in models] == ["epoch-1.npy", "epoch-2.npy"]
    assert "changes" in pictures.figures and pictures.step == 3


@pytest.mark.parametrize(
    ("name", "known"), [("VALID", "validation"), ("Training", "train"), ("dev", "dev"), ("", "")]
)
def test_names_of_splits(name: str, known: str) -> None:
    assert split_of(name) == known
