from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import asdict, replace

from evalcli.blocks import ScoreKind
from evalcli.errors import UsageError
from evalcli.inputs.choices import AVERAGES, POLICIES, SCALES, TASKS, ZERO_DIVISIONS
from evalcli.inputs.options import Options, check_options
from evalcli.metrics import METRICS
from evalcli.tasks import TASKS as KINDS

DEFAULTS = Options("p.csv")
CHOICES: dict[str, tuple[str, ...]] = {
    "average": AVERAGES,
    "zero_division": ZERO_DIVISIONS,
    "missing": POLICIES,
    "on_missing": POLICIES,
    "on_extra": POLICIES,
}


@pytest.mark.parametrize("choices", [TASKS, SCALES, POLICIES, AVERAGES, ZERO_DIVISIONS])
def test_no_choice_is_given_twice(choices: tuple[str, ...]) -> None:
    assert len(set(choices)) == len(choices) > 1


def test_the_defaults_are_among_the_choices() -> None:
    values: dict[str, Any] = asdict(DEFAULTS)
    for name, choices in {**CHOICES, "task": TASKS, "scores": SCALES}.items():
        assert values[name] in (None, *choices), name


@pytest.mark.parametrize("name", CHOICES)
def test_all_choices_are_allowed_and_nothing_else(name: str) -> None:
    for value in CHOICES[name]:
        check_options(replace(DEFAULTS, **{name: value}))
    with pytest.raises(UsageError, match="'other'"):
        check_options(replace(DEFAULTS, **{name: "other"}))


def test_every_task_can_be_told() -> None:
    assert set(TASKS) == {"auto", *KINDS}


def test_every_kind_of_score_can_be_told() -> None:
    assert {str(kind) for kind in ScoreKind} <= set(SCALES)


def test_every_average_is_one_of_some_metric() -> None:
    found = {average for metric in METRICS for averages in metric.averages.values() for average in averages}
    assert set(AVERAGES) <= found
