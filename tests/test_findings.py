from __future__ import annotations

import pytest

from evalcli.findings import Blank, Finding, Hint, Place, Step, instead, maybe, omit, run, use

HINTS = [
    (use(missing="drop"), "--missing drop"),
    (use(by_order=True) | use(header=False), "--by-order; or --no-header"),
    (use("if they are labels", classes=("a b", "c")), "--classes 'a b,c' if they are labels"),
    (use(label_col=Blank("COLUMN")), "--label-col COLUMN"),
    (maybe(label_col="y"), "did you mean --label-col y?"),
    (instead("a.cvs", "a.csv"), "did you mean a.csv?"),
    (omit("no_intervals"), "without --no-intervals"),
    (run("evalcli", "score", "my preds.csv"), "evalcli score 'my preds.csv'"),
    ("fix these rows" | use(scores="logits"), "fix these rows; or --scores logits"),
    (use(id_col="a\x1b[2J"), "--id-col 'a\\x1b[2J'"),
]


@pytest.mark.parametrize(("hint", "text"), HINTS)
def test_a_hint_is_shown_as_it_is_typed_and_kept_as_data(hint: Hint, text: str) -> None:
    assert str(hint) == text
    assert tuple(Step.from_json(step.to_json()) for step in hint.steps) == hint.steps


def test_a_step_is_complete_where_it_can_be_typed() -> None:
    assert [step.is_complete for step in (use(missing="drop") | "fix the file").steps] == [True, False]
    assert not use(label_col=Blank("COLUMN")).steps[0].is_complete


@pytest.mark.parametrize("where", [Place("a.csv", "y", 3), Place("a.csv"), "the labels", None])
def test_a_finding_is_kept_as_data(where: Place | str | None) -> None:
    finding = Finding("warning", "row-sums", "rows do not sum to 1", 3, (1, 2), where, "0.9", HINTS[0][0])
    assert Finding.from_json(finding.to_json()) == finding


def test_notes_of_earlier_reports_are_read() -> None:
    finding = Finding.from_json({"code": "row-sums", "message": "of rows", "try": "--scores raw"})
    assert (finding.level, str(finding.hint)) == ("warning", "--scores raw")
