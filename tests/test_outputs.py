"""Reports in every format, to every stream, under every verdict: whole, clean, and of one mind."""

from __future__ import annotations

import csv
import html
import io
import json
import os
import re
import stat
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pandas as pd
import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from conftest import FIXTURES, Result, made_report
from evalcli.gate.judge import gated
from evalcli.gate.rules import asked_rules
from evalcli.renderers import FORMATS, SUFFIXES, github, markdown, render
from evalcli.report.notes import Note
from evalcli.report.report import Report
from evalcli.report.verdict import Baseline

Cli = Callable[..., Result]
Process = Callable[..., Result]
GAMES = FIXTURES / "wnba" / "games.csv"
SCHEMA = xmlschema.XMLSchema(str(Path(__file__).parent / "data" / "junit-10.xsd"))
COLUMNS = ("--label-col", "prob1_outcome", "--score-cols", "prob1")
VERDICTS = {
    "pass": (0, ("--fail-under", "f1=0.5")),
    "fail": (1, ("--fail-under", "f1=0.9", "--fail-under", "recall:9=0.1")),
    "undecided": (3, ("--fail-under", "f1=0.5", "--fail-under", "recall:9=0.1")),
    "none": (0, ()),
}
HOSTILE = (
    "a|b", "`c`", "<script>x</script>", "]]>", "a&b", "l1\nl2", "\x1b[31mred", "::error::x", "##[error]y",
    "@octocat", "*bold*_it_", "[l](http://x)", "$x$", "\\", "漢字", "\u202ertl", "~~s~~", "- li", "# h",
    "x" * 5000, "%0A", "a,b", '"q"', "\ttab", "=1+1",
)  # fmt: skip


def parsed(text: str, form: str) -> Any:
    """What a reader of the format sees; an error if it is not whole."""
    if form == "json":
        return json.loads(text, parse_constant=pytest.fail)
    if form in ("csv", "tsv"):
        rows = list(csv.reader(io.StringIO(text), delimiter="," if form == "csv" else "\t"))
        assert {len(row) for row in rows} == {len(rows[0])}
        return rows
    if form == "junit":
        SCHEMA.validate(text)
        return ElementTree.fromstring(text)
    return text


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
        match = re.search(r"^### evalcli: (?:✅|❌|⚠️) (\w+)$", text, re.M)
        return match[1] if match else "none"
    return None


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("verdict", VERDICTS)
def test_every_verdict_format_and_stream(form: str, verdict: str, process: Process, tmp_path: Path) -> None:
    """Standard output, a file, a reader that leaves early: the same report, the same exit code."""
    code, rules = VERDICTS[verdict]
    path = tmp_path / f"report.{form}"
    command = ("score", GAMES, *COLUMNS, *rules, "--format", form, "-o", f"{form}:{path}")
    result = process(*command)
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
    ) as child:
        assert child.stdout is not None
        assert child.stderr is not None
        child.stdout.close()
        told = child.stderr.read()
        assert child.wait(60) == code
    assert "Error" not in told
    assert path.read_text(encoding="utf-8").replace(', "-q"]', "]") == result.out
    # show says the same of the stored report
    stored = tmp_path / "stored.json"
    process("score", GAMES, *COLUMNS, *rules, "-o", stored, "-q")
    shown = process("show", stored, "--format", form)
    assert shown.code == code
    if form != "json":  # whose command differs
        assert shown.out == result.out


@pytest.mark.parametrize("form", ["json", "table"])
def test_an_error_leaves_no_report(form: str, process: Process, tmp_path: Path) -> None:
    result = process("score", GAMES, *COLUMNS, "--fail-under", "ff=1", "-f", form, "-o", tmp_path / "r.json")
    assert result.code == 2
    assert list(tmp_path.iterdir()) == []
    assert (form == "json") == bool(result.out)
    if form == "json":
        assert result.json["error"]["exit_code"] == 2


