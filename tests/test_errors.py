from __future__ import annotations

from pathlib import Path

from support.builders import GOOD
from support.command_line import Cli, Save, assert_refused


def test_names_cannot_move_the_cursor(cli: Cli, saved: Save) -> None:
    path = saved("p.csv", GOOD.replace("label", "la\x1b[2Jbel"))
    assert "\x1b" not in assert_refused(cli("score", path), "la\\x1b[2Jbel")


def test_messages_are_bounded(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("x" * 3_000_000 + ",b\n1,2\n")
    assert len(cli("score", tmp_path / "p.csv").err) < 20_000
