from __future__ import annotations

import re
from pathlib import Path

import numpy as np

import evalcli
from evalcli.renderers.formats import render
from evalcli.renderers.page_history import MOST_CELLS
from evalcli.renderers.tables import View
from evalcli.report.history import History
from support.training import LABELS, PATTERN, written


def _page(history: History) -> str:
    return render(history, "html", View()).decode()


def _tracked(folder: Path, **more: object) -> evalcli.History:
    return evalcli.track(f"{folder}/{PATTERN}", f"{folder}/{LABELS}", **more)  # type: ignore[arg-type]


def test_every_value_is_there_without_scripts(tmp_path: Path) -> None:
    history = _tracked(written(tmp_path, epochs=3))
    page = _page(history)
    for row in history.rows():
        if row["value"] is not None:
            assert f"<td>{row['value']}</td>" in page or f"<td>{int(row['value'])}</td>" in page  # type: ignore[call-overload]
    assert history.best is not None and f"best: epoch {history.best.epoch}" in page
    for epoch in history.epochs:
        assert (f'data-epoch="{epoch.epoch}"' in page) == (history.find(epoch.epoch, "val") is not None)
    assert page.count("<details data-epoch=") == 3


def test_very_many_cells_and_classes_are_not_all_there(tmp_path: Path) -> None:
    history = _tracked(written(tmp_path, epochs=60, rows=500, k=38), metrics=["accuracy"])
    page = _page(history)
    shown = [int(number) for number in re.findall(r'<details data-epoch="(\d+)"', page)]
    assert len(shown) * 38**2 <= MOST_CELLS + 2 * 38**2
    assert shown[0] == 1 and shown[-1] == 60 and "One of 2 epochs" in page


def test_names_are_no_markup(tmp_path: Path) -> None:
    folder = tmp_path / "<b>"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for epoch in (1, 2):
        lines = [f"<i>{c}</i>,{p:.3f}" for c, p in zip(rng.integers(0, 2, 60), rng.random(60), strict=True)]
        (folder / f"e{epoch}.csv").write_text("label,score\n" + "\n".join(lines) + "\n")
    page = _page(evalcli.track(f"{folder}/e{{epoch}}.csv", positive="<i>1</i>"))
    assert "<i>" not in page and "&lt;i&gt;1" in page and "<b>" not in page


def test_a_log_has_no_matrices_and_no_intervals(tmp_path: Path) -> None:
    path = tmp_path / "metrics.csv"
    path.write_text("epoch,loss,val_loss\n0,1.0,1.1\n1,0.8,0.9\n")
    page = _page(evalcli.track(path))
    assert 'data-metric="loss"' in page and "Confusion" not in page
