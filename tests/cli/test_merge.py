from __future__ import annotations

from pathlib import Path

from support.command_line import Cli, assert_refused
from support.parts import parts_of, rows


def test_gates_and_baselines(cli: Cli, tmp_path: Path) -> None:
    states = parts_of(cli, tmp_path)
    assert cli("merge", *states, "-o", tmp_path / "r.json", "--fail-under", "f1=0.99").code == 1
    assert cli("merge", *states, "--fail-under", "recall_macro=0.1", "--expect", "4").code == 0
    again = cli("merge", *reversed(states), "--baseline", tmp_path / "r.json", "--max-drop", "f1=0")
    assert again.code == 0, again.err  # the labels of all parts are the same in any order
    same = cli("merge", *states, "--baseline", tmp_path / "r.json", "--max-drop", "f1=0")
    assert same.code == 0, same.err
    assert_refused(cli("merge", *states[1:], "--expect", "4"), "3 parts instead of 4")
    assert (
        cli("merge", *states, "--only", "accuracy", "--digits", "2").out.strip()
        == cli("show", tmp_path / "r.json", "--only", "accuracy", "--digits", "2").out.strip()
    )


def test_pages_and_pictures_are_those_of_one_run(cli: Cli, tmp_path: Path) -> None:
    states = parts_of(cli, tmp_path, "binary")
    out = ("-o", tmp_path / "r.html", "-o", tmp_path / "r.md", "--plots", tmp_path / "plots")
    assert cli("merge", *states, *out).code == 0
    assert b"roc" in (tmp_path / "r.html").read_bytes()
    assert (tmp_path / "plots" / "roc.png").stat().st_size > 5000


def test_places_without_states(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "p.csv").write_text("a\n1\n")
    assert_refused(cli("merge", tmp_path / "empty"), "empty")
    assert_refused(cli("merge", tmp_path / "none-*.state"), "no file matches")
    assert_refused(cli("merge", tmp_path / "none.state"), "no such file")
    parts_of(cli, tmp_path)
    assert cli("merge", tmp_path, "--expect", "4").code == 0
    assert_refused(cli("merge", tmp_path / "part-0.state", tmp_path / "part-0.state"), "given twice")


def test_options_of_states(cli: Cli, tmp_path: Path) -> None:
    rows("binary").to_csv(tmp_path / "p.csv", index=False)
    given = ("score", tmp_path / "p.csv", "--task", "binary", "--unweighted")
    assert_refused(cli(*given, "--first-row", "5"), "--first-row is for --state")
    assert_refused(cli(*given, "--state", tmp_path / "x.state", "--first-row", "-1"), "--first-row -1")
    assert_refused(cli(*given, "--state", tmp_path / "p.csv"), "refusing to overwrite the input")
    batches = ("--state", tmp_path / "x.state", "--explain-batches", "10")
    assert_refused(cli(*given, *batches), "--explain-batches needs all rows in order")
    assert not (tmp_path / "x.state").exists()
    assert_refused(cli("merge", tmp_path / "p.csv", "--expect", "0"), "--expect 0")


def test_inputs_are_not_overwritten(cli: Cli, tmp_path: Path) -> None:
    """However they are named."""
    parts_of(cli, tmp_path)
    before = (tmp_path / "part-0.state").read_bytes()
    for inputs in (tmp_path, tmp_path / "part-*.state", tmp_path / "part-0.state"):
        for out in ("--state", "-o"):
            refused = cli("merge", inputs, out, tmp_path / "part-0.state")
            assert_refused(refused, "refusing to overwrite the input")
    refused = cli("score", tmp_path / "part-*.parquet", "--state", tmp_path / "part-1.parquet")
    assert_refused(refused, "refusing to overwrite the input")
    assert (tmp_path / "part-0.state").read_bytes() == before


def test_options_of_score_are_advised_where_parts_are_scored(cli: Cli, tmp_path: Path) -> None:
    states = parts_of(cli, tmp_path)
    for option in (("--seed", "3"), ("--by", "site"), ("--define", "x = f1_macro")):
        assert_refused(cli("merge", *states, *option), "no such option", f"evalcli score PART {option[0]}")
