from __future__ import annotations

import json

import pytest

from evalcli.report.note_pages import explanation, facts
from evalcli.report.notes import NOTES
from support.command_line import Cli


@pytest.mark.parametrize("code", NOTES)
def test_every_note_is_explained(code: str, cli: Cli) -> None:
    note = NOTES[code]
    result = cli("explain", code)
    text = " ".join(result.out.split())
    assert (result.code, result.out.splitlines()[0]) == (0, code)
    assert note.meaning[1:] in text
    assert all(task in text for task in note.needs)
    assert all(name in text for names in note.needs.values() for name in names)
    assert ("minimum rows" in text) == bool(note.least)
    assert f"--fail-on {code}" in text
    found = cli("explain", code, "-f", "json").json
    assert found == json.loads(json.dumps(facts(code)))
    assert (found["code"], found["meaning"], found["least_rows"]) == (code, note.meaning, note.least)


def test_needs_that_all_tasks_share_are_named_once() -> None:
    assert dict(explanation("rounded-scores"))["computed from"] == "log_loss"
    assert dict(explanation("auc-below-chance"))["computed from"].startswith("binary: roc_auc; multiclass: ")
    assert dict(explanation("auc-below-chance"))["weighted rows"] == "not checked"
