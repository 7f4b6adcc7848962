from __future__ import annotations

import pytest

from evalcli.api.errors import as_arguments, finding_in_python, in_python
from evalcli.errors import InputError, SeveralErrors, UsageError
from evalcli.findings import Blank, Finding, Hint, instead, maybe, omit, run, use


@pytest.mark.parametrize(
    ("hint", "expected"),
    [
        (use(missing="drop") | "fix these rows", "missing='drop'; or fix these rows"),
        (use("if attack is meant", positive="attack"), "positive='attack' if attack is meant"),
        (use(header=False), "header=False"),
        (use(label_cols=("a", "b")), "label_cols=['a', 'b']"),
        (use("with another column", label_col=Blank("NAME")), "label_col=NAME with another column"),
        (maybe(task="binary"), "did you mean task='binary'?"),
        (instead("f2", "f1"), "did you mean 'f1'?"),
        (omit("by_order"), "without by_order"),
        (run("evalcli", "metrics"), "evalcli metrics"),
        (use("see --help-all too"), "see help_all too"),
    ],
)
def test_hints_are_arguments(hint: Hint, expected: str) -> None:
    with pytest.raises(InputError) as caught, as_arguments():
        raise InputError("wrong", hint=hint)
    assert str(caught.value.hint) == expected


def test_every_part_of_several_errors() -> None:
    with pytest.raises(SeveralErrors) as caught, as_arguments():
        raise SeveralErrors([UsageError("--bins 0"), InputError("--task x", found="--label-col")])
    assert str(caught.value) == "bins 0\ntask x\n  seen: label_col"


def test_other_words_stay() -> None:
    assert in_python("a--b, -- and x --no-header") == "a--b, -- and x no_header"


def test_findings() -> None:
    note = finding_in_python(Finding("note", "code", "--bins was given", hint=use(bins=20)))
    assert (note.message, str(note.hint)) == ("bins was given", "bins=20")
