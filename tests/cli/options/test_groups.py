from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import pytest
import typer
from msgspec import Struct
from typer.testing import CliRunner

from evalcli.cli.group import for_typer, group_of
from evalcli.cli.options.build import options_of
from evalcli.cli.options.compare import CompareRulesOptions
from evalcli.cli.options.gate import GateOptions
from evalcli.cli.options.goal import GoalOptions
from evalcli.cli.options.groups import Without, grouped, in_panel, one_of
from evalcli.cli.options.input import InputOptions
from evalcli.cli.options.log import LogOptions
from evalcli.cli.options.metrics import (
    IntervalOptions,
    ListOptions,
    MetricOptions,
    OwnOptions,
    SliceOptions,
    TaskFilter,
)
from evalcli.cli.options.output import InspectOutput, OutputOptions, ThresholdOutput
from evalcli.cli.options.run import RunOptions
from evalcli.cli.options.state import ClusterOptions, StateOptions
from evalcli.cli.options.task import ConventionOptions, TaskOptions
from evalcli.inputs.options import Options

OF_A_RUN = (
    *(InputOptions, TaskOptions, ConventionOptions, MetricOptions, OwnOptions, IntervalOptions),
    *(SliceOptions, RunOptions),
)
COMMANDS: dict[str, Any] = group_of().commands


def names_of(*groups: Any) -> list[str]:
    return [name for group in groups for name in group.__struct_fields__]


def test_defaults_are_those_of_the_library() -> None:
    given = [group(predictions=["p.csv"]) if group is InputOptions else group() for group in OF_A_RUN]
    assert options_of(*given) == Options(("p.csv",))


def test_what_is_typed_reaches_the_library_by_its_name() -> None:
    """Every option of a run, but those that are spelled the other way round."""
    library = set(Options.__struct_fields__)
    typed = set(names_of(*OF_A_RUN))
    assert typed - library == {"explain_batches", "no_intervals", "config", "plugin"}
    assert library - typed == {
        "batches",
        "intervals",
        "tuned",
        "hashes",
        "curves",
        "opened",
        "first_row",
        "stored",
        "shared_labels",
        "ranking",
        "large",
    }


def test_an_option_is_declared_once() -> None:
    """What several commands have is one field of one group; only where results go differs."""
    outputs = (OutputOptions, InspectOutput, ThresholdOutput, ListOptions)
    counts = Counter(names_of(*OF_A_RUN, GateOptions, GoalOptions))
    assert set(counts.values()) == {1}
    assert not set(counts) & set(names_of(*outputs))
    assert names_of(TaskFilter) == ["task"]


@pytest.mark.parametrize(
    ("command", "groups", "left_out"),
    [
        (
            "score",
            (
                *OF_A_RUN[:-1],
                OutputOptions,
                LogOptions,
                StateOptions,
                ClusterOptions,
                GateOptions,
                RunOptions,
            ),
            (),
        ),
        ("inspect", (InputOptions, TaskOptions, SliceOptions, InspectOutput, RunOptions), ("min_n",)),
        (
            "threshold",
            (InputOptions, TaskOptions, GoalOptions, IntervalOptions, ThresholdOutput, RunOptions),
            ("no_intervals",),
        ),
        (
            "show",
            (OutputOptions, LogOptions, GateOptions, CompareRulesOptions, RunOptions),
            ("per_row", "errors", "curves", "plots", "detect", "jobs", "memory"),
        ),
        ("metrics", (TaskFilter, OwnOptions, ListOptions), ("define", "cost_matrix")),
        ("explain", (OwnOptions, ListOptions), ("cost_matrix",)),
    ],
)
def test_commands_take_groups_whole(command: str, groups: Any, left_out: tuple[str, ...]) -> None:
    arguments = {"show": {"report"}, "explain": {"names"}, "metrics": {"words"}}.get(command, set())
    known = [option.name for option in COMMANDS[command].params if option.name not in arguments]
    assert known == [name for name in names_of(*groups) if name not in left_out]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_says_what_it_does(command: str) -> None:
    for option in COMMANDS[command].params:
        assert option.help.strip().endswith("."), option.name
        assert option.metavar or option.is_flag, option.name


class Fruit(Struct, frozen=True):
    sort: Annotated[str, one_of(in_panel("Task"), "Which one", ("apple", "pear"), metavar="SORT")] = "apple"
    count: Annotated[int, in_panel("Task")(metavar="N", help="How many.")] = 1


def made(function: Any) -> typer.Typer:
    small = typer.Typer()
    small.command()(for_typer(grouped(function)))
    return small


def run(function: Any, *arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(made(function), list(arguments))
    return result.exit_code, result.output


def test_a_group_is_packed_again() -> None:
    def eat(name: str, fruit: Fruit) -> int:
        typer.echo(f"{name} {fruit}")
        return 0

    assert run(eat, "eve", "--sort", "pear") == (0, "eve Fruit(sort='pear', count=1)\n")
    options = {option.name: option for option in typer.main.get_command(made(eat)).params}
    assert options["sort"].help == "Which one: apple or pear."
    assert options["sort"].rich_help_panel == "Task"
    assert options["count"].default == 1


def test_a_command_may_lack_some_fields() -> None:
    def eat(fruit: Annotated[Fruit, Without("count")]) -> int:
        typer.echo(fruit)
        return 0

    assert run(eat, "--sort", "pear") == (0, "Fruit(sort='pear', count=1)\n")
    code, text = run(eat, "--count", "2")
    assert code == 2
    assert "No such option" in text
