from __future__ import annotations

import re
from pathlib import Path

import pytest

from evalcli.cli.answers import COMPARISONS, PICTURES, REWRITTEN, WORDS, rewritten, unknown_command
from evalcli.cli.commands import COMMANDS
from support.command_line import Cli, assert_refused


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("yt.csv --by region", "evalcli score yt.csv --by region"),
        ("s3://bucket/p", "evalcli score s3://bucket/p"),
        ("there", "evalcli score there"),
        ("evaluate p.csv -m f1", "evalcli score p.csv -m f1"),
        ("Score p.csv", "evalcli score p.csv"),
        ("scoer p.csv", "evalcli score p.csv"),
        ("doctor p.csv", "evalcli inspect p.csv"),
        ("view r.json", "evalcli show r.json"),
        ("chart p.csv", "evalcli plot all p.csv"),
        ("diff a.json b.json", "evalcli show b.json --baseline a.json"),
        ("metrics-diff", "evalcli compare OLD NEW"),
        ("diff a.csv b.csv", "evalcli compare a.csv b.csv"),
        ("vs a.csv", "evalcli compare a.csv NEW"),
        ("frobnicate", "evalcli --help"),
        ("--labels y.csv p.csv", "evalcli score --labels y.csv p.csv"),
        ("--strict inspect p.csv", "evalcli inspect --strict p.csv"),
        ("--nope", "evalcli --help"),
        ("help scoer", "evalcli score --help"),
    ],
)
def test_what_people_type(typed: str, hint: str, cli: Cli, here: Path) -> None:
    (here / "there").write_text("x")
    assert_refused(cli(*typed.split()), f"\n  try: {hint}\n")


@pytest.mark.parametrize("word", [*WORDS, *COMPARISONS, *PICTURES])
def test_every_word_leads_to_a_command(word: str) -> None:
    assert word not in COMMANDS
    assert unknown_command(word, ["p.csv"], COMMANDS).hint.steps[0].command[1] in COMMANDS


def test_a_command_of_such_a_name_wins() -> None:
    assert unknown_command("Compare", ["a"], [*COMMANDS, "compare"]).hint.steps[0].command[1] == "compare"
    assert rewritten(["help", "score"], [*COMMANDS, "help"]) == ["help", "score"]
    assert rewritten([], COMMANDS) == []


@pytest.mark.parametrize("word", ["version", "--version", "-V", "-v"])
def test_version(word: str, cli: Cli) -> None:
    assert re.fullmatch(r"evalcli \d+\.\d+\.\d+\n", cli(word).out)


def test_words_for_options_are_no_commands() -> None:
    assert not set(REWRITTEN) & {*COMMANDS, *WORDS}
