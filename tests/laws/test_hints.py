"""Every message leads on, and by data: what is typed is in options, not in words."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

import pytest

from evalcli.findings import Step, instead, maybe, omit, run, use
from support.hints import typed
from support.paths import ROOT

SOURCE = ROOT / "src" / "evalcli"
ERRORS = ("UsageError", "InputError", "AmbiguousInput", "OutputError", "EvalcliError")
WORDS = ("use", "omit", "run", "as_hint", "Step")


def calls() -> Iterator[tuple[str, ast.Call]]:
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                yield f"{path.relative_to(SOURCE)}:{node.lineno}", node


def hints() -> Iterator[tuple[str, ast.expr]]:
    """What is given as a hint anywhere."""
    for place, call in calls():
        for keyword in call.keywords:
            if keyword.arg == "hint":
                yield place, keyword.value


def plain_words(node: ast.expr) -> Iterator[str]:
    """Texts in a hint that are no options of it."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr | ast.BinOp | ast.IfExp | ast.BoolOp | ast.FormattedValue):
        for child in ast.iter_child_nodes(node):
            if isinstance(child, ast.expr):
                yield from plain_words(child)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in WORDS:
        texts = node.args[:1] if node.func.id in ("use", "as_hint", "Step") else []
        for child in (*texts, *(k.value for k in node.keywords if k.arg == "words")):
            yield from plain_words(child)


def test_every_error_has_a_next_step() -> None:
    found = [(place, call) for place, call in calls() if getattr(call.func, "id", "") in ERRORS]
    assert len(found) > 200
    without = [place for place, call in found if not any(k.arg in ("hint", None) for k in call.keywords)]
    assert not without


def test_options_of_hints_are_data() -> None:
    found = list(hints())
    assert len(found) > 200
    typed_in_words = [
        (place, text)
        for place, hint in found
        for text in plain_words(hint)
        if re.search(r"(^|\s)--[a-z]", text)
    ]
    assert not typed_in_words


@pytest.mark.parametrize(
    ("step", "words"),
    [
        (use(missing="drop").steps[0], "score p.csv --labels y.csv --missing drop"),
        (use(labels="z.csv").steps[0], "score p.csv --labels z.csv"),
        (use(header=False).steps[0], "score p.csv --labels y.csv --no-header"),
        (omit("labels").steps[0], "score p.csv"),
        (instead("p.csv", "q.csv").steps[0], "score q.csv --labels y.csv"),
        (instead("p.csv", "").steps[0], "score --labels y.csv"),
        (maybe(label_col="y").steps[0], "score p.csv --labels y.csv --label-col y"),
        (run("evalcli", "inspect", "p.csv").steps[0], "inspect p.csv"),
    ],
)
def test_steps_are_typed_as_a_user_would(step: Step, words: str) -> None:
    assert typed(["score", "p.csv", "--labels", "y.csv"], step) == words.split()


def test_what_is_unknown_is_left_out() -> None:
    arguments = ["score", "p.csv", "--fail-below", "f1=0.8"]
    step = use(fail_under="f1=0.8").steps[0]
    again = typed(arguments, step, "error: no such option: --fail-below")
    assert again == ["score", "p.csv", "--fail-under", "f1=0.8"]
