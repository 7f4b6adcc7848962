from __future__ import annotations

import re

from support.paths import ROOT

DOCS = ROOT / "docs"
TOCTREE = re.compile(r"```\{toctree\}\n(?::.*\n)*\n((?:\w.*\n)+)```")


def test_every_page_is_in_the_index_once() -> None:
    listed = [page for tree in TOCTREE.findall((DOCS / "index.md").read_text()) for page in tree.split()]
    pages = {path.stem for path in DOCS.glob("*.md")} - {"index"}
    assert sorted(listed) == sorted(pages)
