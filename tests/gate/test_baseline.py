"""Baselines: what can be compared and what not, the labels' fingerprint, stored reports read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evalcli.report.verdict import DIFFERENCES
from support.command_line import Cli
from support.paths import DATA


@pytest.fixture
def baseline(cli: Cli, wnba: tuple[object, ...], tmp_path: Path) -> Path:
    path = tmp_path / "baseline.json"
    assert cli("score", *wnba, "-o", path, "-q").code == 0
    return path


def test_the_report_shows_baseline_value_change_and_rule(
    cli: Cli, wnba: tuple[object, ...], baseline: Path, tmp_path: Path
) -> None:
    stored = json.loads(baseline.read_text())
    stored["metrics"]["f1"]["value"] = 0.75
    stored["metrics"]["log_loss"]["value"] = 0.6
    baseline.write_text(json.dumps(stored))
    rules = ("--max-drop", "f1=0.01", "--max-drop", "log_loss=5%", "--max-drop", "accuracy=0")
    result = cli("score", *wnba, "--baseline", baseline, *rules, "-o", tmp_path / "new.json")
    assert result.code == 1
    assert "failed: f1 = 0.7326, baseline 0.7500: down 0.0174, more than 0.01" in result.err
    assert "passed: log_loss = 0.6243, baseline 0.6000: up 0.0243 (4.0484%), at most 5%" in result.err
    assert "passed: accuracy = 0.6578, equal to the baseline" in result.err
    gate = json.loads((tmp_path / "new.json").read_text())["gate"]
    assert gate["baseline"]["status"] == "compared"
    rule = gate["rules"][0]
    assert (rule["rule"], rule["baseline"], rule["allowed"]) == ("f1>=baseline-0.01", 0.75, "0.01")
    assert rule["change"] == pytest.approx(rule["value"] - 0.75)
    lines = [line.split() for line in result.out.splitlines()]
    assert ["f1", "0.7326", "[0.6901,", "0.7713]", "0.7500", "-0.0174", "worse"] in lines
    assert ["log_loss", "0.6243", "[0.5888,", "0.6619]", "0.6000", "+0.0243", "worse"] in lines
    assert ["accuracy", "0.6578", "[0.6128,", "0.7001]", "0.6578", "+0.0000"] in lines


CHANGES: dict[str, Any] = {
    "classes-changed": lambda report: report["classes"].reverse(),
    "positive-changed": lambda report: report["input"]["roles"].update(positive="0"),
    "threshold-changed": lambda report: report["input"]["roles"].update(threshold=0.5),
    "convention-changed": lambda report: report["input"]["options"].update(bins=10),
    "definition-changed": lambda report: report["definitions"][0].update(formula="fp"),
    "weights-changed": lambda report: report["input"]["rows"].update(effective=10.0),
    "rows-changed": lambda report: report["input"]["rows"].update(read=451),
    "labels-changed": lambda report: report["input"].update(labels_fingerprint="0" * 64),
    "task-changed": lambda report: report.update(task="multiclass"),
}


@pytest.mark.parametrize("code", DIFFERENCES)
def test_what_cannot_be_compared(code: str, cli: Cli, wnba: tuple[object, ...], tmp_path: Path) -> None:
    baseline, scored = tmp_path / "baseline.json", ("score", *wnba, "--define", "mine = fn")
    assert cli(*scored, "-o", baseline, "-q").code == 0
    stored = json.loads(baseline.read_text())
    CHANGES[code](stored)
    baseline.write_text(json.dumps(stored))
    common = (*scored, "--baseline", baseline, "--max-drop", "f1=50%")
    result = cli(*common)
    assert result.code == 3
    assert f"try: --allow {code} if" in result.err
    assert "not comparable with the baseline" in result.out
    assert cli(*scored, "--baseline", baseline).code == 3
    assert cli(*common, "--fail-under", "f1=0.99").code == 1
    others = ",".join(set(DIFFERENCES) - {code})
    assert cli(*common, "--allow", others).code == 3
    allowed = cli(*common, "--allow", code, "-o", tmp_path / "r.json")
    assert allowed.code == 0
    found = json.loads((tmp_path / "r.json").read_text())["gate"]["baseline"]
    assert (found["status"], [one["code"] for one in found["allowed"]]) == ("compared", [code])


def test_a_report_without_a_fingerprint_cannot_be_compared(cli: Cli, wnba: tuple[object, ...]) -> None:
    common = ("score", *wnba, "--baseline", DATA / "report-first.json", "--max-drop", "f1=0")
    result = cli(*common)
    assert result.code == 3
    assert "the fingerprint of the labels is unknown" in result.err
    assert cli(*common, "--allow", "labels-changed").code == 0


@pytest.mark.parametrize(("policy", "code"), [(None, 3), ("undecided", 3), ("warn", 0), ("pass", 0)])
def test_the_first_run(
    policy: str | None, code: int, cli: Cli, wnba: tuple[object, ...], tmp_path: Path
) -> None:
    told = ("--baseline-missing", policy) if policy else ()
    common = ("score", *wnba, "--baseline", tmp_path / "none.json", "-q")
    for rules in ((), ("--max-drop", "f1=1%")):
        result = cli(*common, *rules, *told)
        assert result.code == code
        assert ("there is no baseline" in result.err) == (policy != "pass")
    assert cli(*common, *told, "--fail-under", "f1=0.99").code == 1


def test_only_a_file_that_is_not_there_is_missing(cli: Cli, wnba: tuple[object, ...], tmp_path: Path) -> None:
    (tmp_path / "gone.json").symlink_to(tmp_path / "nowhere")
    (tmp_path / "file").write_text("{}")
    for path in (
        "https://localhost:1/b.json",
        tmp_path / "gone.json",
        tmp_path / "file" / "b.json",
        "x" * 5000,
    ):
        result = cli("score", *wnba, "--baseline", path, "--baseline-missing", "pass")
        assert (result.code, result.out) == (2, ""), path


CSV = "label,pred\n" + "a,a\nb,b\nb,a\nO,O\nO,b\n" * 8


def test_averages_over_other_classes_cannot_be_compared(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text(CSV)
    common = ("score", tmp_path / "p.csv", "-q")
    stored = tmp_path / "b.json"
    assert cli(*common, "--exclude-class", "O", "--exclude-class", "a", "-o", stored).code == 0
    same = ("--exclude-class", "a", "--exclude-class", "O", "--baseline", stored)
    assert cli(*common, *same).code == 0
    other = cli(*common, "--baseline", stored)
    assert other.code == 3
    assert "exclude_class O, a then, none now" in other.err
    assert "--allow convention-changed" in other.err


def test_reports_of_two_classes_from_before_their_averages(
    cli: Cli, wnba: tuple[object, ...], baseline: Path
) -> None:
    """They contain macro, whatever was requested: it had no effect."""
    stored = json.loads(baseline.read_text())
    assert stored["input"]["options"].pop("exclude_class") == []
    assert stored["input"]["options"]["average"] is None
    stored["input"]["options"]["average"] = "macro"
    baseline.write_text(json.dumps(stored))
    assert cli("score", *wnba, "--baseline", baseline, "--max-drop", "f1=0").code == 0
