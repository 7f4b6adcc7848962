from __future__ import annotations

from pathlib import Path

from support.command_line import Cli
from support.paths import DATA


def test_a_baseline_alone_keeps_the_stored_rules(cli: Cli, tmp_path: Path) -> None:
    for baseline in (DATA / "report-first.json", tmp_path / "none.json"):
        common = ("show", DATA / "report-first.json", "--baseline", baseline, "--allow", "labels-changed")
        assert cli(*common, "--baseline-missing", "pass").code == 1


def test_show_writes_where_it_is_told_to(cli: Cli, here: Path, wnba: tuple[object, ...]) -> None:
    assert cli("score", *wnba, "-o", "old.json").code == 0
    (here / "evalcli.toml").write_text("output = ['new.json']\nonly = 'f1'\n")
    assert "accuracy" in cli("show", "old.json").out
    assert not (here / "new.json").exists()
