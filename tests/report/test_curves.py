from __future__ import annotations

import pytest

from evalcli.report.curves import Curves
from evalcli.report.report import Report
from support.drawing import report


@pytest.mark.parametrize("task", ["binary", "multiclass", "multilabel", "regression"])
def test_curves_survive_the_file(task: str) -> None:
    found = report(task)
    assert found.curves is not None
    assert Curves.from_json(found.curves.to_json()) == found.curves
    assert Report.from_json(found.to_json()).curves == found.curves
