from __future__ import annotations

import re

from evalcli.findings import as_hint
from evalcli.report.notes import NOTES, note
from support.paths import ROOT


def test_what_loaders_remark_is_in_the_catalogue() -> None:
    """What a note may be called is what ``--fail-on`` takes, and what the documentation lists."""
    sources = [path.read_text() for path in (ROOT / "src" / "evalcli" / "loaders").rglob("*.py")]
    found = {code for text in sources for code in re.findall(r'Finding\(\s*"note",\s*"([a-z0-9-]+)"', text)}
    assert found == {code for code, facts in NOTES.items() if facts.made_by == "loader"}


def test_a_declared_hint_or_why_there_is_none() -> None:
    for code, facts in NOTES.items():
        assert not (facts.hint and facts.no_hint), code
        hint = note(code, "x").hint
        assert hint == (None if facts.hint is None else as_hint(facts.hint))


def test_the_level_follows_what_it_is_about() -> None:
    assert (note("no-header", "x").level, note("row-order", "x").level) == ("note", "warning")
