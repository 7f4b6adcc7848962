"""Parameters, results, attributes and named types of these packages are without ``Any``."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from support.paths import ROOT

SOURCE = ROOT / "src" / "evalcli"
PACKAGES = ("statistics", "metrics", "intervals", "report", "gate")


def annotations(tree: ast.Module) -> Iterator[ast.expr | None]:
    """Annotations of parameters, results and attributes of classes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            given = node.args
            for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs, given.vararg, given.kwarg):
                yield argument and argument.annotation
            yield node.returns
        if isinstance(node, ast.ClassDef):
            yield from (item.annotation for item in node.body if isinstance(item, ast.AnnAssign))


def aliases(tree: ast.Module) -> Iterator[ast.expr | None]:
    """Types that a module names; arrays of any type have their name in ``blocks/base.py``."""
    yield from (item.value for item in tree.body if isinstance(item, ast.Assign | ast.AnnAssign))


def has_any(annotation: ast.expr | None) -> bool:
    """Whether ``Any`` is in it, also as ``typing.Any`` and within quotes."""
    for node in ast.walk(annotation) if annotation else ():
        if "Any" in (getattr(node, "id", None), getattr(node, "attr", None)):
            return True
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            try:
                quoted = ast.parse(node.value, mode="eval").body
            except SyntaxError:
                continue
            if not isinstance(quoted, ast.Constant) and has_any(quoted):
                return True
    return False


def uses(text: str) -> list[int]:
    """Lines of a module with ``Any`` for a type."""
    tree = ast.parse(text)
    return [part.lineno for part in (*annotations(tree), *aliases(tree)) if part and has_any(part)]


def found(package: str) -> list[str]:
    return [
        f"{path.relative_to(SOURCE)}:{line}"
        for path in sorted((SOURCE / package).rglob("*.py"))
        for line in uses(path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize("package", PACKAGES)
def test_no_type_is_any(package: str) -> None:
    assert found(package) == []


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("def f(a: int, b: Any) -> int: ...", [1]),
        ("def f(*a: Any, **b: typing.Any): ...", [1, 1]),
        ("class A:\n    def f(self, /, *, a: dict[str, Any] | None = None) -> Any: ...", [2, 2]),
        ("class A:\n    a: int\n    b: tuple[Any, ...] = ()", [3]),
        ("class A:\n    b: 'list[Any]'", [2]),
        ("Value = dict[str, Any]", [1]),
        ("Value: TypeAlias = 'int | Any'", [1]),
        ("def f(a: AnyText, b: int) -> str:\n    c: Any = a\n    return any(c)", []),
        ("'''Any text.'''\nNAME = 'Any f1'\nWORDS = ('Any of them', 'a b')", []),
    ],
)
def test_what_is_found(text: str, lines: list[int]) -> None:
    assert uses(text) == lines
