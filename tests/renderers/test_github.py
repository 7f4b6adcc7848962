from __future__ import annotations

import re

from msgspec.structs import replace

from evalcli.errors import InputError
from evalcli.findings import use
from evalcli.renderers import github
from evalcli.renderers.tables import View
from evalcli.report.notes import note
from support.builders import made_report
from support.outputs import hostile


def test_at_most_ten_annotations() -> None:
    notes = tuple(note("many-ties", f"note {j}") for j in range(20))
    lines = github.render(replace(hostile(), notes=notes), View()).decode().splitlines()
    assert len(lines) == 10
    assert all(re.fullmatch(r"::(error|warning) title=[^:,]*::.*", line) for line in lines)
    assert lines[0].startswith("::error title=evalcli%3A p.csv failed::")
    assert re.search(r"and \d+ more: see the log", lines[-1])
    assert github.render(made_report({}), View()) == b""


def test_titles_name_the_run() -> None:
    report = replace(hostile(), name="resnet 50")
    lines = github.render(report, View()).decode().splitlines()
    assert all(" title=evalcli%3A resnet 50" in line for line in lines)
    error = InputError("no")
    assert github.of_error(error, "a").decode() == "::error title=evalcli%3A a error::no\n"
    assert github.of_error(error).decode() == "::error title=evalcli::no\n"


def test_a_note_has_its_hint() -> None:
    found = replace(note("many-ties", "a note"), hint=use(positive="attack"))
    line = github.render(made_report({}, notes=(found,)), View()).decode()
    assert line == "::warning title=evalcli%3A p.csv%3A many-ties::a note%0Atry: --positive attack\n"
