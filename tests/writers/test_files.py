from __future__ import annotations

import json
import os
import stat
from pathlib import Path

from support.command_line import Cli
from support.paths import GAME_COLUMNS, GAMES


def test_files_keep_what_they_are(cli: Cli, tmp_path: Path) -> None:
    """Permissions stay, a link stays one, a device is written to; folders are made."""
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    real.write_text("{}")
    real.chmod(0o640)
    link.symlink_to(real)
    new = tmp_path / "a" / "b" / "r.json"
    result = cli("score", GAMES, *GAME_COLUMNS, "-o", link, "-o", new, "-o", f"json:{os.devnull}")
    assert result.code == 0
    assert link.is_symlink()
    assert json.loads(real.read_text()) == json.loads(new.read_text())
    assert stat.S_IMODE(real.stat().st_mode) == 0o640
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE(new.stat().st_mode) == 0o666 & ~mask
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "link.json", "real.json"]


def test_links_that_lead_to_each_other(cli: Cli, tmp_path: Path) -> None:
    loop, other = tmp_path / "loop.json", tmp_path / "other.json"
    loop.symlink_to(tmp_path / "back.json")
    (tmp_path / "back.json").symlink_to(loop)
    result = cli("score", GAMES, *GAME_COLUMNS, "--fail-under", "f1=0.9", "-o", loop, "-o", other)
    assert result.code == 1
    assert "could not be written" in result.err
    assert json.loads(other.read_text())["gate"]["verdict"] == "fail"
