from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.errors import UsageError
from evalcli.plots.canvas import as_bytes, matplotlib, named, styled, suffix_of
from evalcli.plots.kinds import KINDS, draw
from support.drawing import report


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_files_are_the_same_each_time(suffix: str, start: bytes) -> None:
    with styled(None):
        made = [as_bytes(draw(KINDS["roc"], report()), suffix, 100) for _ in range(2)]
    assert made[0].startswith(start)
    assert made[0] == made[1] or suffix == ".svg"
    if suffix == ".svg":
        assert b"false positive rate</text>" in made[0], "text is text"


def test_names_are_one_line_without_control_characters() -> None:
    assert named("a\nb\x1b[31m") == "a\\nb\\x1b[31m"
    assert len(named("x" * 99)) == 28


def test_what_cannot_be_drawn_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UsageError, match="which format"):
        suffix_of("a.gif")
    for text in ("no.such.key: 1\n", "\x00"):
        (tmp_path / "s").write_text(text)
        with pytest.raises(UsageError, match="not a style sheet"):
            styled(str(tmp_path / "s"))
    with pytest.raises(UsageError, match="not a style sheet"):
        styled(str(tmp_path / "none"))
    monkeypatch.setitem(__import__("sys").modules, "matplotlib", None)
    with pytest.raises(UsageError, match="not installed"):
        matplotlib()
