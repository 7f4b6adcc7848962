from __future__ import annotations

import pytest

from support.builders import GOOD
from support.command_line import Cli, Save


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--bins", "many"), "--bins 'many' is not a whole number"),
        (("--confidence", "high"), "--confidence 'high' is not a number"),
        (("--bins",), "--bins needs a value"),
        (("--quiet=1",), "--quiet takes no value"),
    ],
)
def test_a_value_of_another_type_is_refused(
    arguments: tuple[str, ...], message: str, cli: Cli, saved: Save
) -> None:
    result = cli("score", saved("p.csv", GOOD), *arguments)
    assert (result.code, message in result.err) == (2, True), result.err


def test_all_wrong_values_are_told_at_once(cli: Cli, saved: Save) -> None:
    error = cli("score", saved("p.csv", GOOD), "--bins", "x", "--seed", "y").err
    assert "--bins 'x'" in error
    assert "--seed 'y'" in error


def test_arguments_that_are_missing_or_too_many(cli: Cli) -> None:
    assert cli("show").err.startswith("error: REPORT is missing")
    assert cli("show", "a.json", "b.json").err.startswith("error: unexpected arguments: b.json")


def test_what_is_typed_wins_over_the_file(cli: Cli, saved: Save) -> None:
    path, file = saved("p.csv", GOOD), saved("evalcli.toml", "bins = 7\nseed = 3\n")
    table = cli("config", "score", path, "--config", file, "--bins", "9").out
    assert "error" not in table
    lines = {line.split()[0]: line.split()[1:3] for line in table.splitlines() if line.split()}
    assert lines["bins"] == ["9", "command"]
    assert lines["seed"][0] == "3"
