from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

from evalcli.renderers.formats import render
from support.command_line import Cli
from support.drawing import report

VOID = {"br", "meta"}


class Page(HTMLParser):
    """Elements, texts and attributes; every element is closed."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.addresses: list[str] = []
        self.feed(data.decode())
        self.close()
        assert not self.open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [str(value) for name, value in attrs if name in ("src", "href", "action")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_page_has_every_value_and_asks_for_nothing() -> None:
    source = report("multiclass", 30)
    page = Page(render(source, "html"))
    assert "script" not in page.tags and page.addresses == []
    assert not re.search(r"https?://|@import|url\(", render(source, "html").decode())
    for name, score in source.metrics.items():
        assert name in page.text and f"{score.value:.4f}" in page.text
    assert all(f"{row.metrics['f1'].value:.4f}" in page.text for row in source.per_class.values())


def test_names_are_text_and_verdict_notes_and_origin_are_there(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_text("label,pred\n" + "<b>x</b>,<b>x</b>\ny&z,<b>x</b>\n" * 20)
    out = tmp_path / "r.html"
    assert cli("score", path, "--fail-under", "accuracy=0.9", "-o", out).code == 1
    page = Page(out.read_bytes())
    assert "<b>x</b>" in page.text and "b" not in page.tags
    assert "fail" in page.text and "accuracy>=0.9" in page.text
    assert "never-predicted" in page.text and "Where the numbers come from" in page.text
    stored = tmp_path / "r.json"
    cli("score", path, "--fail-under", "accuracy=0.9", "-o", stored)
    cli("show", stored, "-o", tmp_path / "again.html")
    assert Page((tmp_path / "again.html").read_bytes()).text.count("accuracy") == page.text.count("accuracy")
