from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.builders import OPTIONS_FILE
from support.command_line import Cli
from support.paths import GAMES


@pytest.mark.parametrize("name", ["evalcli.toml", "pyproject.toml"])
def test_a_file_is_found_upwards(name: str, cli: Cli, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (
        OPTIONS_FILE.replace("[fail-under]", "[tool.evalcli.fail-under]")
        if name == "pyproject.toml"
        else OPTIONS_FILE
    )
    (here / name).write_text(f"[tool.evalcli]\n{text}" if name == "pyproject.toml" else text)
    (here / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(here / "a" / "b")
    (here / "a" / "pyproject.toml").write_text("[project]\nname = 'no word of it'\n")
    result = cli("score", "-f", "json")
    assert result.code == 0
    assert list(result.json["metrics"]) == ["f1", "accuracy"]
    assert result.json["input"]["roles"]["threshold"] == 0.5
    assert [rule["rule"] for rule in result.json["gate"]["rules"]] == [
        "f1>=0.7",
        "recall:0>=0.3",
        "recall:1>=0.3",
        "no never-predicted",
    ]
    assert result.json["evalcli"]["config"]["path"] == str(Path("..") / ".." / name)
    assert result.json["evalcli"]["config"]["options"]["threshold"] == "0.5"
    assert result.err.startswith(f"options from ../../{name}: predictions, label-col, ")


def test_the_command_line_wins(cli: Cli, here: Path) -> None:
    (here / "evalcli.toml").write_text(OPTIONS_FILE)
    result = cli("score", "-f", "json", "--threshold", "0.6", "-m", "mcc", "--fail-under", "f1=0.1", "-q")
    assert list(result.json["metrics"]) == ["mcc", "f1"]
    assert result.json["input"]["roles"]["threshold"] == 0.6
    # rules on other names stay: none is lost in silence
    assert [rule["rule"] for rule in result.json["gate"]["rules"]] == [
        "f1>=0.1",
        "recall:0>=0.3",
        "recall:1>=0.3",
        "no never-predicted",
    ]
    assert result.json["evalcli"]["config"]["options"].keys() & {"threshold", "metrics"} == set()
    added = cli("score", "-f", "json", "--fail-on", "many-ties", "-q").json["gate"]["rules"]
    assert [rule["rule"] for rule in added][-2:] == ["no many-ties", "no never-predicted"]
    assert cli("score", "--config", "none").code == 2


def test_no_file_is_lost_in_silence(cli: Cli, here: Path) -> None:
    (here / "evalcli.toml").write_text(OPTIONS_FILE)
    (here / "pyproject.toml").write_text("[tool.evalcli]\nmetrics = 'mcc'\n")
    assert "two files have options" in cli("score").err
    (here / "pyproject.toml").write_text("[project]\ndependencies = ['evalcli']\n")
    assert list(cli("score", "-f", "json", "-q").json["metrics"]) == ["f1", "accuracy"]
    (here / "evalcli.toml").unlink()
    (here / "evalcli.toml").symlink_to(here / "gone.toml")
    assert "cannot be read" in cli("score").err
    (here / "evalcli.toml").unlink()
    (here / "evalcli.toml").mkdir()
    assert "cannot be read" in cli("score").err


@pytest.mark.parametrize(
    "text",
    [
        "[tool]\nevalcli = {fail-under = {accuracy = 0.99}}",
        "[tool . evalcli]\nfail-under = {accuracy = 0.99}",
        '[tool."evalcli"]\nfail_under = {accuracy = 0.99}',
        "[tool]\nevalcli.fail-under.accuracy = 0.99",
    ],
)
def test_every_spelling_of_the_table(text: str, cli: Cli, here: Path, wnba: tuple[object, ...]) -> None:
    (here / "pyproject.toml").write_text(text)
    assert cli("score", *wnba, "--only", "accuracy").code == 1


def test_one_key_in_two_spellings(cli: Cli, here: Path, wnba: tuple[object, ...]) -> None:
    (here / "evalcli.toml").write_text("fail-under = {accuracy = 0.99}\nfail_under = {f1 = 0.1}")
    assert "duplicate option" in cli("score", *wnba).err


def test_a_named_file(cli: Cli, here: Path) -> None:
    (here / "other.toml").write_text(OPTIONS_FILE)
    assert cli("score", "--config", "other.toml", "-q").code == 0
    result = cli("score", GAMES, "--config", "none.toml")
    assert result.code == 2
    assert "No such file" in result.err
    (here / "pyproject.toml").write_text("[project]\n")
    assert "no options for evalcli" in cli("score", GAMES, "--config", "pyproject.toml").err


def test_paths_are_meant_from_the_file(cli: Cli, here: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (here / "data").mkdir()
    (here / "data" / "p.csv").write_bytes(GAMES.read_bytes())
    (here / "evalcli.toml").write_text(
        OPTIONS_FILE.replace(str(GAMES), "data/p.csv").replace(
            "threshold", 'output = ["out/r.json", "markdown:out/r.txt"]\nper-row = "out/rows.csv"\nthreshold'
        )
    )
    (here / "sub").mkdir()
    monkeypatch.chdir(here / "sub")
    assert cli("score", "-q").code == 0
    assert json.loads((here / "out" / "r.json").read_text())["gate"]["verdict"] == "pass"
    assert (here / "out" / "r.txt").read_text().startswith("### ")
    assert (here / "out" / "rows.csv").exists()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("lable-col = 'x'", ["unknown option 'lable-col'", "did you mean label-col?"]),
        ("metric = 'f1'", ["unknown option 'metric'", "did you mean metrics?"]),
        ("config = 'x'", ["unknown option 'config'"]),
        ("bins = 'many'", ["option bins is not a whole number", "'many'"]),
        ("bins = 1.5", ["option bins is not a whole number", "1.5"]),
        ("bins = true", ["option bins is not a whole number", "True"]),
        ("confidence = '95'", ["option confidence is not a number"]),
        ("quiet = 1", ["option quiet is not true or false"]),
        ("label-col = ['a']", ["option label-col is not a text"]),
        ("metrics = 3", ["option metrics is not a list of texts"]),
        ("metrics = [3]", ["option metrics is not a list of texts"]),
        ("fail-under = 3", ["option fail-under is not a list of texts or a table"]),
        ("fail-under = {f1 = [1]}", ["option fail-under.f1 is not a number or a percentage"]),
        ("fail-under = {f1 = true}", ["option fail-under.f1 is not a number or a percentage"]),
        ("fail-under = {ff = 1}", ["unknown metric 'ff'"]),
        ("fail-under = ['f1=2', 'f1=3']", ["2 different limits"]),
        ("fail-on = {a = 1}", ["option fail-on is not a list of texts"]),
        ("format = 'jsn'", ["--format: invalid value 'jsn'", "did you mean --format json?"]),
        ("average = 'mikro'", ["--average: invalid value 'mikro'", "did you mean --average micro?"]),
        ("bins = ", ["cannot be read"]),
    ],
)
def test_mistakes(line: str, words: list[str], cli: Cli, here: Path) -> None:
    (here / "evalcli.toml").write_text(line)
    result = cli("score", GAMES)
    assert (result.code, result.out) == (2, "")
    for word in words:
        assert word in result.err


def test_a_table_that_is_none(cli: Cli, here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool]\nevalcli = 3 # tool.evalcli\n")
    assert "is not a table" in cli("score", GAMES).err


def test_every_command_takes_its_own(cli: Cli, here: Path) -> None:
    (here / "evalcli.toml").write_text(OPTIONS_FILE)
    assert "truth" in cli("inspect").out
    assert cli("score", "-q", "-o", "r.json").code == 0
    shown = cli("show", "r.json", "-f", "json")
    assert (shown.code, shown.json["gate"]["rules"][0]["rule"]) == (0, "f1>=0.7")
    assert cli("show", "r.json", "--fail-under", "f1=0.99").code == 1
