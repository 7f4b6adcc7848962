from __future__ import annotations

import re

from evalcli.report.notes import NOTES
from support.paths import ROOT


def test_every_note_is_in_the_catalogue() -> None:
    """What a note may be called is what ``--fail-on`` takes, and what the documentation lists."""
    sources = [path.read_text() for path in (ROOT / "src" / "evalcli").rglob("*.py")]
    found = {
        code
        for text in sources
        for code in re.findall(r'(?:note\(|Finding\("note", )\s*(?:"([a-z0-9-]+)"|code\b)', text)
        if code
    }
    assert len(found) > 25
    assert found <= set(NOTES)
    # the others come from variables: rows left out by reason, and codes of two sides
    rest = set(NOTES) - found
    words = " ".join(sources).replace("_", "-")
    assert all(f'"{code}"' in words for code in rest)
