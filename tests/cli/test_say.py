from __future__ import annotations

import io
import sys
from types import SimpleNamespace

import pytest

from evalcli.cli.say import coloured, in_colour, say_below


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("terminal", "environment", "expected"),
    [
        (True, {}, True),
        (False, {}, False),
        (False, {"FORCE_COLOR": "1"}, True),
        (True, {"NO_COLOR": "1"}, False),
        (True, {"NO_COLOR": "1", "FORCE_COLOR": "1"}, False),
        (True, {"TERM": "dumb"}, False),
    ],
)
def test_colour_is_for_terminals_that_have_it(
    terminal: bool, environment: dict[str, str], expected: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"TERM": "xterm", **environment}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "stderr", Terminal() if terminal else io.StringIO())
    assert in_colour() is expected


def test_only_the_first_word_is_coloured() -> None:
    assert coloured("error: no such file: a") == "\x1b[1;31merror:\x1b[0m no such file: a"
    assert coloured("verdict: pass: 2 of 2 rules passed").startswith("\x1b[32mverdict:\x1b[0m")
    assert coloured("verdict: fail: 1 of 2 rules failed").startswith("\x1b[1;31mverdict:\x1b[0m")
    for line in ("  try: --positive a", "options from a: b", "no colon", "roc_auc: failed"):
        assert coloured(line) == line


@pytest.mark.parametrize(
    ("out", "err", "lines"),
    [
        (Terminal, Terminal, ["", "note: a"]),
        (io.StringIO, Terminal, ["note: a"]),
        (Terminal, io.StringIO, ["note: a"]),
    ],
)
def test_an_empty_line_divides_tables_and_notes_on_a_terminal(
    out: type[io.StringIO], err: type[io.StringIO], lines: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    streams = SimpleNamespace(out=out(), err=err())
    monkeypatch.setattr(sys, "stdout", streams.out)
    monkeypatch.setattr(sys, "stderr", streams.err)
    say_below(["note: a"])
    assert streams.err.getvalue().splitlines() == lines
    say_below([])
    assert streams.err.getvalue().splitlines() == lines
