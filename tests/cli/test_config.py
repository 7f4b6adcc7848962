"""Options from a file: found upwards, checked, overridden by the command line, shown with their origin."""

from __future__ import annotations

from pathlib import Path

from support.builders import OPTIONS_FILE
from support.command_line import Cli, assert_refused


def test_effective_options_and_where_they_came_from(cli: Cli, here: Path) -> None:
    (here / "evalcli.toml").write_text(OPTIONS_FILE)
    out = cli("config", "--all", "--threshold", "0.7", "--fail-under", "mcc=0.1").out
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in out.splitlines() if line[:1].isalpha()}
    assert rows["threshold"] == "0.7 command line"
    assert rows["metrics"] == "f1,accuracy evalcli.toml"
    assert rows["bins"] == "15 default"
    assert rows["fail-under"] == "mcc=0.1, f1=0.7, recall:*=30% command line and evalcli.toml"
    options = cli("config", "score", "p.csv", "-f", "json", "--all").json["options"]
    assert options["predictions"] == {"value": ["p.csv"], "from": "command line"}
    assert options["no-intervals"] == {"value": True, "from": "evalcli.toml"}
    assert options["average"] == {"value": None, "from": "default"}
    of_show = set(cli("config", "show", "r.json", "-f", "json", "--all").json["options"])
    assert of_show - {"not-worse", "better", "max-broken", "no-correction"} < set(options)
    (here / "evalcli.toml").write_text("bins = 'x'")
    assert cli("config").code == 2
    assert "no such command" in cli("config", "scoer").err
    (here / "evalcli.toml").unlink()
    assert "no options are set; --all prints the defaults" in cli("config").out


def test_what_is_set_alone(cli: Cli, here: Path) -> None:
    (here / "evalcli.toml").write_text("bins = 7\n")
    rows = [line.split() for line in cli("config", "-q").out.splitlines()[4:]]
    assert rows == [["bins", "7", "evalcli.toml"], ["quiet", "true", "command", "line"]]
    options = cli("config", "-f", "json").json["options"]
    assert set(options) == {"bins", "format"}
    assert set(cli("config", "--all", "-f", "json").json["options"]) > set(options)


def test_commands_without_options_in_files(cli: Cli) -> None:
    assert_refused(cli("config", "metrics"), "reads no options from a file")
    assert_refused(cli("config", "yt.csv"), "evalcli score yt.csv")
    assert_refused(cli("config", "--fromat"), "did you mean --format")
