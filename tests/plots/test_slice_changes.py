from __future__ import annotations

from pathlib import Path

from evalcli.report.reader import read_stored
from support.command_line import Cli
from support.drawing import data, drawn, ticks


def test_a_point_for_each_slice(cli: Cli, tmp_path: Path) -> None:
    for name, error in (("old", 3), ("new", 5)):
        lines = [f"{i % 2},{(i % 2) ^ (i % error == 0)},{'abc'[i % 3]}" for i in range(300)]
        (tmp_path / f"{name}.csv").write_text("label,pred,part\n" + "\n".join(lines) + "\n")
    stored = tmp_path / "c.json"
    assert cli("compare", tmp_path / "old.csv", tmp_path / "new.csv", "--by", "part", "-o", stored).code == 0
    found = read_stored(str(stored))
    rows = data("slice_changes", found)
    assert {row["slice"] for row in rows} == {"part=a", "part=b", "part=c"}
    changes = {part.label: part.changes[0].change for part in found.against[0].slices}  # type: ignore[union-attr]
    assert {row["slice"]: row["change"] for row in rows} == changes
    axes = drawn("slice_changes", found)
    assert len(ticks(axes)) == 3 and "higher is better" in axes.get_xlabel()
    assert cli("plot", "all", stored, "-o", f"{tmp_path}/pictures/").out.count(".png") == 3
