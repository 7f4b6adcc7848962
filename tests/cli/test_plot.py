from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import Cli, Process, assert_refused


@pytest.fixture
def predictions(tmp_path: Path) -> Path:
    path = tmp_path / "p.csv"
    rows = "".join(f"{i % 2},{(i * 37 % 100) / 200 + (i % 2) / 3:.3f}\n" for i in range(400))
    path.write_text("label,prob\n" + rows)
    return path


def test_from_predictions_and_from_a_report(
    process: Process, cli: Cli, predictions: Path, tmp_path: Path
) -> None:
    result = process("plot", "confusion", predictions, "-o", tmp_path / "c.png")
    assert result.code == 0, result
    assert (tmp_path / "c.png").read_bytes().startswith(b"\x89PNG")
    assert cli("score", predictions, "-o", tmp_path / "r.json", "--plots", tmp_path / "a").code == 0
    assert cli("plot", "all", tmp_path / "r.json", "-o", tmp_path / "b").code == 0
    names = [{path.name for path in (tmp_path / folder).iterdir()} for folder in ("a", "b")]
    assert names[0] == names[1] and {"roc.png", "reliability.png"} <= names[0]
    also = ("--also", f"again={tmp_path / 'r.json'}", "--size", "4x3", "-o", tmp_path / "o.pdf")
    assert cli("plot", "roc", tmp_path / "r.json", *also).code == 0


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("rok", "{p}", "-o", "x.png"), "did you mean roc"),
        (("roc", "{p}"), "where should the picture go"),
        (("roc", "{p}", "-o", "x.gif"), "which format"),
        (("all", "{p}", "-o", "x.png"), "do not fit into one file"),
        (("residuals", "{p}", "-o", "x.png"), "no such picture"),
        (("slices", "{p}", "-o", "x.png"), "no slices"),
        (("roc", "{p}", "-o", "x.png", "--size", "big"), "not WIDTHxHEIGHT"),
        (("roc", "{p}", "-o", "x.png", "--dpi", "1"), "--dpi 1"),
        (("roc", "{p}", "-o", "x.png", "--style", "none"), "not a style sheet"),
        (("roc", "{p}", "-o", "x.png", "--also", "r.json"), "NAME=REPORT"),
        (("confusion", "{p}", "-o", "x.png", "--sort", "odd"), "odd"),
    ],
)
def test_what_does_not_fit_is_refused(
    given: tuple[str, ...],
    words: str,
    cli: Cli,
    predictions: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    before = set(tmp_path.iterdir())
    assert_refused(cli("plot", *(text.format(p=predictions) for text in given)), words)
    assert set(tmp_path.iterdir()) == before


def test_a_report_without_curves_says_how_to_get_them(cli: Cli, predictions: Path, tmp_path: Path) -> None:
    path = tmp_path / "r.json"
    assert cli("score", predictions, "-o", path, "--curves", "none").code == 0
    assert "the report has no curves" in cli("plot", "roc", path, "-o", tmp_path / "x.png").err
    assert cli("plot", "confusion", path, "-o", tmp_path / "x.png").code == 0
    assert_refused(cli("score", predictions, "--plots", tmp_path / "a", "--curves", "none"), "--curves")
