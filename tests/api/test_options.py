from __future__ import annotations

from typing import Any

import pytest

from evalcli.api.options import ArrayOptions, FileOptions, options_from, require_known
from evalcli.cli.options.groups import split
from evalcli.cli.options.input import InputOptions
from evalcli.cli.options.metrics import IntervalOptions, MetricOptions, OwnOptions, SliceOptions
from evalcli.cli.options.run import RunOptions
from evalcli.cli.options.task import ConventionOptions, TaskOptions
from evalcli.errors import UsageError
from evalcli.inputs.options import Options

GROUPS = (
    InputOptions,
    TaskOptions,
    ConventionOptions,
    MetricOptions,
    OwnOptions,
    IntervalOptions,
    SliceOptions,
    RunOptions,
)
OF_THE_FUNCTION = {"predictions", "labels", "metrics", "by"}
"""Options that are parameters of their own."""
OTHERS = {"curves", "first_row", "ranking"}
"""Of the report and its states, on the command line options of outputs."""


def made(**given: Any) -> Options:
    require_known(given, "score", FileOptions, ("labels", "metrics", "by"))
    return options_from({"predictions": "p.csv", **given}, "score")


def test_they_are_those_of_the_command_line() -> None:
    # a module with metrics is imported in Python
    typed = {name for group in GROUPS for name in group.__struct_fields__} - {"config", "plugin"}
    assert {*FileOptions.__annotations__} | OF_THE_FUNCTION == typed | OTHERS
    assert {*ArrayOptions.__annotations__} <= typed | {"curves"}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"metrics": "f1, recall:a"}, {"metrics": ("f1", "recall:a")}),
        ({"metrics": ["f1", "ece"]}, {"metrics": ("f1", "ece")}),
        ({"classes": [0, 1]}, {"classes": ("0", "1")}),
        ({"positive": 1}, {"positive": "1"}),
        ({"threshold": 0.3}, {"threshold": "0.3"}),
        ({"threshold": {"a": 0.3, "b": 0.5}}, {"threshold": "a=0.3,b=0.5"}),
        ({"zero_division": 1}, {"zero_division": "1"}),
        ({"zero_division": float("nan")}, {"zero_division": "skip"}),
        ({"ignore_label": -100}, {"ignore_label": ("-100",)}),
        ({"by": "a,b"}, {"by": ("a,b",)}),
        ({"by": ["a", "b,c"]}, {"by": ("a", "b,c")}),
        ({"memory": "512M"}, {"memory": 512 << 20}),
        ({"max_bytes": 7}, {"max_bytes": 7}),
        ({"no_intervals": True}, {"intervals": False}),
        ({"explain_batches": 32}, {"batches": 32}),
        ({"null_values": "NA,-"}, {"null_values": tuple(split(["NA,-"]))}),
        ({"average": None, "jobs": None}, {}),
    ],
)
def test_values_of_python(given: dict[str, Any], expected: dict[str, Any]) -> None:
    plain = made()
    found = made(**given)
    for name in Options.__struct_fields__:
        assert getattr(found, name) == expected.get(name, getattr(plain, name)), name


def test_what_does_not_exist_is_a_type_error() -> None:
    with pytest.raises(
        TypeError, match=r"score\(\) got an unexpected keyword argument 'label'; did you mean labels"
    ):
        made(label="y.csv")


@pytest.mark.parametrize("given", [{"bins": "x"}, {"confidence": "high"}, {"by_order": 3}, {"label_col": 5}])
def test_a_value_of_another_type_is_named(given: dict[str, Any]) -> None:
    with pytest.raises(UsageError, match=next(iter(given))):
        made(**given)


def test_values_are_checked_as_on_the_command_line() -> None:
    with pytest.raises(UsageError, match="confidence"):
        made(confidence=95)
