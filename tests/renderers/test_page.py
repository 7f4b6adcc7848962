from __future__ import annotations

import base64
import hashlib
import html
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from evalcli.renderers.formats import render
from support.command_line import Cli
from support.drawing import report

VOID = {"br", "meta"}
EVENTS = {"onload", "onclick", "onerror", "style"}


class Page(HTMLParser):
    """Elements, texts and attributes; every element is closed."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.text = ""
        self.addresses: list[str] = []
        self.ids: list[str] = []
        self.names: set[str] = set()
        self.feed(data.decode())
        self.close()
        assert not self.open
        assert set(self.ids) == {address[1:] for address in self.addresses} | {"threshold"} & set(self.ids)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}
        self.ids += [str(value) for name, value in attrs if name == "id"]
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
    assert {address[:2] for address in page.addresses} == {"#s"}  # sections of the page
    assert "src" not in page.names and not page.names & EVENTS
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


def _policy(data: bytes) -> str:
    found = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', data.decode())
    assert found
    return html.unescape(found[1])


@pytest.mark.parametrize("curves", ["default", "none"])
def test_the_policy_admits_the_scripts_of_the_page_alone(curves: str) -> None:
    data = render(report("binary", curves=curves), "html")
    scripts = re.findall(r"<script>(.*?)</script>", data.decode(), re.DOTALL)
    assert len(scripts) == (3 if curves == "default" else 1)
    for text in (*scripts, *re.findall(r"<style>(.*?)</style>", data.decode(), re.DOTALL)):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in _policy(data)
    assert "unsafe" not in _policy(data) and _policy(data).startswith("default-src 'none'")
    assert len(data) < 60_000 or curves == "default"


def test_slices_have_all_their_metrics_beside_the_classes() -> None:
    source = report("binary")
    page = Page(render(source, "html"))
    for part in source.slices:
        assert all(f"{score.value:.4f}" in page.text for score in part.metrics.values())
    assert "Per class" in page.text and "Confusion matrix" in page.text


def test_a_page_of_many_classes_is_no_longer_than_it_says() -> None:
    assert len(render(report("multiclass", 100), "html")) < 1_200_000
    shown = render(report("multiclass", 101), "html").decode()
    assert "most confused pairs" in shown and 'data-matrix=""' not in shown
