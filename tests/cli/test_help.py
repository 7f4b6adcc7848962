from __future__ import annotations

import re

import pytest

from evalcli.cli.commands import COMMANDS
from evalcli.cli.group import group_of
from evalcli.cli.help import by_panel
from evalcli.cli.options.groups import PANELS
from support.command_line import Cli

OF_COMMANDS = group_of().commands
COMMON = {"labels", "label_col", "score_cols", "metrics", "by", "fail_under", "output", "format"}
SCREEN = 40
"""Lines of a terminal."""


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_and_is_whole(command: str, width: int, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    result = cli(command, "--help")
    assert result.code == 0
    lines = result.out.splitlines()
    assert lines[0].startswith(f"Usage: evalcli {command}")
    assert max(map(len, lines)) <= min(width, 100)
    assert "<" not in result.out
    assert "{" not in re.sub(r"\{(?:epoch|split)\}", "", result.out), "fields of patterns alone"
    assert result.out.index("Examples:") < result.out.index("--help")
    words = set(re.findall(r"(?:--?)[a-z][a-z-]*", result.out))
    for option in OF_COMMANDS[command].params:
        if option.param_type_name == "option":
            assert set(option.opts) | set(option.secondary_opts) <= words
    assert "docs/" in result.out
    assert cli("help", command).out == result.out
    assert cli(command, "-h").out == result.out


def test_the_overview_is_one_screen(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    result = cli("--help")
    lines = result.out.splitlines()
    assert len(lines) <= SCREEN
    assert max(map(len, lines)) <= 80
    for command in COMMANDS:
        assert sum(line.startswith(f"  {command} ") for line in lines) == 1
    assert cli("help").out == cli("-h").out == cli().out == result.out


def test_common_options_come_first() -> None:
    panels = by_panel(OF_COMMANDS["score"])
    assert next(iter(panels)) == "Common"
    assert {option.name for option in panels["Common"]} == COMMON


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_in_one_panel(command: str) -> None:
    panels = by_panel(OF_COMMANDS[command])
    shown = [option.name for options in panels.values() for option in options]
    options = [option.name for option in OF_COMMANDS[command].params if option.param_type_name == "option"]
    assert sorted(shown) == sorted(options)
    assert set(panels) <= {*PANELS, "Options"}


def test_every_panel_is_used() -> None:
    used = {panel for command in OF_COMMANDS.values() for panel in by_panel(command)}
    assert set(PANELS) <= used


def test_defaults_are_shown_once() -> None:
    from evalcli.cli.help import page

    class Context:
        command_path = "evalcli score"

    text = " ".join(page(OF_COMMANDS["score"], Context()).split())
    assert "Random seed of resampled intervals; metrics do not depend on it. (default: 0)" in text
    assert "detected. (default:" not in text
    for chunk in re.findall(r"--[a-z-]+ [A-Z|]+ (.*?)(?= --|$)", text):
        assert chunk.count("(default:") <= 1, chunk


@pytest.mark.parametrize("no_colour", [False, True])
def test_headings_are_bold_on_a_terminal(no_colour: bool, cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b[" not in cli("--help").out
    if no_colour:
        monkeypatch.setenv("NO_COLOR", "1")
    from evalcli.cli.help import overview

    assert ("\x1b[1m" in overview(group_of())) is not no_colour
