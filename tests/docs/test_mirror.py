"""Tests have the shape of the source: each module is tested by the file of its name."""

from __future__ import annotations

from pathlib import Path

from support.paths import ROOT, TESTS

SOURCE = ROOT / "src" / "evalcli"
BY_IDEA = ("docs", "end_to_end", "guard", "laws", "support")
"""Folders of no package: documentation, whole commands, budgets, what holds for all of a kind, helpers."""
WITHOUT_A_FILE = {
    # commands: their groups are tested in cli/options, what they do in end_to_end
    "cli/inspect.py",
    "cli/score.py",
    # nothing but fields of groups, which cli/options/test_groups.py looks at together
    "cli/options/compare.py",
    "cli/options/gate.py",
    "cli/options/goal.py",
    "cli/options/input.py",
    "cli/options/log.py",
    "cli/options/state.py",
    "cli/options/metrics.py",
    "cli/options/output.py",
    "cli/options/plot.py",
    "cli/options/power.py",
    "cli/options/run.py",
    "cli/options/task.py",
    "cli/options/track.py",
}
"""Only ever fewer."""


def modules() -> set[str]:
    return {
        path.relative_to(SOURCE).as_posix()
        for path in SOURCE.rglob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
    }


def covered() -> set[str]:
    """Modules that the test files are named after."""
    found = set()
    for path in TESTS.rglob("test_*.py"):
        relative = path.relative_to(TESTS)
        if relative.parts[0] not in BY_IDEA:
            found.add((relative.parent / relative.name.removeprefix("test_")).as_posix())
    return found


def test_every_module_has_its_tests() -> None:
    assert modules() - covered() - WITHOUT_A_FILE == set(), "write tests/<package>/test_<module>.py"


def test_the_exceptions_are_needed() -> None:
    assert modules() - covered() >= WITHOUT_A_FILE, "has tests now, or is gone: strike it from the list"


def test_every_test_file_is_named_after_a_module() -> None:
    assert covered() - modules() == set()


def test_every_folder_is_a_package_or_an_idea() -> None:
    folders = {
        path.name for path in TESTS.iterdir() if path.is_dir() and not path.name.startswith(("_", "."))
    }
    packages = {path.parent.name for path in SOURCE.glob("*/__init__.py")}
    assert folders - packages - {*BY_IDEA, "data", "golden"} == set()
    assert packages <= folders, Path(*sorted(packages - folders))
