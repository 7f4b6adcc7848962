from __future__ import annotations

from pathlib import Path

import pytest
from matplotlib import font_manager

from evalcli.errors import UsageError
from evalcli.plots.canvas import figure
from evalcli.plots.fonts import find_fonts
from support.command_line import Cli, assert_refused

ABSENT = "\U00013000"  # of Egyptian hieroglyphs


def test_characters_that_the_font_has_need_no_other() -> None:
    drawn = figure((2, 2))
    text = drawn.text(0.5, 0.5, "naïve → µ ≥")
    find_fonts(drawn)
    assert text.get_fontfamily() == ["sans-serif"]


def test_another_font_is_taken_where_one_has_the_character() -> None:
    drawn = figure((2, 2))
    text = drawn.text(0.5, 0.5, "ფ")
    text.set_fontfamily("cmr10")
    find_fonts(drawn)
    assert len(text.get_fontfamily()) == 2
    charmap = font_manager.get_font(font_manager.findfont(text.get_fontfamily()[1])).get_charmap()
    assert ord("ფ") in charmap


def test_a_character_that_no_font_has_is_refused(
    cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = [e for e in font_manager.fontManager.ttflist if "DejaVu" in e.name]
    monkeypatch.setattr(font_manager.fontManager, "ttflist", known)
    drawn = figure((2, 2))
    drawn.text(0.5, 0.5, ABSENT)
    with pytest.raises(UsageError, match="no font"):
        find_fonts(drawn)
    path = tmp_path / "p.csv"
    path.write_text("label,pred\n" + f"{ABSENT},b\nb,b\n" * 30)
    assert_refused(cli("plot", "confusion", path, "-o", tmp_path / "c.png"), "no font", "FILE.svg")
    assert not (tmp_path / "c.png").exists()
    with pytest.warns(UserWarning, match="Glyph"):  # which the command hides: a viewer has fonts of its own
        assert cli("plot", "confusion", path, "-o", tmp_path / "c.svg").code == 0
    assert ABSENT in (tmp_path / "c.svg").read_text()
