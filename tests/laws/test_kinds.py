"""Kinds of task are asked, not told apart: no code compares their names, or the classes of their rows."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator

import pytest

from evalcli.tasks import TASKS
from support.paths import ROOT

SOURCE = ROOT / "src" / "evalcli"
ROWS = ("Target", "Block")
"""Endings of the classes of rows."""
Breaks = Callable[[ast.AST], bool]
TRUTHS = ("Labels", "LabelSets", "Reals")


def words(node: ast.expr) -> Iterator[str]:
    """Names and texts in an expression, also in tuples and unions."""
    for part in ast.walk(node):
        if isinstance(part, ast.Name):
            yield part.id
        elif isinstance(part, ast.Attribute):
            yield part.attr
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            yield part.value


def texts(node: ast.expr) -> Iterator[str]:
    """A text, or those of a tuple, list or set."""
    if isinstance(node, ast.Tuple | ast.List | ast.Set):
        for part in node.elts:
            yield from texts(part)
    elif isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value


def is_of_a_kind(name: str) -> bool:
    return name.endswith(ROWS) or name in TRUTHS


def tells_rows_apart(node: ast.AST) -> bool:
    """Whether it asks for the class of a target, a block or a truth."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        asks = node.func.id in ("isinstance", "issubclass") and len(node.args) == 2
        return asks and any(map(is_of_a_kind, words(node.args[1])))
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        typed = any(
            isinstance(part, ast.Call) and isinstance(part.func, ast.Name) and part.func.id == "type"
            for part in sides
        )
        return typed and any(is_of_a_kind(word) for side in sides for word in words(side))
    return isinstance(node, ast.MatchClass) and any(map(is_of_a_kind, words(node.cls)))


def names_a_task(node: ast.AST) -> bool:
    """Whether it compares with the name of a task, or looks it up in a table."""
    if isinstance(node, ast.Compare):
        return any(text in TASKS for side in (node.left, *node.comparators) for text in texts(side))
    if isinstance(node, ast.Dict):
        return any(text in TASKS for key in node.keys if key is not None for text in texts(key))
    return isinstance(node, ast.MatchValue) and any(text in TASKS for text in texts(node.value))


def found(breaks: Breaks, text: str, path: str = "") -> list[str]:
    """Lines that break a law."""
    nodes = [node for node in ast.walk(ast.parse(text)) if breaks(node)]
    return [f"{path}:{getattr(node, 'lineno', 0)}" for node in nodes]


def everywhere(breaks: Breaks) -> dict[str, list[str]]:
    """Lines that break a law, by module."""
    lines = {
        path.relative_to(SOURCE).as_posix(): found(
            breaks, path.read_text(encoding="utf-8"), str(path.relative_to(SOURCE))
        )
        for path in sorted(SOURCE.rglob("*.py"))
    }
    return {path: broken for path, broken in lines.items() if broken}


def test_rows_answer_whatever_their_kind() -> None:
    assert not everywhere(tells_rows_apart), "ask the task, the target, the block or the truth"


def test_tasks_answer_whatever_their_name() -> None:
    assert not everywhere(names_a_task), "ask the task"


@pytest.mark.parametrize(
    "text",
    [
        "isinstance(x, ClassTarget)",
        "isinstance(x, int | blocks.RealBlock)",
        "isinstance(x, (Labels, Reals))",
        "type(x) is LabelSetTarget",
        "match x:\n case RealTarget(): pass",
    ],
)
def test_what_tells_rows_apart_is_seen(text: str) -> None:
    assert found(tells_rows_apart, text)
    assert not found(tells_rows_apart, "isinstance(x, Shards), x.task.exclusive, type(x) is int")


@pytest.mark.parametrize(
    "text",
    [
        "task == 'binary'",
        "'regression' != task",
        "task in ('auto', 'multilabel')",
        "{'multiclass': 1}[task]",
        "match task:\n case 'binary': pass",
    ],
)
def test_what_names_a_task_is_seen(text: str) -> None:
    assert found(names_a_task, text)
    assert not found(names_a_task, "use(task='binary'), task == BINARY, 'threshold' in task.options")
