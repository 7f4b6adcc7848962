"""Every note, of every task: raised, looked for, or with the reason why not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from evalcli.engine.notes import collect
from evalcli.engine.notes.slices import CHECKS as OF_SLICES
from evalcli.engine.notes.view import CHECKS, FILE_CHECKS
from evalcli.engine.score import score
from evalcli.inputs.options import Options
from evalcli.report.notes import NOTES
from support.command_line import Cli
from support.inspecting import saved_table
from support.layouts import LAYOUTS, PLACES, written

CASES = [(layout, place) for layout in LAYOUTS for place in PLACES]


def test_every_code_has_one_maker_and_every_maker_a_code() -> None:
    checks = [*CHECKS.by_code, *FILE_CHECKS.by_code, *OF_SLICES.by_code]
    assert len(checks) == len(set(checks))
    loaders = [code for code, facts in NOTES.items() if facts.made_by in ("loader", "merge")]
    assert set(checks) | set(loaders) == set(NOTES)
    assert not set(checks) & set(loaders)
    assert collect.look.__module__ == "evalcli.engine.notes.collect"


def complete(report: dict[str, Any]) -> None:
    """Each code is raised or has a reason or neither, never both; each note has its next step."""
    raised, reasons = {note["code"] for note in report["notes"]}, report["not_looked_for"]
    assert not raised & set(reasons)
    assert all(reasons.values())
    for code, facts in NOTES.items():
        applies = report["task"] in facts.needs
        assert applies or (code in reasons and "does not apply" in reasons[code]), code
        if not applies or (report["input"]["rows"]["scored"] < facts.least):
            assert code not in raised
    for note in report["notes"]:
        assert (note["try"] is None) == (NOTES[note["code"]].no_hint is not None), note
        assert note["level"] == ("note" if NOTES[note["code"]].about == "reading" else "warning")


@pytest.mark.parametrize(("layout", "place"), CASES, ids=[" ".join(case) for case in CASES])
def test_every_code_is_raised_or_looked_for_or_has_a_reason(
    layout: str, place: str, cli: Cli, tmp_path: Path
) -> None:
    files = written(layout, place, tmp_path)
    report = cli("score", *files, "-f", "json").json
    complete(report)
    every = cli("score", *files, "-f", "json", "-m", "all").json
    complete(every)
    # with all metrics there are no fewer checks, and those that have no reason then are looked for
    assert set(every["not_looked_for"]) <= set(report["not_looked_for"]) | {
        n["code"] for n in report["notes"]
    }


def test_a_gate_says_the_reason_of_each_code(cli: Cli, tmp_path: Path) -> None:
    """For each code that is declared for the task: fail if raised, undecided with the reason, else pass."""
    files = written("binary scores", "beside", tmp_path)
    stored = tmp_path / "r.json"
    report = cli("score", *files, "-f", "json", "-o", stored).json
    for code, facts in NOTES.items():
        if "binary" not in facts.needs:
            continue
        (rule,) = cli("show", stored, "-f", "json", "--fail-on", code).json["gate"]["rules"]
        reason = report["not_looked_for"].get(code)
        raised = code in {note["code"] for note in report["notes"]}
        assert rule["verdict"] == ("fail" if raised else "pass" if reason is None else "undecided"), code
        assert raised or rule.get("reason") == reason


def test_what_a_loader_remarks_goes_the_same_way(cli: Cli, tmp_path: Path) -> None:
    report = cli(
        "score", saved_table(tmp_path, "0.9,0.1,0\n0.2,0.8,1\n0.7,0.3,0\n"), "--label-col", "f2", "-f", "json"
    ).json
    complete(report)
    (note,) = [note for note in report["notes"] if note["code"] == "no-header"]
    assert note["try"] == "--header if it contains the column names"


TYPED: dict[str, tuple[str, dict[str, Any]]] = {
    "weight-found": ("label,score,sample_weight\n" + "1,0.9,2\n0,0.2,1\n" * 40, {}),
    "weight-not-used": ("label,score,weight\n" + "1,0.9,2\n0,0.2,1\n" * 40, {}),
    "few-effective-rows": ("label,score,sample_weight\n" + "1,0.9,900\n0,0.2,900\n" + "1,0.9,1\n" * 40, {}),
    "positive-assumed": ("label,score\n" + "cat,0.2\ndog,0.9\n" * 40, {}),
    "auc-below-chance": ("label,score\n" + "cat,0.9\ndog,0.2\n" * 40, {"positive": "dog"}),
    "prediction-differs-from-scores": ("label,pred,prob\n" + "1,1,0.4\n0,0,0.2\n" * 40, {}),
    "few-groups": ("label,pred,user\n" + "1,1,a\n0,0,b\n" * 40, {"group": "user"}),
    "small-slices": ("label,pred,user\n" + "1,1,a\n0,0,b\n" * 20 + "1,1,c\n", {"by": ("user",)}),
    "row-sums": (
        "label,prob_a,prob_b,prob_c\n" + "a,0.7,0.2,0.2\nb,0.1,0.6,0.2\nc,0.1,0.1,0.5\n" * 20,
        {"scores": "probabilities"},
    ),
    "exclusive-labels": (
        "is_a,is_b,p_a,p_b\n" + "1,0,0.7,0.3\n0,1,0.4,0.6\n" * 20,
        {"label_cols": ("is_a", "is_b"), "score_cols": ("p_a", "p_b")},
    ),
}
"""Files that get a note whose next step can be typed as it is, and the options that they are read with."""


@pytest.mark.parametrize("code", TYPED)
def test_the_next_step_works_when_typed(code: str, tmp_path: Path) -> None:
    text, given = TYPED[code]
    options = Options(str(saved_table(tmp_path, text)), **given)
    (note,) = [note for note in score(options).notes if note.code == code]
    assert note.hint is not None
    steps = [step for step in note.hint.steps if step.is_complete]
    assert steps
    for step in steps:
        typed = {**given, **step.options}
        typed = {name: value for name, value in typed.items() if name not in step.without}
        report = score(Options(options.predictions, **typed))
        assert code not in {note.code for note in report.notes}, step


@pytest.mark.parametrize("layout", LAYOUTS)
def test_any_metric_alone_leaves_a_reason_for_what_it_does_not_compute(layout: str, tmp_path: Path) -> None:
    (path,) = written(layout, "inside", tmp_path)
    options = Options(path, intervals=False)
    names = list(score(replace(options, metrics=("all",))).metrics)
    assert len(names) > 5
    for name in names:
        report = score(replace(options, metrics=(name,)))
        assert report.not_looked_for is not None
        assert not {note.code for note in report.notes} & set(report.not_looked_for), name
