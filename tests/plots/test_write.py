from __future__ import annotations

from pathlib import Path

import pytest

from evalcli.errors import OutputError, UsageError
from evalcli.plots.kinds import KINDS, Look, kinds_of
from evalcli.plots.write import write_pictures
from support.drawing import report


def test_one_file_or_a_folder(tmp_path: Path) -> None:
    source = report()
    write_pictures([KINDS["roc"]], source, Look(), str(tmp_path / "r.svg"), 100)
    assert (tmp_path / "r.svg").exists()
    write_pictures(kinds_of(source)[:2], source, Look(), str(tmp_path / "all") + "/", 50)
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == ["confused.png", "confusion.png"]


def test_what_does_not_fit_leaves_no_file(tmp_path: Path) -> None:
    source = report()
    with pytest.raises(UsageError, match="do not fit into one file"):
        write_pictures(kinds_of(source), source, Look(), str(tmp_path / "a.png"), 50)
    with pytest.raises(UsageError, match="shows one model"):
        write_pictures([KINDS["confusion"]], source, Look(also={"b": source}), str(tmp_path / "a.png"), 50)
    with pytest.raises(UsageError, match="not a style sheet"):
        write_pictures([KINDS["roc"]], source, Look(), str(tmp_path / "a.png"), 50, str(tmp_path / "none"))
    assert not list(tmp_path.iterdir())


def test_a_picture_that_cannot_be_written_is_called_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="the picture could not be written"):
        write_pictures([KINDS["confusion"]], report(), Look(), str(tmp_path / "file" / "confusion.svg"), 150)
