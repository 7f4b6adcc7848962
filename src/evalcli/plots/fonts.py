"""Fonts for every character of a picture: where that of the style lacks one, another that has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from evalcli.errors import UsageError
from evalcli.findings import Blank, use
from evalcli.text import escape

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def find_fonts(figure: Figure) -> None:
    """Give texts further fonts where theirs lack a character; refuse characters that no font here has."""
    from matplotlib.text import Text

    texts = [text for text in figure.findobj(Text) if not text.get_text().isascii()]
    every: set[str] = set().union(*(_lacking(text) for text in texts))
    if not every:
        return
    families = _families(every)
    for text in texts:
        if _lacking(text):
            text.set_fontfamily([*text.get_fontfamily(), *families])


def _lacking(text: Any) -> set[str]:
    """Characters of a text that its font has no glyph for."""
    from matplotlib import font_manager

    known = font_manager.get_font(font_manager.findfont(text.get_fontproperties())).get_charmap()
    return {sign for sign in text.get_text() if not sign.isspace() and ord(sign) not in known}


def _families(signs: set[str]) -> list[str]:
    """Names of fonts that have the signs together, as few as a look from the first to the last finds."""
    from matplotlib import font_manager

    found, left = [], set(signs)
    for entry in sorted(
        font_manager.fontManager.ttflist, key=lambda entry: (entry.style != "normal", entry.name)
    ):
        if "Last Resort" in entry.name:  # has frames in place of characters
            continue
        charmap = font_manager.get_font(entry.fname).get_charmap()
        has = {sign for sign in left if ord(sign) in charmap}
        if has:
            found.append(entry.name)
            left -= has
        if not left:
            return found
    some = "".join(sorted(left)[:5])
    raise UsageError(
        f"no font of this machine has the characters {escape(some)}",
        hint=use("whose text needs no font here", output=Blank("FILE.svg"))
        | use("that names a font with them", style=Blank("FILE.mplstyle")),
        code="no-font",
    )


__all__ = ["find_fonts"]
