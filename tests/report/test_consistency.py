"""Figures that no run can have are refused in stored reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from support.command_line import Cli, assert_refused

WRONG: dict[str, Callable[[Any], Any]] = {
    "an interval that is reversed": lambda data: data["metrics"]["f1"].update(interval=[0.9, 0.1]),
    "an interval beside its value": lambda data: data["metrics"]["f1"].update(interval=[0.99, 1.0]),
    "an interval of a class beside it": lambda data: next(iter(data["per_class"].values()))["recall"].update(
        interval=[0.0, 0.0001]
    ),
    "more rows than there are": lambda data: data["metrics"]["f1"].update(n=10**9),
    "another direction": lambda data: data["metrics"]["f1"].update(better="\x1b[31mhigher"),
    "another text for a method": lambda data: data["metrics"]["f1"].update(interval_method="\x1b[31mwilson"),
    "negative counts": lambda data: data["confusion_matrix"]["counts"][0].__setitem__(0, -3),
    "fewer rows than none": lambda data: data["input"]["rows"].update(read=-1),
    "more dropped than read": lambda data: data["input"]["rows"].update(dropped={"missing_label": 10**6}),
    "fewer dropped than none": lambda data: data["input"]["rows"].update(dropped={"missing_label": -1}),
}


@pytest.fixture
def report(cli: Cli, tmp_path: Path, wnba: tuple[object, ...]) -> Path:
    path = tmp_path / "r.json"
    assert cli("score", *wnba, "-o", path).code == 0
    return path


@pytest.mark.parametrize("name", WRONG)
def test_figures_that_no_run_has(name: str, report: Path, cli: Cli, wnba: tuple[object, ...]) -> None:
    assert cli("show", report).code == 0
    data = json.loads(report.read_text())
    WRONG[name](data)
    report.write_text(json.dumps(data))
    gated = ("--fail-under", "f1=0.5", "--on", "lower")
    for command in (("show", report, *gated), ("score", *wnba, "--baseline", report)):
        assert_refused(cli(*command), "not an evalcli report", "inconsistent")
