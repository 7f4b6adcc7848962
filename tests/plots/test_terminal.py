from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.errors import UsageError
from evalcli.plots.terminal import charts
from support.command_line import Cli, assert_refused
from support.drawing import report


@pytest.mark.parametrize(
    ("task", "titles"),
    [
        ("binary", ["ROC", "precision by recall", "reliability"]),
        ("multiclass", ["ROC", "precision by recall", "reliability"]),
        ("multilabel", ["ROC", "precision by recall"]),
        ("regression", ["errors"]),
    ],
)
def test_charts_of_each_task_at_any_width(task: str, titles: list[str]) -> None:
    for width in (30, 80, 200, None):
        found = list(charts(report(task), width, False))
        assert len(found) == len(titles)
        assert all(title in chart for title, chart in zip(titles, found, strict=True))
        assert all("\x1b" not in chart for chart in found)
        if width is not None:
            assert max(len(line) for chart in found for line in chart.splitlines()[2:]) <= max(width, 40)


def test_below_the_table_and_nowhere_else(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("label,prob\n" + "0,0.2\n1,0.7\n1,0.4\n0,0.6\n" * 20)
    out = cli("score", path, "--charts").out
    assert out.index("roc_auc") < out.index("ROC: recall")
    stored = tmp_path / "r.json"
    assert cli("score", path, "-o", stored).code == 0
    assert "ROC: recall" in cli("show", stored, "--charts").out
    assert cli("score", path, "--charts", "-f", "json").code == 2
    assert_refused(cli("score", path, "--charts", "--curves", "none"), "--curves")


def test_without_curves_or_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="no curves"):
        list(charts(report(curves="none"), 80, False))
    monkeypatch.setitem(__import__("sys").modules, "uniplot", None)
    with pytest.raises(UsageError, match="not installed"):
        list(charts(report(), 80, False))
