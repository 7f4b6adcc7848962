from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from evalcli.errors import EvalcliError
from evalcli.report.reader import read_report
from evalcli.report.report import Report
from support.builders import made_report
from support.command_line import Cli, assert_refused
from support.paths import DATA


def test_reports_of_an_earlier_release_are_read(cli: Cli) -> None:
    result = cli("show", DATA / "report-first.json", "-q")
    assert result.code == 1
    assert result.err == "failed: f1 = 0.7326 < 0.8\n"
    assert cli("show", DATA / "report-first.json", "--fail-under", "f1=0.7").code == 0


def test_later_reports_are_refused_with_the_reason(
    cli: Cli, tmp_path: Path, wnba: tuple[object, ...]
) -> None:
    data = json.loads((DATA / "report-first.json").read_text())
    data["schema_version"] = 2
    path = tmp_path / "r.json"
    path.write_text(json.dumps(data))
    for command in (("show", path), ("score", *wnba, "--baseline", path)):
        result = cli(*command)
        assert (result.code, result.out) == (2, "")
        assert "written by a later release" in result.err
        assert "schema version 2; this release reads up to 1" in result.err


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ('{"schema_version": 1, "metrics": NaN}', "contains NaN"),
        ("[" * 100_000, "nested"),
        ("[]", "not an evalcli report"),
        ("{}", "missing key 'schema_version'"),
        ('"text"', "not an evalcli report"),
        ('{"schema_version": 1}', "not an evalcli report"),
        ('{"schema_version": "1"}', "not an evalcli report"),
        ('{"schema_version": 1, "error": {"what": "no such file"}}', "an error and no metrics"),
    ],
)
def test_what_is_no_report(text: str, words: str, cli: Cli, tmp_path: Path, wnba: tuple[object, ...]) -> None:
    path = tmp_path / "r.json"
    path.write_text(text)
    for command in (("show", path), ("score", *wnba, "--baseline", path)):
        result = cli(*command)
        assert (result.code, result.out) == (2, "")
        assert words in result.err
        assert len(result.err) < 2000
    assert "no such report" in cli("show", tmp_path / "none.json").err


def test_a_gate_that_lies_is_refused(cli: Cli, tmp_path: Path) -> None:
    data = json.loads((DATA / "report-first.json").read_text())
    path = tmp_path / "r.json"
    wrong: list[dict[str, Any]] = [
        {**data["gate"], "verdict": "pass"},
        {"verdict": "pass", "rules": []},
        {"verdict": "pass", "rules": [{**data["gate"]["rules"][0], "verdict": "fine"}]},
        {"verdict": "pass", "rules": [{**data["gate"]["rules"][0], "verdict": "pass"}]},
        {"verdict": "pass", "rules": [{**data["gate"]["rules"][0], "verdict": "pass", "value": 0.9}]},
        {"verdict": "pass", "rules": [{**data["gate"]["rules"][0], "verdict": "pass", "value": None}]},
        {},
    ]
    for gate in wrong:
        path.write_text(json.dumps({**data, "gate": gate}))
        assert cli("show", path).code == 2


values = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=3)
    | st.just([])
    | st.just({})
    | st.sampled_from(["nan", "1e9", 10**400, "="])
)


