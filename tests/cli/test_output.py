from __future__ import annotations

import json
from pathlib import Path

import pytest
from msgspec import Struct

from evalcli.cli.output import view_of, write_out
from evalcli.renderers.formats import suffixes_of
from evalcli.renderers.tables import View
from support.builders import GOOD
from support.command_line import Cli, Process, Save
from support.outputs import VERDICTS, parsed
from support.paths import GAME_COLUMNS, GAMES


def test_an_output_that_cannot_be_written(cli: Cli, saved: Save, tmp_path: Path) -> None:
    """It is a separate error: the other reports are written, and the verdict is kept."""
    (tmp_path / "taken.json").mkdir()
    arguments = ("-o", tmp_path / "taken.json", "-o", tmp_path / "new" / "r.json")
    for rule, code in (("under accuracy=0.1", 2), ("over log_loss=0", 1), ("under recall:x=1", 3)):
        result = cli("score", saved("p.csv", GOOD), *arguments, *f"--fail-{rule}".split())
        assert result.code == code
        assert "error: the report could not be written\n  where: " in result.err
        assert rule.split()[1].split("=")[0] in result.err
        assert "per class" in result.out
        verdict = json.loads((tmp_path / "new" / "r.json").read_text())["gate"]["verdict"]
        assert verdict == {2: "pass", 1: "fail", 3: "undecided"}[code]
    assert not list(tmp_path.glob(".taken*"))


def test_reports_are_written_before_the_exit(cli: Cli, wnba: tuple[object, ...], tmp_path: Path) -> None:
    result = cli("score", *wnba, "--fail-under", "f1=1", "-o", tmp_path / "r.json", "-o", tmp_path / "r.txt")
    assert result.code == 1
    assert (tmp_path / "r.txt").read_text() == result.out
    assert json.loads((tmp_path / "r.json").read_text())["metrics"]["f1"]["value"] < 1


def test_quiet_leaves_the_failures(cli: Cli, wnba: tuple[object, ...]) -> None:
    result = cli("score", *wnba, "-q", "--fail-under", "f1=0.9", "--fail-under", "recall=0.1")
    assert result.err == "failed: f1 = 0.7326 < 0.9\n"


