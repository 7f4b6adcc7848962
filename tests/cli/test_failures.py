"""An error is in the step summary and reports, and no file is incomplete."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from support.builders import GOOD
from support.command_line import Cli, Process, Save
from support.outputs import parsed
from support.paths import GAME_COLUMNS, GAMES

BROKEN = "label,prob_a,prob_b\na,0.9,0.1\nb,high,0.8\n"
ERRORS: dict[str, tuple[tuple[str, ...], str]] = {
    "input": ((), "a score is not a number"),
    "usage": (("--fail-under", "ff=1"), "unknown metric 'ff'"),
    "parsing": (("--jsno",), "no such option: --jsno"),
    "typer": (("--bins", "many"), "--bins"),
    "several": (("--fail-under", "ff=1", "--average", "x"), "--average: invalid value 'x'"),
}


def case_of(path: Path) -> Any:
    suite = parsed(path.read_text(), "junit").find("testsuite")
    assert suite.get("errors") == suite.get("tests") != "0"
    assert suite.get("failures") == "0"
    return suite


@pytest.mark.parametrize("kind", ERRORS)
def test_the_page_of_a_red_job_is_not_empty(kind: str, process: Process, saved: Save, tmp_path: Path) -> None:
    arguments, message = ERRORS[kind]
    summary, junit = tmp_path / "summary.md", tmp_path / "new" / "junit.xml"
    summary.write_text("before\n")
    path = saved("p.csv", BROKEN if kind == "input" else GOOD)
    outputs = ("-o", junit, "-o", tmp_path / "r.json", "-o", tmp_path / "r.md", "--name", "resnet50")
    service = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    result = process("score", path, *outputs, *arguments, **service)
    assert (result.code, result.out) == (2, "")
    assert "::error title=evalcli%3A resnet50 error::" in result.err
    page = summary.read_text()
    assert page.startswith("before\n### evalcli: resnet50 ❌ error\n\n```text\n")
    assert message in page
    suite = case_of(junit)
    assert suite.get("name") == "resnet50"
    assert any(message in error.text for error in suite.iterfind("testcase/error"))
    assert not (tmp_path / "r.json").exists()
    assert not (tmp_path / "r.md").exists()
    assert {p.name for p in tmp_path.iterdir()} == {"p.csv", "summary.md", "new"}


def test_a_bug_is_on_the_page_too(saved: Save, tmp_path: Path) -> None:
    code = (
        "import sys\nimport evalcli.engine.score as engine\nfrom evalcli.cli.app import run\n"
        "def broken(*_, **__):\n    raise ZeroDivisionError('by nought')\n"
        "engine.open_inputs = broken\nsys.exit(run(sys.argv[1:]))"
    )
    junit = tmp_path / "junit.xml"
    arguments = ["score", saved("p.csv", GOOD), "-o", junit]
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False
    )
    assert done.returncode == 70
    suite = case_of(junit)
    assert suite.find("testcase").get("name") == "bug"
    assert suite.find("testcase/error").get("type") == "bug"
    assert "ZeroDivisionError: by nought" in suite.find("testcase/error").get("message")


def test_other_commands_have_a_summary_as_well(process: Process, saved: Save, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    service = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    path = saved("p.csv", BROKEN)
    assert process("threshold", path, **service).code == 2
    assert summary.read_text().startswith(f"### evalcli: {path} ❌ error\n")
    assert process("scoer", path, **service).code == 2
    assert "### evalcli: ❌ error\n" in summary.read_text()
    before = summary.read_text()
    assert process("score", path, "--ci", "none", **service).code == 2
    assert summary.read_text() == before


def test_options_from_a_file_count(cli: Cli, here: Path, saved: Save) -> None:
    (here / "evalcli.toml").write_text("output = 'junit.xml'\nname = 'nightly'\n")
    assert cli("score", saved("p.csv", BROKEN)).code == 2
    assert case_of(here / "junit.xml").get("name") == "nightly"


@pytest.mark.parametrize("typed", [("-ojunit.xml",), ("--output=junit.xml",), ("-o", "junit:junit.xml")])
def test_every_spelling_of_the_output(typed: tuple[str, ...], cli: Cli, here: Path) -> None:
    assert cli("score", "none.csv", *typed, "--jsno").code == 2
    assert case_of(here / "junit.xml").find("testcase/error") is not None


def test_an_input_is_never_written_over(cli: Cli, here: Path, saved: Save) -> None:
    path = saved("p.xml", BROKEN)
    for arguments in ((), ("--jsno",)):
        assert cli("score", path, "--input-format", "csv", "-o", f"junit:{path}", *arguments).code == 2
        assert path.read_text() == BROKEN
    assert cli("score", path, "--input-format", "csv", "-o", f"junit:{here}").code == 2


def test_an_earlier_report_is_replaced(cli: Cli, here: Path) -> None:
    assert cli("score", GAMES, *GAME_COLUMNS, "--fail-under", "f1=0.1", "-o", "junit.xml").code == 0
    assert cli("score", GAMES, *GAME_COLUMNS, "--fail-under", "ff=0.1", "-o", "junit.xml").code == 2
    assert case_of(here / "junit.xml")


def test_what_cannot_be_written_is_said(process: Process, saved: Save, tmp_path: Path) -> None:
    service = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(tmp_path)}
    (tmp_path / "file").write_text("")
    junit = tmp_path / "file" / "junit.xml"
    result = process("score", saved("p.csv", BROKEN), "-o", junit, **service)
    assert result.code == 2
    assert "the step summary could not be written" in result.err


@pytest.mark.parametrize("form", ["junit", "markdown", "json", "github"])
def test_standard_output_has_the_error_in_its_format(form: str, cli: Cli, saved: Save) -> None:
    result = cli("score", saved("p.csv", BROKEN), "-f", form)
    assert result.code == 2
    assert "a score is not a number" in result.out
    if form == "junit":
        assert ElementTree.fromstring(result.out).find("testsuite/testcase/error") is not None
    assert cli("score", saved("p.csv", BROKEN), "-o", f"{form}:-").out == result.out
    for other in ("table", "csv", "tsv"):
        assert cli("score", saved("p.csv", BROKEN), "-f", other).out == ""


def test_a_misspelled_metric_names_no_run(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    assert "::error title=evalcli::" in cli("explain", "presicion").err