@pytest.fixture(scope="module")
def full_report(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A report with slices, a baseline, rules of every kind and intervals that were looked at."""
    from evalcli.cli.app import run

    folder = tmp_path_factory.mktemp("full")
    rows = "".join(f"{i % 2},{(i * 7 % 10) / 10},{'uvw'[i % 3]}\n" for i in range(120))
    (folder / "p.csv").write_text("label,prob,g\n" + rows)
    score = ["score", str(folder / "p.csv"), "--by", "g", "-q", "--config", "none", "--explain-batches", "50"]
    run([*score, "-o", str(folder / "base.json"), "--only", "f1"])
    rules = ["--max-drop", "f1=0.1", "--max-drop", "f1@each=1%", "--fail-under", "recall@each=0.1"]
    rules += ["--fail-over", "log_loss=9", "--fail-on", "over-confident", "--on", "decided"]
    run([*score, "-o", str(folder / "r.json"), "--baseline", str(folder / "base.json"), *rules])
    return (folder / "r.json").read_text()


@pytest.mark.unmeasured
@pytest.mark.parametrize("source", ["first", "full"])
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
@pytest.mark.long
def test_no_mutilated_report_is_a_bug(source: str, full_report: str, data: Any) -> None:
    """One value of a report replaced or removed: it is read and shown, or refused."""
    from evalcli.cli.app import run

    report = json.loads(full_report if source == "full" else (DATA / "report-first.json").read_text())
    place: Any = report
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if not isinstance(inner, dict | list) or not inner or data.draw(st.integers(0, 3)) == 0:
            break
        place = inner
    if data.draw(st.booleans()):
        place[key] = data.draw(values)
    else:
        del place[key]
    path = DATA.parent / f".mutilated-{source}.json"
    try:
        path.write_text(json.dumps(report))
        for form in ("table", "markdown", "junit", "csv", "json", "github"):
            assert run(["show", str(path), "-f", form, "-q", "--config", "none"]) in (0, 1, 2, 3)
        assert run(["show", str(path), "--fail-under", "f1=0.99", "-q", "--config", "none"]) in (1, 2, 3)
    finally:
        path.unlink(missing_ok=True)


def test_parts_of_a_report_that_are_no_numbers_or_not_there(
    full_report: str, cli: Cli, tmp_path: Path
) -> None:
    path = tmp_path / "r.json"
    path.write_text(full_report)
    assert cli("show", path).code in (0, 1, 3)
    changes: list[tuple[str, Any]] = [
        *((name, value) for name in ("value", "threshold", "baseline") for value in ("nan", True, 10**400)),
        ("interval", ["nan", 1.0]),
    ]
    for name, value in changes:
        data = json.loads(full_report)
        for rule in data["gate"]["rules"]:
            if rule["kind"] == "drop":
                rule[name] = value
        path.write_text(json.dumps(data))
        assert_refused(cli("show", path), "not an evalcli report")
    for name in ("f1", "recall"):
        data = json.loads(full_report)
        del data["slices"][1]["metrics"][name]
        path.write_text(json.dumps(data))
        assert_refused(cli("show", path), "inconsistent slices")


def test_two_keys_alike_are_refused(full_report: str, cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    path.write_text(full_report.replace('"metrics": {', '"metrics": {"f1": {}, "f1": {},', 1))
    assert_refused(cli("show", path), "the report is not JSON", "the key 'f1' is duplicated")


def test_a_report_survives_the_way_through_json(tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    report = made_report({"f1_macro": 0.5, "log_loss": None}, {"recall": {"a|b": 0.5, "c:d": None}})
    path.write_text(json.dumps(report.to_json()))
    assert read_report(str(path)) == report
    assert Report.from_json(report.to_json()) == report
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(EvalcliError):
        read_report(str(path))


def test_a_stored_verdict_on_intervals_is_checked(cli: Cli, sliced: Path, tmp_path: Path) -> None:
    cli("score", sliced, "--fail-under", "accuracy=0.78", "--on", "decided", "-o", tmp_path / "r.json")
    stored = json.loads((tmp_path / "r.json").read_text())
    stored["gate"]["rules"][0]["verdict"] = stored["gate"]["verdict"] = "pass"
    (tmp_path / "r.json").write_text(json.dumps(stored))
    assert cli("show", tmp_path / "r.json").code == 2


@pytest.mark.parametrize(
    ("places", "value", "said"),
    [
        (("metrics",), [], "metrics is not an object but []"),
        (("metrics", "f1"), 0.5, "f1 is not an object but 0.5"),
        (("classes",), "01", "classes is not a list but '01'"),
        (("notes",), {}, "notes is not a list but {}"),
        (("gate", "rules"), ["f1>=0.5"], "rules is not an object but 'f1>=0.5'"),
        (("confusion_matrix", "counts"), [5], "counts is not a list but 5"),
        (("task",), 3, "report.task is not str but 3"),
        (("input", "rows", "read"), "9", "report.input.read is not int but '9'"),
        (("input", "options", "bins"), None, "inconsistent options"),
        (("metrics", "f1", "n"), 0.5, "report.metrics.f1.n is not int but 0.5"),
    ],
)
def test_a_part_of_another_type_is_named(
    places: tuple[str, ...], value: object, said: str, tmp_path: Path
) -> None:
    report = json.loads((DATA / "report-first.json").read_text())
    place = report
    for key in places[:-1]:
        place = place[key]
    place[places[-1]] = value
    (tmp_path / "r.json").write_text(json.dumps(report))
    with pytest.raises(EvalcliError) as error:
        read_report(str(tmp_path / "r.json"))
    assert (error.value.what, error.value.found) == ("not an evalcli report", said)


def test_options_of_any_form_are_kept(tmp_path: Path) -> None:
    """Later releases may add some."""
    report = made_report({"f1": 0.5})
    more: dict[str, Any] = {**report.input.options, "nested": {"a": [[1], {"b": None}]}}
    stored = replace(report, input=replace(report.input, options=more))
    (tmp_path / "r.json").write_text(json.dumps(stored.to_json()))
    assert read_report(str(tmp_path / "r.json")).input.options == more