def test_quiet(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,pred\na,a\nb,a\n")
    assert "never-predicted" in cli("score", tmp_path / "p.csv").err
    assert cli("score", tmp_path / "p.csv", "--quiet").err == ""


def test_forms_by_suffix_or_by_name(cli: Cli, tmp_path: Path) -> None:
    paths = [tmp_path / f"r{suffix}" for suffix in suffixes_of("report")]
    named = tmp_path / "plain"
    stdout = cli(
        "score",
        GAMES,
        *GAME_COLUMNS,
        *(x for p in paths for x in ("-o", p)),
        "-o",
        f"junit:{named}",
        "-o",
        "json:-",
    )
    assert stdout.code == 0
    assert stdout.json["task"] == "binary"
    for path, form in zip(paths, suffixes_of("report").values(), strict=True):
        parsed(path.read_text(), form)
    assert parsed(named.read_text(), "junit").tag == "testsuites"
    for arguments, words in (
        (("-o", "r.pdf"), "which format?"),
        (("-o", "-"), "which format?"),
        (("-o", "r.json", "-o", "r.json"), "named twice"),
        (("-f", "xml"), "one of table, json"),
        (("--ci", "gitlab"), "invalid value 'gitlab'"),
        (("--with-names",), "needs --only"),
        (("--only", "f1", "--per-row", "-"), "both write to standard output"),
        (("--per-row", "a.csv", "--errors", "a.csv"), "use two paths"),
        (("--per-row", "a.xlsx"), "unknown suffix"),
    ):
        refused = cli("score", GAMES, *GAME_COLUMNS, *arguments)
        assert (refused.code, refused.out) == (2, "")
        assert words in refused.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(("verdict", "code"), [("pass", 2), ("fail", 1), ("undecided", 3)])
def test_a_full_disk_does_not_hide_the_verdict(verdict: str, code: int, cli: Cli, tmp_path: Path) -> None:
    rules = VERDICTS[verdict][1]
    for option in ("-o", "--per-row", "--errors"):
        target = "json:/dev/full" if option == "-o" else tmp_path / "full.csv"
        if option != "-o":
            target.symlink_to("/dev/full")
        result = cli("score", GAMES, *GAME_COLUMNS, *rules, option, target, "-o", tmp_path / "r.json")
        assert result.code == code
        assert "could not be written" in result.err
        assert "No space left" in result.err
        assert json.loads((tmp_path / "r.json").read_text())["gate"]["verdict"] == verdict
        if option != "-o":
            target.unlink()


def test_github_annotations_and_summary(process: Process, tmp_path: Path) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n")
    service = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(summary)}
    command = ("score", GAMES, *GAME_COLUMNS, "--fail-under", "f1=0.9", "-f", "json")
    result = process(*command, **service)
    assert result.code == 1
    assert result.json["gate"]["verdict"] == "fail"  # standard output is clean
    assert f"::error title=evalcli%3A {GAMES} failed::f1 = 0.7326 < 0.9\n" in result.err
    assert summary.read_text().startswith(f"before\n### evalcli: {GAMES} ❌ fail\n")
    process(*command, **service)
    assert summary.read_text().count(f"### evalcli: {GAMES} ❌ fail") == 2
    silent = process(*command, "--ci", "none", **service)
    assert "::" not in silent.err
    assert summary.read_text().count(f"### evalcli: {GAMES} ❌ fail") == 2
    assert "::error" in process(*command, "--ci", "github").err
    wrong = process(*command, "--fail-under", "ff=1", **service)
    assert wrong.code == 2
    assert f"::error title=evalcli%3A {GAMES} error::--fail-under ff=1: unknown metric 'ff'" in wrong.err
    assert "::" not in process(*command, "--fail-under", "ff=1", "--ci=none", **service).err
    lost = process(*command, **{**service, "GITHUB_STEP_SUMMARY": str(tmp_path)})
    assert lost.code == 1
    assert "the step summary could not be written" in lost.err


def test_bare_values_with_names(process: Process) -> None:
    common = ("score", GAMES, *GAME_COLUMNS)
    result = process(*common, "--only", "f1", "--only", "recall:*,mcc", "--with-names")
    names = [line.split("\t") for line in result.out.splitlines()]
    assert [name for name, _ in names] == ["f1", "recall:0", "recall:1", "mcc"]
    values = process(*common, "--only", "f1,recall:*,mcc").out.split()
    assert values == [value for _, value in names]
    assert result.err == ""
    null = process(*common, "--only", "roc_auc:0", "-q")
    assert (null.code, null.out) == (0, "null\n")


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
        result = cli("score", games, *GAME_COLUMNS, *arguments)
        assert result.code == 2, arguments
        # a program that reads there gets the error
        assert "error" in result.json if "json:-" in arguments else result.out == "", arguments
    assert games.read_bytes() == GAMES.read_bytes()
    assert [path.name for path in tmp_path.iterdir()] == ["games.csv"]


class Display(Struct, frozen=True):
    """Options, of which one is named as a field of the view is."""

    most: int = 3
    other: int = 1


def test_what_is_displayed_follows_options_by_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FORCE_COLOR", raising=False)
    assert view_of(Display()) == View(most=3)
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "66")
    assert view_of(Display()) == View(width=66, colour=True, most=3)


@pytest.mark.parametrize("data", [b"\x89PNG\r\n\x1a\n\xff\x00", "caf\u00e9\n".encode()])
def test_whatever_a_renderer_makes_is_written_as_it_is(
    data: bytes, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    write_out(data)
    assert capsysbinary.readouterr().out == data