def test_forms_by_suffix_or_by_name(cli: Cli, tmp_path: Path) -> None:
    paths = [tmp_path / f"r{suffix}" for suffix in SUFFIXES]
    named = tmp_path / "plain"
    stdout = cli(
        "score",
        GAMES,
        *COLUMNS,
        *(x for p in paths for x in ("-o", p)),
        "-o",
        f"junit:{named}",
        "-o",
        "json:-",
    )
    assert stdout.code == 0
    assert stdout.json["task"] == "binary"
    for path, form in zip(paths, SUFFIXES.values(), strict=True):
        parsed(path.read_text(), form)
    assert parsed(named.read_text(), "junit").tag == "testsuites"
    for arguments, words in (
        (("-o", "r.pdf"), "which format?"),
        (("-o", "-"), "which format?"),
        (("-o", "r.json", "-o", "r.json"), "named twice"),
        (("-f", "xml"), "one of table, json"),
        (("--ci", "gitlab"), "not one of auto, github, none"),
        (("--with-names",), "goes with --only"),
        (("--only", "f1", "--per-row", "-"), "both write to standard output"),
        (("--per-row", "a.csv", "--errors", "a.csv"), "two paths"),
        (("--per-row", "a.xlsx"), "no table has this suffix"),
    ):
        refused = cli("score", GAMES, *COLUMNS, *arguments)
        assert (refused.code, refused.out) == (2, "")
        assert words in refused.err


def test_files_keep_what_they_are(cli: Cli, tmp_path: Path) -> None:
    """Permissions stay, a link stays one, a device is written to; folders are made."""
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("{}")
    real.chmod(0o640)
    link.symlink_to(real)
    new = tmp_path / "a" / "b" / "r.json"
    result = cli("score", GAMES, *COLUMNS, "-o", link, "-o", new, "-o", f"json:{os.devnull}")
    assert result.code == 0
    assert link.is_symlink()
    assert json.loads(real.read_text()) == json.loads(new.read_text())
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(new.stat().st_mode) == 0o666 & ~mask
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "link.json", "real.json"]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(("verdict", "code"), [("pass", 2), ("fail", 1), ("undecided", 3)])
def test_a_full_disk_does_not_hide_the_verdict(verdict: str, code: int, cli: Cli, tmp_path: Path) -> None:
    rules = VERDICTS[verdict][1]
    for option in ("-o", "--per-row", "--errors"):
        target = "json:/dev/full" if option == "-o" else tmp_path / "full.csv"
        if option != "-o":
            target.symlink_to("/dev/full")
        result = cli("score", GAMES, *COLUMNS, *rules, option, target, "-o", tmp_path / "r.json")
        assert result.code == code
        assert "could not be written" in result.err
        assert "No space left" in result.err
        assert json.loads((tmp_path / "r.json").read_text())["gate"]["verdict"] == verdict
        if option != "-o":
            target.unlink()


def hostile(**more: Any) -> Report:
    """A report whose names are as bad as they come, with a rule on each of them."""
    rows = {name: (0.5 if j % 2 else None) for j, name in enumerate(HOSTILE)}
    report = made_report({"f1_macro": 0.5, "log_loss": None}, {"recall": rows}, **more)
    rules = asked_rules(fail_under=["recall:*=0.6", "f1=0.5", "recall:none`|of=1"])
    baseline = Baseline("a|b<c>", "missing", policy="warn")
    return gated(report, rules, baseline)


@pytest.mark.parametrize("form", FORMATS)
def test_hostile_names_stay_names(form: str) -> None:
    report = hostile(notes=(Note("absent-classes", "a|`b`\n::error::<c> @d"),))
    text = render(report, form)
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
    cells = Cells(markdown.render(hostile()))
    assert len(cells.tables) == 3
    for table in cells.tables:
        assert {len(row) for row in table} == {len(table[0])}
        for row in table:
            for cell in row:
                assert not re.search(r"<(?!!--)", cell), cell  # no markup at all
    classes = [html.unescape(row[0]) for row in cells.tables[2][1:]]
    assert {"a|b", "`c`", "<script>x</script>", "*bold*_it_", "[l](http://x)", "~~s~~"} <= set(classes)
    assert "@<!-- -->octocat" in classes  # nobody is mentioned
    assert max(map(len, classes)) <= 200


