"""The tutorial: every output that it shows is one that was printed."""

from __future__ import annotations

import doctest
import re

import pytest

from support.paths import ROOT

PAGE = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")


def test_the_python_session_is_real(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    session = "\n".join(re.findall(r"```pycon\n(.*?)```", PAGE, re.DOTALL))
    examples = doctest.DocTestParser().get_doctest(session, {}, "tutorial.md", "tutorial.md", 0)
    shown: list[str] = []
    found = doctest.DocTestRunner().run(examples, out=shown.append)
    assert found.failed == 0, "".join(shown)
    assert found.attempted > 10


def test_every_command_is_generated() -> None:
    commands = re.findall(r"^\$ (evalcli .*)$", PAGE, re.M)
    assert commands == re.findall(r"^<!-- output: (.*) -->$", PAGE, re.M)
    assert len(commands) == 7
