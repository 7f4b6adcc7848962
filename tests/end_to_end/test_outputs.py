"""Reports in every format, to every stream, under every verdict: whole, clean, and of one mind."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from evalcli.renderers.formats import FORMATS, render
from evalcli.report.notes import note
from support.command_line import Cli, Process
from support.effort import untraced
from support.outputs import VERDICTS, hostile, parsed
from support.paths import GAME_COLUMNS, GAMES

pytestmark = pytest.mark.long


def verdict_in(text: str, form: str) -> str | None:
    """The verdict that a report shows; None in formats that hold none."""
    found = parsed(text, form)
    if form == "json":
        return found["gate"]["verdict"] if found["gate"] else "none"
    if form == "junit":
        place = found.find("./testsuite/properties/property[@name='verdict']")
        return "none" if place is None else str(place.get("value"))
    if form == "table":
        match = re.search(r"^(pass|fail|undecided): ", text, re.M)
        return match[1] if match else "none"
    if form == "markdown":
        match = re.search(r"^### evalcli: .* (?:✅|❌|⚠️) (\w+)$", text, re.M)
        return match[1] if match else "none"
    return None


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_format_and_stream(form: str, verdict: str, cli: Cli, tmp_path: Path) -> None:
    """Standard output, a file, a reader that leaves early: the same report, the same exit code."""
    code, rules = VERDICTS[verdict]
    path = tmp_path / f"report.{form}"
    command = ("score", GAMES, *GAME_COLUMNS, *rules, "--format", form, "-o", f"{form}:{path}")
    result = cli(*command)
    assert result.code == code
    assert result.out == path.read_text(encoding="utf-8")
    assert verdict_in(result.out, form) in (verdict, None)
    assert ("failed: f1" in result.err) == (verdict == "fail")
    assert ("undecided: recall:9" in result.err) == (verdict in ("fail", "undecided"))
    path.unlink()
    # a reader that does not read at all
    with subprocess.Popen(
        [sys.executable, "-m", "evalcli", *map(str, command), "-q"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=untraced(),
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        told = child.stderr.read()
        assert child.wait(60) == code
    assert "Error" not in told
    assert _same(path.read_text(encoding="utf-8").replace(', "-q"]', "]")) == _same(result.out)
    # show says the same of the stored report
    stored = tmp_path / "stored.json"
    cli("score", GAMES, *GAME_COLUMNS, *rules, "-o", stored, "-q")
    shown = cli("show", stored, "--format", form)
    assert shown.code == code
    if form != "json":  # whose command differs
        assert _same(shown.out) == _same(result.out)


def _same(text: str) -> str:
    """Without the command, which a page has."""
    return re.sub(r"<dt>command</dt><dd>.*?</dd>", "", text)


@pytest.mark.parametrize("form", ["json", "table"])
def test_an_error_leaves_no_report(form: str, process: Process, tmp_path: Path) -> None:
    result = process(
        "score", GAMES, *GAME_COLUMNS, "--fail-under", "ff=1", "-f", form, "-o", tmp_path / "r.json"
    )
    assert result.code == 2
    assert list(tmp_path.iterdir()) == []
    assert (form == "json") == bool(result.out)
    if form == "json":
        assert result.json["error"]["exit_code"] == 2


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_names_stay_names(form: str) -> None:
    report = hostile(notes=(note("absent-classes", "a|`b`\n::error::<c> @d"),))
    text = render(report, form).decode()
    found = parsed(text, form)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert not re.search(r"##\[|^\s*::(?!error title=|warning title=)", text, re.M)
    if form in ("csv", "tsv"):
        names = {row[1] for row in found[1:]}
        assert {"a|b", "a,b", '"q"', "<script>x</script>", "漢字"} <= names
    if form == "junit":
        cases = [case.get("name") for case in found.iter("testcase")]
        assert "recall:a|b>=0.6" in cases
        assert "recall:]]>>=0.6" in cases
