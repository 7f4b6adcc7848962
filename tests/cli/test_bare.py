from __future__ import annotations

import pytest

from evalcli.cli.bare import print_bare, print_charts, terminal_width
from evalcli.cli.options.output import OutputOptions
from support.drawing import report


def test_values_charts_and_width(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    print_bare(report(), ["accuracy"], OutputOptions(with_names=True))
    assert capsys.readouterr().out.startswith("accuracy\t0.")
    print_charts(report())
    assert "ROC: recall" in capsys.readouterr().out
    assert terminal_width() is None
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "77")
    assert terminal_width() == 77
