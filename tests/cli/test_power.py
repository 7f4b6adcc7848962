from __future__ import annotations

from pathlib import Path

import pytest

from support.command_line import Cli, assert_refused


@pytest.fixture
def stored(cli: Cli, tmp_path: Path) -> Path:
    rows = "".join(f"{i % 2},{(i + (i % 5 == 0)) % 2}\n" for i in range(400))
    (tmp_path / "p.csv").write_text("label,pred\n" + rows)
    path = tmp_path / "r.json"
    assert cli("score", tmp_path / "p.csv", "-o", path, "--fail-under", "accuracy=0.7").code == 0
    return path


def test_a_rule_and_the_rules_of_a_report(cli: Cli, stored: Path) -> None:
    result = cli("power", stored, "--rule", "accuracy=0.79")
    assert result.code == 0, result
    assert "accuracy>=0.79" in result.out and "rows for 1 %" in result.out
    data = cli("power", stored, "--flake", "5%", "--format", "json").json
    assert (data["kind"], data["flake"], data["rules"][0]["limit"]) == ("power", 0.05, 0.7)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (("--rule", "accuracy"), "is not NAME=VALUE"),
        (("--rule", "nothing=0.5"), "nothing"),
        (("--flake", "x", "--rule", "accuracy=0.5"), "not a share"),
        (("--on", "both"), "both"),
    ],
)
def test_what_does_not_fit_is_refused(given: tuple[str, ...], words: str, cli: Cli, stored: Path) -> None:
    assert_refused(cli("power", stored, *given), words)
