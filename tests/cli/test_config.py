"""Options from a file: found upwards, checked, overridden by the command line, shown with their origin."""

from __future__ import annotations

from pathlib import Path

from support.builders import OPTIONS_FILE
from support.command_line import Cli


def test_effective_options_and_where_they_came_from(cli: Cli, here: Path) -> None:
    (here / "evalcli.toml").write_text(OPTIONS_FILE)
    out = cli("config", "--threshold", "0.7", "--fail-under", "mcc=0.1").out
    rows = {line.split()[0]: " ".join(line.split()[1:]) for line in out.splitlines() if line[:1].isalpha()}
    assert rows["threshold"] == "0.7 command line"
    assert rows["metrics"] == "f1,accuracy evalcli.toml"
    assert rows["bins"] == "15 default"
    assert rows["fail-under"] == "mcc=0.1, f1=0.7, recall:*=30% command line and evalcli.toml"
    options = cli("config", "score", "p.csv", "-f", "json").json["options"]
    assert options["predictions"] == {"value": ["p.csv"], "from": "command line"}
    assert options["no-intervals"] == {"value": True, "from": "evalcli.toml"}
    assert options["average"] == {"value": None, "from": "default"}
    assert set(cli("config", "show", "r.json", "-f", "json").json["options"]) < set(options)
    (here / "evalcli.toml").write_text("bins = 'x'")
    assert cli("config").code == 2
    assert "no such command" in cli("config", "scoer").err
    (here / "evalcli.toml").unlink()
    assert cli("config").out.startswith("no file of options")
