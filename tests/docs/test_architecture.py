from __future__ import annotations

import re

from support.paths import ROOT


def test_every_room_stands_in_the_architecture() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text()
    source = ROOT / "src" / "evalcli"
    rooms = [path for path in source.iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()]
    for room in rooms:
        if not room.name.startswith("__"):
            assert f"`{room.name}{'/' if room.is_dir() else ''}`" in text, room.name


def test_imports_run_one_way() -> None:
    """A room knows only those further down the list."""
    order = ROOT / "docs" / "architecture.md"
    listed = re.findall(r"^\| `([a-z_]+)(?:\.py|/)`", order.read_text(), re.M)
    place = {room: number for number, room in enumerate(listed)}
    for path in (ROOT / "src" / "evalcli").rglob("*.py"):
        relative = path.relative_to(ROOT / "src" / "evalcli")
        room = relative.parts[0].removesuffix(".py")
        if room.startswith("__"):
            continue
        for imported in re.findall(r"^\s*from evalcli\.([a-z_]+)", path.read_text(), re.M):
            assert place[imported] >= place[room], f"{relative} imports {imported}"
