from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pandas as pd

import evalcli

VOID = {"br", "hr"}


class Balanced(HTMLParser):
    """Collects the text, and checks that every element is closed."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def parsed(html: str) -> Balanced:
    found = Balanced()
    found.feed(html)
    found.close()
    assert found.open == []
    return found


def test_tables_have_all_cells_and_shades() -> None:
    truth = np.array(["cat", "dog"] * 30)
    report = evalcli.evaluate(truth, y_pred=np.where(np.arange(60) < 9, "cat", truth))
    html = report.to_html()
    text = "".join(parsed(html).text)
    assert "accuracy" in text
    assert "confusion matrix" in text
    assert "rgba(0, 137, 0" in html
    assert "rgba(235, 0, 0" in html


def test_names_are_no_markup(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    pd.DataFrame({"label": ["<b>", "&"] * 20, "pred": ["<b>", "<b>"] * 20}).to_csv(path, index=False)
    html = evalcli.score(path).to_html()
    assert "<b>" not in html
    assert "<b>" in "".join(parsed(html).text)
    assert not re.search(r"<script|https?:", html)
