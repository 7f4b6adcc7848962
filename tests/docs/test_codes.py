from __future__ import annotations

import re

from support.paths import ROOT


def test_every_code_of_a_finding_is_explained() -> None:
    page = (ROOT / "docs" / "files.md").read_text()
    source = ROOT / "src" / "evalcli"
    sources = [
        *(source / "loaders").rglob("*.py"),
        *(source / "inputs").rglob("*.py"),
        source / "engine" / "notes" / "files.py",
    ]
    codes = {
        code for p in sources for code in re.findall(r'(?:code=|note\(\s*)"([a-z0-9-]+)"', p.read_text())
    }
    assert len(codes) > 30
    assert not {code for code in codes if f"`{code}`" not in page}
