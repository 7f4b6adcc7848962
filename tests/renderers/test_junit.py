from __future__ import annotations

from evalcli.renderers.formats import render
from support.builders import made_report
from support.command_line import Cli
from support.outputs import VERDICTS, parsed
from support.paths import GAME_COLUMNS, GAMES


def test_junit_counts(cli: Cli) -> None:
    missing = ("--baseline", "none.json", "--baseline-missing", "pass", "--max-drop", "accuracy=1%")
    result = cli(
        "score", GAMES, *GAME_COLUMNS, "-f", "junit", *VERDICTS["fail"][1], *missing, "--fail-on", "any"
    )
    suite = parsed(result.out, "junit").find("testsuite")
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    failure = suite.find("testcase/failure")
    assert failure.get("message") == "f1 = 0.7326 < 0.9"
    assert "no class '9'" in suite.find("testcase/error").get("message")
    alone = cli("score", GAMES, *GAME_COLUMNS, "-f", "junit", "--baseline", "none.json")
    assert alone.code == 3
    assert parsed(alone.out, "junit").find("testsuite").get("errors") == "1"


def test_metrics_of_hostile_classes_are_xml_too() -> None:
    report = made_report({"recall:\x1b[31m": 0.5})
    assert parsed(render(report, "junit").decode(), "junit") is not None
