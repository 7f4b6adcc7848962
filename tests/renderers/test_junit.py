from __future__ import annotations

from pathlib import Path

from evalcli.errors import InputError, SeveralErrors, UsageError
from evalcli.renderers.formats import render, render_error
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


def test_two_gates_of_one_job_do_not_collide(cli: Cli, tmp_path: Path) -> None:
    found = []
    for index, name in enumerate(("resnet50.v2", "vit")):
        path = tmp_path / f"{index}.xml"
        cli("score", GAMES, *GAME_COLUMNS, *VERDICTS["fail"][1], "--name", name, "-o", path)
        suite = parsed(path.read_text(), "junit").find("testsuite")
        assert suite.get("name") == name
        found += [(case.get("classname"), case.get("name")) for case in suite.iterfind("testcase")]
    assert len(found) == len(set(found))
    assert found[0][0] == "evalcli.resnet50_v2.binary"


def test_errors_are_test_cases() -> None:
    error = SeveralErrors([InputError("a\x1b is wrong", where="p.csv", code="x"), UsageError("b")])
    suite = parsed(render_error(error, "junit", "n").decode(), "junit").find("testsuite")
    cases = [
        (c.get("name"), c.get("classname"), c.find("error").get("message")) for c in suite if c.tag[0] == "t"
    ]
    assert cases == [("x 1", "evalcli.n.error", "a\\x1b is wrong"), ("usage 2", "evalcli.n.error", "b")]
    assert suite.find("testcase/error").text == "a\\x1b is wrong\n  where: p.csv"
    assert parsed(render_error(error, "junit").decode(), "junit").find("testsuite").get("name") == "evalcli"
