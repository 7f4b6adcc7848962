"""Formats, tasks, averages and kinds of scores are listed once: everything else reads these tables."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from evalcli.inputs.choices import AVERAGES, SCALES
from evalcli.loaders.formats import FORMATS as INPUT_FORMATS
from evalcli.loaders.formats import SUFFIXES
from evalcli.renderers.formats import FORMATS
from evalcli.tasks import TASKS
from support.paths import ROOT

SOURCE = ROOT / "src" / "evalcli"
HOMES = ("tasks.py", "inputs/choices.py", "loaders/formats.py", "renderers/formats.py")
TABLES = {
    "tasks": set(TASKS),
    "averages": set(AVERAGES),
    "score kinds": set(SCALES) - {"auto"},
    "input formats": set(INPUT_FORMATS),
    "suffixes": set(SUFFIXES),
    "formats": set(FORMATS),
}
MANY = 3
"""Members of a table that make a list of it."""
WORD = re.compile(r"\.?[a-z][a-z-]*")


def listed(node: ast.AST) -> set[str]:
    """The words of a text, or of a list, tuple or set of texts."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return set(WORD.findall(node.value))
    if isinstance(node, ast.List | ast.Tuple | ast.Set):
        return {str(e.value) for e in node.elts if isinstance(e, ast.Constant)}
    return set()


def found(text: str) -> Iterator[tuple[int, str]]:
    tree = ast.parse(text)
    comments = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        for name, table in TABLES.items():
            if id(node) not in comments and len(listed(node) & table) >= MANY:
                yield getattr(node, "lineno", 0), name


MODULES = [p for p in sorted(SOURCE.rglob("*.py")) if p.relative_to(SOURCE).as_posix() not in HOMES]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(SOURCE).as_posix())
def test_tables_are_not_typed_again(path: Path) -> None:
    assert list(found(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    "text",
    ['x = "binary, multiclass or multilabel"', 'x = ["macro", "micro", "samples"]', 'f("csv, tsv, npz")'],
)
def test_a_list_is_found(text: str) -> None:
    assert list(found(text))


@pytest.mark.parametrize("text", ['"""binary, multiclass or multilabel"""', 'x = ["macro", "micro"]'])
def test_what_is_no_list(text: str) -> None:
    assert not list(found(text))
