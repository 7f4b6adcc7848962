"""Each word of the table names options that are there, and what is shown can be typed."""

from __future__ import annotations

import re
import shlex
from typing import Any

import pytest

from evalcli.cli.commands import COMMANDS
from evalcli.cli.group import group_of
from evalcli.cli.parsing import Answer, Typed
from evalcli.cli.synonyms import fold, of_metric, table
from evalcli.findings import Blank, Hint, Step, flag, plain
from evalcli.metrics import METRICS
from support.command_line import Cli

GROUP = group_of()
OPTIONS = {
    name: [option for option in command.params if option.param_type_name == "option"]
    for name, command in GROUP.commands.items()
}
VALUES = {"labels": "y.csv", "jobs": "3", "seed": "3", "confidence": "0.9", "bins": "3", "digits": "3"}
FREE = [name for name, facts in COMMANDS.items() if not facts.forwards]


def answer(command: str, word: str, value: str | None) -> Hint:
    typed = Typed(f"--{word}", None, value)
    return Answer(command, OPTIONS[command], typed, ["p.csv"]).hint([f"--{word}"], lambda: GROUP.commands)


def parse(command: str, step: Step) -> None:
    """Fails unless the step can be typed; blanks are filled with something of their kind."""
    arguments: list[str] = []
    for name, value in step.options.items():
        typed = flag(name, value) if isinstance(value, bool) else flag(name)
        filled = VALUES.get(name, "f1=0.5") if isinstance(value, Blank) else plain(value)
        arguments += [typed] if isinstance(value, bool) else [typed, filled]
    needed = ["x"] if any(p.param_type_name == "argument" for p in GROUP.commands[command].params) else []
    GROUP.commands[command].make_context(command, [*needed, *arguments]).close()


@pytest.mark.parametrize("value", [None, "0.5", "y.csv", "3"])
@pytest.mark.parametrize("command", FREE)
def test_every_word_is_answered_with_what_parses(command: str, value: str | None) -> None:
    names = {option.name for option in OPTIONS[command]}
    taken = {fold(name) for option in OPTIONS[command] for name in option.opts}
    for word in table():
        if word in taken:
            continue
        for step in answer(command, word, value).steps:
            assert set(step.options) <= names, (word, step)
            if step.command:
                assert step.command[0] == "evalcli"
                assert step.command[1] in GROUP.commands
            elif ("jobs" not in step.options and not set(step.options) & set(VALUES)) or value in (None, "3"):
                parse(command, step)


@pytest.mark.parametrize(
    ("typed", "hint"),
    [
        ("--json", "--format json"),
        ("-json", "--format json"),
        ("--csv", "--format csv"),
        ("--md", "--format markdown"),
        ("--junit", "--format junit"),
        ("--verbose", "evalcli inspect p.csv to see how the files are read"),
        ("-v", "evalcli inspect p.csv to see how the files are read"),
        ("--fail-below f1=0.8", "--fail-under f1=0.8"),
        ("--min 0.8", "--fail-under NAME=0.8"),
        ("--min-f1 0.8", "--fail-under f1=0.8"),
        ("--f1_min=0.8", "--fail-under f1=0.8"),
        ("--max-log-loss 0.5", "--fail-over log_loss=0.5"),
        ("--tolerance f1=1%", "--max-drop f1=1%"),
        ("--top-k 5", "--metrics default,top_k_accuracy@5"),
        ("--y-true y", "--label-col y"),
        ("--y_true y", "--label-col y"),
        ("--target labels.csv", "--labels labels.csv"),
        ("--label", "--label-col NAME for a column; or --labels FILE for a file"),
        ("--preds yhat", "--pred-col yhat"),
        ("--y-pred q.csv", "evalcli score q.csv"),
        ("--proba p1", "--score-cols p1"),
        ("--pos_label attack", "--positive attack"),
        ("--sample-weight w", "--weight-col w"),
        ("--out r.json", "--output r.json"),
        ("--sep ;", "--delimiter ';'"),
        ("--confidence-level 0.9", "--confidence 0.9"),
        ("--alpha 0.05", "--confidence 0.95"),
        ("--group-by region", "--by region"),
        ("--compare old.json", "--baseline old.json"),
        ("--n-jobs 2", "--jobs 2"),
        ("--metric f1", "--metrics f1"),
        ("--strict", "--fail-on any"),
        ("--dry-run", "evalcli inspect p.csv"),
        ("--index-col id", "--id-col id"),
        ("--fail_under f1=0.8", "did you mean --fail-under f1=0.8?"),
        ("-threshold 0.5", "did you mean --threshold 0.5?"),
        ("--metrcis f1", "did you mean --metrics f1?"),
        ("--quite", "did you mean --quiet?"),
        ("--accuracy", "--metrics accuracy"),
        ("--maximize f1", "evalcli threshold p.csv --maximize f1 to use it"),
        ("--nope", "evalcli score --help"),
    ],
)
def test_what_people_type(typed: str, hint: str, cli: Cli) -> None:
    result = cli("score", "p.csv", *shlex.split(typed))
    spelled = typed.split(maxsplit=1)[0].partition("=")[0]
    assert (result.code, result.err) == (2, f"error: no such option: {spelled}\n  try: {hint}\n")


def test_words_are_said_once() -> None:
    from evalcli.cli.synonyms import MEANINGS

    words = [fold(word) for words in MEANINGS for word in words.split()]
    assert len(words) == len(set(words))


@pytest.mark.parametrize("word", ["--min-nope", "--nope-max", "--f1-of"])
def test_what_is_no_metric(word: str) -> None:
    assert of_metric(word, [metric.name for metric in METRICS]) is None


def test_options_of_score_are_no_synonyms_of_others() -> None:
    """A word that is an option already is taken as it is."""
    own: set[Any] = {fold(name) for option in OPTIONS["score"] for name in option.opts if name[:2] == "--"}
    assert own & set(table()) <= {"name"}
    assert not any(re.search("[-_A-Z]", word) for word in table())
