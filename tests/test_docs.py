"""The documentation states facts: it is generated, or checked against the program."""

from __future__ import annotations

import json
import re
import sys
from importlib.resources import files

import pytest

from conftest import ROOT

sys.path.insert(0, str(ROOT / "docs"))

import generate

from evalcli.report.notes import NOTES

DOCUMENTS = generate.documents()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_generated_files_are_up_to_date(path: object) -> None:
    assert path.read_text(encoding="utf-8") == DOCUMENTS[path], "run `make docs`"


def test_the_readme_shows_real_output() -> None:
    assert len(generate.BLOCK.findall((ROOT / "README.md").read_text())) == 6


def test_every_note_is_in_the_catalogue() -> None:
    """What a note may be called is what ``--fail-on`` takes, and what the documentation lists."""
    sources = [path.read_text() for path in (ROOT / "src" / "evalcli").rglob("*.py")]
    found = {
        code
        for text in sources
        for code in re.findall(r'(?:Note|Remark)\(\s*(?:"([a-z0-9-]+)"|code\b)', text)
        if code
    }
    assert len(found) > 25
    assert found <= set(NOTES)
    # the others come from variables: rows left out by reason, and codes of two sides
    rest = set(NOTES) - found
    words = " ".join(sources).replace("_", "-")
    assert all(f'"{code}"' in words for code in rest)


def test_links_lead_somewhere() -> None:
    for page in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_every_room_stands_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    source = ROOT / "src" / "evalcli"
    rooms = [path for path in source.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    for room in rooms:
        if not room.name.startswith("__"):
            assert f"`{room.name}{'/' if room.is_dir() else ''}`" in text, room.name


def test_imports_run_one_way() -> None:
    """A room knows only those further down the list."""
    order = generate.__dict__["ROOT"] / "docs" / "architecture.md"
    listed = re.findall(r"^\| `([a-z_]+)(?:\.py|/)`", order.read_text(), re.M)
    place = {room: number for number, room in enumerate(listed)}
    for path in (ROOT / "src" / "evalcli").rglob("*.py"):
        relative = path.relative_to(ROOT / "src" / "evalcli")
        room = relative.parts[0].removesuffix(".py")
        if room.startswith("__"):
            continue
        for imported in re.findall(r"^\s*from evalcli\.([a-z_]+)", path.read_text(), re.M):
            assert place[imported] >= place[room], f"{relative} imports {imported}"


def test_the_schema_is_plain_json() -> None:
    assert json.loads((files("evalcli") / "schema" / "report-1.json").read_text())["properties"]


def test_every_code_of_a_finding_is_explained() -> None:
    page = (ROOT / "docs" / "files.md").read_text()
    rooms = (
        "loaders",
        "inputs",
        "classes",
        "labels",
        "reading",
        "joining",
        "matching",
        "roles",
        "suspicions",
    )
    sources = [p for p in (ROOT / "src" / "evalcli").rglob("*.py") if set(rooms) & {*p.parts, p.stem}]
    codes = {
        code for p in sources for code in re.findall(r'(?:code=|Note\(\s*)"([a-z0-9-]+)"', p.read_text())
    }
    assert len(codes) > 30
    assert not {code for code in codes if f"`{code}`" not in page}
