"""The imports are as docs/architecture.md describes them."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from support.paths import ROOT

SOURCE = ROOT / "src" / "evalcli"
MODULES = sorted(path for path in SOURCE.rglob("*.py") if path.name not in ("__init__.py", "__main__.py"))
LONGEST_MODULE, LONGEST_FUNCTION, MOST_FLOORS = 400, 50, 7
WHOLE = "# whole:"
"""Before the reason why something is better longer."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(SOURCE.parent).with_suffix("").parts).removesuffix(".__init__")


def imports(path: Path) -> set[str]:
    """Modules of this project that a module imports, wherever it does."""
    known = {name_of(module) for module in SOURCE.rglob("*.py")}
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] == "evalcli":
            full = [f"{node.module}.{alias.name}" for alias in node.names]
            found |= {name if name in known else str(node.module) for name in full}
    return found - {name_of(path)}


def outside(path: Path) -> set[str]:
    """Packages of others that a module imports."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add(str(node.module).partition(".")[0])
    return found


def room(name: str) -> str:
    return name.split(".")[1] if "." in name else ""


def rooms() -> dict[str, set[str]]:
    """What each package at the root imports of the others."""
    found: dict[str, set[str]] = {}
    for path in SOURCE.rglob("*.py"):
        if (path.name != "__main__.py" and path.parent != SOURCE) or path in MODULES:
            own = room(name_of(path))
            found.setdefault(own, set()).update(room(name) for name in imports(path))
    return {own: others - {own, ""} for own, others in found.items() if own}


def listed() -> list[str]:
    """The packages as the architecture lists them, from the command line to the ground."""
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    return re.findall(r"^\| `([a-z_]+)(?:\.py|/)` \|", text, re.M)


def test_every_package_is_in_the_architecture() -> None:
    assert set(listed()) == set(rooms())


def test_imports_run_one_way() -> None:
    """A package knows only those further down the list."""
    order = listed()
    for own, others in rooms().items():
        above = [other for other in others if order.index(other) < order.index(own)]
        assert not above, f"{own} imports {above}"


def test_there_are_few_floors() -> None:
    found = rooms()

    @cache
    def floor(name: str) -> int:
        return 1 + max(map(floor, found[name]), default=0)

    assert max(map(floor, found)) <= MOST_FLOORS


def test_no_modules_import_each_other() -> None:
    known = {name_of(path): imports(path) for path in SOURCE.rglob("*.py")}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join([*path[path.index(name) :], name])
        if name not in done:
            for other in sorted(known.get(name, ())):
                visit(other, (*path, name))
            done.add(name)

    for name in known:
        visit(name, ())


@pytest.mark.parametrize(
    ("library", "where"),
    [
        ("typer", r"cli/"),
        ("rich", r"renderers/terminal\.py|cli/(progress|watch)\.py"),
        ("pandas", r"report/report\.py"),
        ("fsspec", r"loaders/"),
        ("tomllib", r"cli/config_file\.py"),
    ],
)
def test_libraries_stay_where_they_belong(library: str, where: str) -> None:
    users = [str(path.relative_to(SOURCE)) for path in MODULES if library in outside(path)]
    assert users
    assert not [user for user in users if not re.match(where, user)]


def test_only_the_command_line_changes_the_process() -> None:
    """Who calls the library keeps its NumPy, its environment and its umask."""
    settings = re.compile(
        r"np\.seterr|os\.environ\[[^]]+\] *=|os\.environ\.setdefault|os\.umask|gc\.set_threshold|"
        r"warnings\.(filter|simple)|locale\.setlocale|sys\.set"
    )
    found = [
        str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if settings.search(path.read_text())
    ]
    assert found == ["cli/__init__.py"]


def test_modules_and_functions_are_short() -> None:
    """Longer ones have a comment with the reason."""
    long = []
    for path in SOURCE.rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        if len(lines) > LONGEST_MODULE and not any(line.startswith(WHOLE) for line in lines):
            long.append(f"{path.relative_to(SOURCE)}: {len(lines)} lines")
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                size = (node.end_lineno or 0) - node.lineno + 1
                reason = any(WHOLE in line for line in lines[max(node.lineno - 3, 0) : node.lineno + 1])
                if size > LONGEST_FUNCTION and not reason:
                    long.append(f"{path.relative_to(SOURCE)}: {node.name} has {size} lines")
    assert not long
