from __future__ import annotations

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from msgspec.structs import replace

from evalcli.errors import InputError
from evalcli.findings import use
from evalcli.gate.judge import judge
from evalcli.gate.rules import asked_rules
from evalcli.renderers import markdown
from evalcli.renderers.tables import View
from evalcli.report.notes import note
from support.builders import made_report
from support.outputs import hostile


class Cells:
    """The cells of Markdown's tables as GitHub would show them."""

    def __init__(self, text: str) -> None:
        self.tables: list[list[list[str]]] = []
        self.html = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).render(text)
        for table in re.findall(r"<table>.*?</table>", self.html, re.S):
            rows = re.findall(r"<tr>(.*?)</tr>", table, re.S)
            cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.S) for row in rows]
            self.tables.append(cells)


def test_markdown_tables_hold_what_they_should() -> None:
    cells = Cells(markdown.render(hostile(), View()).decode())
    assert len(cells.tables) == 3
    for table in cells.tables:
        assert {len(row) for row in table} == {len(table[0])}
        for row in table:
            for cell in row:
                assert not re.search(r"<(?!!--)", cell), cell  # no markup at all
    classes = [html.unescape(row[0]) for row in cells.tables[2][1:]]
    assert {"a|b", "`c`", "<script>x</script>", "*bold*_it_", "[l](http://x)", "~~s~~"} <= set(classes)
    assert "@<!-- -->octocat" in classes  # no mention
    assert max(map(len, classes)) <= 200


@given(st.text(max_size=20))
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    from evalcli.text import escape

    shown = Cells(f"| a |\n| -- |\n| x{markdown.escaped(text)}x |\n").tables[0][1]
    plain = html.unescape(shown[0]).replace("<!-- -->", "")
    assert len(shown) == 1
    assert " ".join(plain.split()) == " ".join(f"x{escape(text)}x".split())


@pytest.mark.parametrize("length", [10, 2000])
def test_markdown_is_cut_to_fit(length: int) -> None:
    names = [f"{j:05d}{'ä' * length}" for j in range(3000)]
    report = made_report(
        {f"recall:{name}": 0.5 for name in names[:1000]}, {"recall": dict.fromkeys(names, 0.5)}
    )
    report = judge(report, asked_rules(fail_under=["recall:*=0.6", "f1=0.1"]))
    text = markdown.render(report, View()).decode()
    assert 20_000 < len(text.encode()) <= 60_000
    assert re.search(r"[\d,]+ of 3,001 rows were removed for length; the JSON report has all\.", text)
    assert text.startswith("### evalcli: p.csv ❌ fail\n\n3,000 of 3,001 rules failed, 1 undecided\n")
    short = markdown.render(made_report({"f1_macro": 0.5}), View()).decode()
    assert "were cut" not in short


def test_an_error_is_one_block() -> None:
    error = InputError("a ``` b", found="x" * 50_000, hint="c\n````\n# d")
    text = markdown.of_error(error, "n|m").decode()
    lines = text.splitlines()
    assert lines[0] == "### evalcli: n\\|m ❌ error"
    assert (lines[2], lines[-1]) == ("`````text", "`````")
    assert len(text.encode()) < markdown.MOST_BYTES
    assert Cells(text).html.count("<h") == 1
    assert markdown.of_error(error).decode().startswith("### evalcli: ❌ error\n")


def test_a_note_has_its_hint() -> None:
    found = replace(note("many-ties", "a note"), hint=use("if *a* is meant", positive="a"))
    text = markdown.render(made_report({}, notes=(found,)), View()).decode()
    assert text.endswith("- a note (many-ties)<br>\n  try: --positive a if \\*a\\* is meant\n")


def test_lines_below_a_table_and_looks() -> None:
    rows = {f"c{j}": 0.125 for j in range(25)}
    text = markdown.render(made_report({"accuracy": 0.5}, {"recall": rows}), View(digits=2)).decode()
    assert "\nall 25 classes: -o report.csv\n" in text
    assert "| accuracy | 0.50 |" in text
    assert "| c0 | 5 | 0.12 |" in text