@given(st.text(max_size=20))
def test_markdown_shows_any_text_as_it_is(text: str) -> None:
    from evalcli.errors import printable

    shown = Cells(f"| a |\n| -- |\n| x{markdown.escaped(text)}x |\n").tables[0][1]
    plain = html.unescape(shown[0]).replace("<!-- -->", "")
    assert len(shown) == 1
    assert " ".join(plain.split()) == " ".join(f"x{printable(text)}x".split())


@pytest.mark.parametrize("length", [10, 2000])
def test_markdown_is_cut_to_fit(length: int) -> None:
    names = [f"{j:05d}{'ä' * length}" for j in range(3000)]
    report = made_report(
        {f"recall:{name}": 0.5 for name in names[:1000]}, {"recall": dict.fromkeys(names, 0.5)}
    )
    report = gated(report, asked_rules(fail_under=["recall:*=0.6", "f1=0.1"]))
    text = markdown.render(report)
    assert 20_000 < len(text.encode()) <= 60_000
    assert re.search(r"[\d,]+ of 3,001 rows were cut to keep this short; the JSON report has all\.", text)
    assert text.startswith("### evalcli: ❌ fail\n\n3,000 failed, 1 undecided of 3,001 rules\n")
    short = markdown.render(made_report({"f1_macro": 0.5}))
    assert "were cut" not in short


def test_tidy_text_is_read_by_pandas(cli: Cli, tmp_path: Path) -> None:
    report = cli(
        "score", GAMES, *COLUMNS, "-f", "json", "-o", tmp_path / "r.csv", "-o", tmp_path / "r.tsv"
    ).json
    table = pd.read_csv(tmp_path / "r.csv", dtype={"class": str})
    pd.testing.assert_frame_equal(table, pd.read_csv(tmp_path / "r.tsv", sep="\t", dtype={"class": str}))
    whole = table[table["class"].isna()].set_index("metric")
    assert whole["value"].to_dict() == {name: score["value"] for name, score in report["metrics"].items()}
    low = whole["low"].dropna().to_dict()
    assert low == {n: s["interval"][0] for n, s in report["metrics"].items() if "interval" in s}
    recall = table[table["metric"].eq("recall") & table["class"].eq("0")]
    assert recall["value"].item() == report["per_class"]["0"]["recall"]["value"]
    assert len(table) == len(report["metrics"]) + sum(len(row) - 1 for row in report["per_class"].values())


def test_junit_counts(cli: Cli) -> None:
    missing = ("--baseline", "none.json", "--baseline-missing", "pass", "--max-drop", "accuracy=1%")
    result = cli("score", GAMES, *COLUMNS, "-f", "junit", *VERDICTS["fail"][1], *missing, "--fail-on", "any")
    suite = parsed(result.out, "junit").find("testsuite")
    assert {name: suite.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "1",
        "skipped": "1",
    }
    failure = suite.find("testcase/failure")
    assert failure.get("message") == "f1 = 0.7326 < 0.9"
    assert "no class '9'" in suite.find("testcase/error").get("message")
    alone = cli("score", GAMES, *COLUMNS, "-f", "junit", "--baseline", "none.json")
    assert alone.code == 3
    assert parsed(alone.out, "junit").find("testsuite").get("errors") == "1"


