from __future__ import annotations

import json
from importlib import import_module

import pytest

from evalcli.findings import Finding
from evalcli.renderers.formats import FORMATS, Result, names_of, render, suffixes_of
from evalcli.renderers.tables import View
from evalcli.report.comparison import Against, Change, Comparison, Judged, Model
from evalcli.report.history import Epoch, History
from evalcli.report.inspection import Diagnosis
from evalcli.report.notes import note
from evalcli.report.power import PowerReport, RulePower
from evalcli.report.score import Score
from evalcli.report.state_facts import PartFacts, StateFacts
from evalcli.report.thresholds import Goal, LabelPoints, Point, ThresholdReport
from support.builders import made_report

REPORT = made_report(
    {"f1_macro": 0.75, "log_loss": None},
    {"recall": {"cat": 0.5, "dog": 1.0}},
    notes=(note("never-predicted", "1 of 2 classes"),),
)
POINT = Point(0.5, 3, 1, 2, 4, {"recall": Score(0.6, "higher", 10)}, chosen=True)
RESULTS: dict[str, Result] = {
    "report": REPORT,
    "inspection": Diagnosis("1", ("inspect",), (), (), {"task": "binary"}, (Finding("note", "x", "a note"),)),
    "thresholds": ThresholdReport(
        "1", ("threshold",), "multilabel", REPORT.input, Goal("f1"), (LabelPoints("cat", (POINT,)),)
    ),
    "power": PowerReport(
        "1", "p.csv", "binary", 10, 0.01, (RulePower("f1>=0.8", "f1", 0.9, 0.8, "pass", 10),)
    ),
    "state": StateFacts(
        *("part.state", 950, 1, "1", "binary", ("no", "yes"), ("default",), "exact", 10, 9),
        *({"missing_label": 1}, (PartFacts("p.csv", 10, "abc", 0),), "id", {"bins": "15"}),
    ),
    "history": History("1", (), "run/{epoch}", (Epoch(1, "val", {}, (), {}, "1"),), ("f1",)),
    "comparison": Comparison(
        "1",
        ("compare",),
        "binary",
        ("no", "yes"),
        tuple(Model(name, {"f1": 0.5}, {}, REPORT.input) for name in ("old", "new")),
        (Against("new", (Change("f1", "higher", 0.5, 0.5, 0.0),), None),),
        10,
        None,
        0.95,
        0,
        rules=(
            Judged("f1 > reference", "new", "f1", 0.0, None, 0.0, None, "undecided", "it has no interval"),
        ),
    ),
}
PAIRS = [(name, kind) for name, form in FORMATS.items() for kind in form.makers]


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_every_maker_makes_bytes(name: str, kind: str) -> None:
    result = RESULTS[kind]
    assert result.kind == kind
    made = render(result, name)
    assert made
    assert made.decode()


@pytest.mark.parametrize(("name", "kind"), PAIRS)
def test_makers_are_functions_that_exist(name: str, kind: str) -> None:
    module, colon, function = FORMATS[name].makers[kind].partition(":")
    assert colon
    assert callable(vars(import_module(f"evalcli.renderers.{module}"))[function])


def test_suffixes_are_unique() -> None:
    suffixes = [form.suffix for form in FORMATS.values() if form.suffix and "report" in form.makers]
    assert len(suffixes) == len(set(suffixes))
    assert all(suffix.startswith(".") for suffix in suffixes)


@pytest.mark.parametrize("kind", RESULTS)
def test_names_and_suffixes_are_of_the_formats_that_show_it(kind: str) -> None:
    names, suffixes = names_of(kind), suffixes_of(kind)
    assert {"table", "json"} <= set(names) <= set(FORMATS)
    assert set(suffixes.values()) <= set(names)
    assert all(FORMATS[name].suffix == suffix for suffix, name in suffixes.items())
    assert [name for name in names if FORMATS[name].suffix] == list(suffixes.values())


def test_no_format_shows_what_is_unknown() -> None:
    assert names_of("poem") == ()
    assert suffixes_of("poem") == {}


@pytest.mark.parametrize("kind", RESULTS)
def test_json_is_the_plain_data(kind: str) -> None:
    assert json.loads(render(RESULTS[kind], "json")) == json.loads(json.dumps(RESULTS[kind].to_json()))


def test_without_a_view_there_is_no_colour() -> None:
    assert b"\x1b[" not in render(REPORT, "table")
    assert b"\x1b[" in render(REPORT, "table", View(80, True))
