from __future__ import annotations

from evalcli.renderers.state_facts import render
from evalcli.renderers.tables import View
from report.test_state_facts import FACTS


def test_one_fact_a_line_and_the_first_parts() -> None:
    text = render(FACTS, View()).decode()
    assert text.startswith("part.state · state of 12 parts · 950 bytes\n")
    assert "rows             9 scored of 10 read (dropped: 1 missing label)" in text
    assert "p0.csv: 10 rows from row 0, digest digest-0" in text
    assert text.endswith("  and 2 more\n")