def test_github_annotations_and_summary(process: Process, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    service = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    command = ("score", GAMES, *COLUMNS, "--fail-under", "f1=0.9", "-f", "json")
    result = process(*command, **service)
    assert result.code == 1
    assert result.json["gate"]["verdict"] == "fail"  # standard output is clean
    assert "::error title=evalcli%3A failed::f1 = 0.7326 < 0.9\n" in result.err
    assert summary.read_text().startswith("before\n### evalcli: ❌ fail\n")
    process(*command, **service)
    assert summary.read_text().count("### evalcli: ❌ fail") == 2
    silent = process(*command, "--ci", "none", **service)
    assert "::" not in silent.err
    assert summary.read_text().count("### evalcli: ❌ fail") == 2
    assert "::error" in process(*command, "--ci", "github").err
    wrong = process(*command, "--fail-under", "ff=1", **service)
    assert wrong.code == 2
    assert "::error title=evalcli::--fail-under ff=1: unknown metric 'ff'" in wrong.err
    assert "::" not in process(*command, "--fail-under", "ff=1", "--ci=none", **service).err
    lost = process(*command, **{**service, "GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert lost.code == 1
    assert "the step summary could not be written" in lost.err


def test_at_most_ten_annotations() -> None:
    notes = tuple(Note("many-ties", f"note {j}") for j in range(20))
    lines = github.render(replace(hostile(), notes=notes)).splitlines()
    assert len(lines) == 10
    assert all(re.fullmatch(r"::(error|warning) title=[^:,]*::.*", line) for line in lines)
    assert lines[0].startswith("::error title=evalcli%3A failed::")
    assert re.search(r"and \d+ more: see the log", lines[-1])
    assert github.render(made_report({})) == ""


def test_bare_values_with_names(process: Process) -> None:
    common = ("score", GAMES, *COLUMNS)
    result = process(*common, "--only", "f1", "--only", "recall:*,mcc", "--with-names")
    names = [line.split("\t") for line in result.out.splitlines()]
    assert [name for name, _ in names] == ["f1", "recall:0", "recall:1", "mcc"]
    values = process(*common, "--only", "f1,recall:*,mcc").out.split()
    assert values == [value for _, value in names]
    assert result.err == ""
    null = process(*common, "--only", "roc_auc:0", "-q")
    assert (null.code, null.out) == (0, "null\n")


def test_many_failures_of_one_rule_are_counted() -> None:
    from evalcli.renderers import sentences

    report = made_report({}, {"recall": {f"c{j}": j / 50 for j in range(50)}})
    gate = gated(report, asked_rules(fail_under=["recall:*=0.8"])).gate
    assert gate is not None
    lines = list(sentences.lines(gate, quiet=False))
    assert lines[0] == "passed: recall:c40 = 0.8000 >= 0.8 and 9 more of recall:*"
    assert lines[1] == "failed: recall:c0 = 0.0000 < 0.8"
    assert lines[-2:] == ["failed: 30 more of recall:*", "verdict: fail: 40 failed of 50 rules"]
    assert len(lines) == 13


def test_digits_tell_value_and_limit_apart_everywhere() -> None:
    report = gated(made_report({"f1_macro": 0.79999999}), asked_rules(fail_under=["f1=0.8"]))
    for form in FORMATS:
        text = render(report, form)
        assert "0.79999999" in text, form
        assert "0.8000" not in text


def test_nothing_is_written_over_what_is_read_or_written(cli: Cli, tmp_path: Path) -> None:
    games = tmp_path / "games.csv"
    games.write_bytes(GAMES.read_bytes())
    baseline = tmp_path / "b.json"
    for arguments in (
        ("-o", games),
        ("--per-row", games),
        ("--per-row", tmp_path / "r.csv", "-o", tmp_path / "r.csv"),
        ("--per-row", tmp_path / "r.csv", "--errors", f"{tmp_path}/./r.csv"),
        ("-o", tmp_path / "a.json", "-o", f"{tmp_path}/./a.json"),
        ("--baseline", baseline, "-o", baseline),
        ("-o", "json:-", "--only", "f1"),
        ("-o", "json:-", "--per-row", "-"),
    ):
        result = cli("score", games, *COLUMNS, *arguments)
        assert (result.code, result.out) == (2, ""), arguments
    assert games.read_bytes() == GAMES.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["games.csv"]


def test_links_that_lead_to_each_other(cli: Cli, tmp_path: Path) -> None:
    loop, other = tmp_path / "loop.json", tmp_path / "other.json"
    loop.symlink_to(tmp_path / "back.json")
    (tmp_path / "back.json").symlink_to(loop)
    result = cli("score", GAMES, *COLUMNS, "--fail-under", "f1=0.9", "-o", loop, "-o", other)
    assert result.code == 1
    assert "could not be written" in result.err
    assert json.loads(other.read_text())["gate"]["verdict"] == "fail"


def test_metrics_of_hostile_classes_are_xml_too() -> None:
    report = made_report({"recall:\x1b[31m": 0.5})
    assert parsed(render(report, "junit"), "junit") is not None
