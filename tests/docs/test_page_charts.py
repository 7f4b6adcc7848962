"""The charts of pages are what is compiled from their specifications."""

from __future__ import annotations

import json
import sys

from support.paths import ROOT

sys.path.insert(0, str(ROOT / "docs"))

from page_charts import TITLES, WEB, compiled


def test_the_specifications_are_compiled() -> None:
    text = (WEB / "charts.json").read_text(encoding="utf-8")
    assert text == compiled(), "run `make page`"
    assert set(json.loads(text)) == set(TITLES)
    assert "http" not in text


def test_scripts_can_stand_in_a_page() -> None:
    for name in ("vega.js", "vega-interpreter.js", "page.js", "charts.json", "page.css"):
        text = (WEB / name).read_text(encoding="utf-8")
        assert "</script" not in text and "</style" not in text and "<!--" not in text
        assert "eval(" not in text.replace("evalcli(", "") or name == "vega.js"  # Vega's, which is not called
