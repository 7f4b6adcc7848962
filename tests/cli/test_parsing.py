from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evalcli.cli.group import group_of
from evalcli.cli.parsing import choices_of, looks_like_file, scan
from support.command_line import Cli, assert_refused

SCORE = group_of().commands["score"]
OPTIONS = [option for option in SCORE.params if option.param_type_name == "option"]


@pytest.mark.parametrize(
    ("arguments", "typed", "others"),
    [
        ("p.csv --format json", [("--format", "json")], ["p.csv"]),
        ("--format=json p.csv", [("--format", "json")], ["p.csv"]),
        ("-fjson -q p.csv", [("-f", "json"), ("-q", True)], ["p.csv"]),
        ("-qf json p.csv", [("-q", True), ("-f", "json")], ["p.csv"]),
        ("-m -f1 p.csv", [("-m", "-f1")], ["p.csv"]),
        ("--no-header -", [("--no-header", False)], ["-"]),
        ("p.csv -- --json", [], ["p.csv", "--json"]),
        ("p.csv --threshold", [("--threshold", None)], ["p.csv"]),
    ],
)
def test_the_scan_sees_what_the_parser_sees(arguments: str, typed: list[Any], others: list[str]) -> None:
    found, words = scan(OPTIONS, arguments.split())
    assert [(one.spelled, one.value) for one in found] == typed
    assert all(one.option is not None for one in found)
    assert words == others


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ("--task binary --task multiclass", ["--task is given 2 different values: binary, multiclass"]),
        ("--seed 1 --seed=2", ["--seed is given 2 different values: 1, 2", "--seed 1; or --seed 2"]),
        ("-f json --format csv", ["--format is given 2 different values: json, csv"]),
        ("--header --no-header", ["--header and --no-header contradict each other", "without --no-header"]),
        ("--jsno --task a --task b", ["no such option: --jsno", "--task is given 2"]),
    ],
)
def test_contradictions_are_refused(arguments: str, words: list[str], cli: Cli) -> None:
    assert_refused(cli("score", "p.csv", *arguments.split()), *words)


@pytest.mark.parametrize("again", ["--seed 1 --seed 1", "-q -q", "-m f1 -m accuracy"])
def test_the_same_twice_and_lists_are_fine(again: str, cli: Cli, wnba: tuple[object, ...]) -> None:
    assert cli("score", *wnba, *again.split()).code == 0


@pytest.mark.parametrize(
    "typed",
    [
        "--format JSON",
        "--task Binary",
        "--zero-division SKIP --average Macro -m f1",
        "--scores Probabilities",
    ],
)
def test_words_in_any_case(typed: str, cli: Cli, wnba: tuple[object, ...]) -> None:
    result = cli("score", *wnba, *typed.split())
    assert result.code == 0, result.err


def test_on_in_any_case(cli: Cli, wnba: tuple[object, ...]) -> None:
    assert cli("score", *wnba, "--on", "Lower", "--fail-under", "f1=0.1").code == 0


@pytest.mark.parametrize("option", [option for option in OPTIONS if choices_of(option)], ids=lambda o: o.name)
def test_a_misspelled_word_is_answered(option: Any, cli: Cli, wnba: tuple[object, ...]) -> None:
    word = max(choices_of(option), key=len)
    wrong = f"{word[:-2]}{word[-1]}{word[-2]}"
    result = cli("score", *wnba, option.opts[0], wrong, "--baseline", "none.json", "--fail-under", "f1=0.1")
    assert result.code == 2
    assert word in result.err


@pytest.mark.parametrize("level", ["95", "0.95", "95%"])
def test_a_level_is_no_service(level: str, cli: Cli, wnba: tuple[object, ...]) -> None:
    assert_refused(cli("score", *wnba, "--ci", level), f"--ci: invalid value '{level}'", "--confidence 0.95")


def test_files_are_told_from_columns(here: Path) -> None:
    (here / "labels").write_text("x")
    assert all(map(looks_like_file, ["labels", "y.csv", "s3://b/y"]))
    assert not any(map(looks_like_file, ["label", "y", "\0", "a" * 5000]))


def test_help_wins_over_mistakes(cli: Cli) -> None:
    assert cli("score", "--nope", "--help").code == 0
