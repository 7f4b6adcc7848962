from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.cli.apart import require_apart
from evalcli.errors import UsageError


def test_what_is_read_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """However it is named: by a path, a glob, a folder or another way to it."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    for name in ("in/a.csv", "in/b.csv"):
        (tmp_path / name).write_text("x")
    (tmp_path / "link.csv").symlink_to(tmp_path / "in" / "a.csv")
    for inputs in (["in/a.csv"], ["in/*.csv"], ["in"], [str(tmp_path / "in" / "[ab].csv")], ["link.csv"]):
        for target in ("in/a.csv", str(tmp_path / "in" / "a.csv"), "link.csv"):
            with pytest.raises(UsageError, match="refusing to overwrite the input"):
                require_apart([target], inputs, ())
    require_apart(["in/c.csv"], ["in/*.csv", "-", "s3://bucket/*"], ["json:r.json"])


def test_outputs_have_a_file_each(tmp_path: Path) -> None:
    path = str(tmp_path / "r.json")
    with pytest.raises(UsageError, match="named for two outputs"):
        require_apart([path], (), [f"json:{path}"])
    require_apart([path, "-"], (), ["-"])
