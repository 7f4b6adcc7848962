from __future__ import annotations

from itertools import combinations
from pathlib import Path

import pytest

from evalcli.engine.joint import RowJoints
from evalcli.engine.models import models_of
from evalcli.engine.sides import on_the_same_rows
from evalcli.engine.stored_comparison import (
    StoredComparison,
    stored_comparison,
    write_comparison,
)
from evalcli.engine.stored_content import read_content
from evalcli.inputs.options import Options
from evalcli.loaders.resource import Resource
from support.command_line import Cli

LABELS = [0, 1, 1] * 9


@pytest.fixture
def stored(tmp_path: Path) -> StoredComparison:
    for number in range(3):
        rows = "".join(
            f"{y},{(y + (row % 7 == number)) % 2},{'ab'[row % 2]}\n" for row, y in enumerate([0, 1, 1] * 9)
        )
        (tmp_path / f"m{number}.csv").write_text("label,prediction,site\n" + rows)
    options = Options(
        tuple(str(tmp_path / f"m{number}.csv") for number in range(3)), by=("site",), stored=True
    )
    sides, left_out = on_the_same_rows(models_of(options, ()), ())
    return stored_comparison(sides, left_out, RowJoints(), True)


def test_a_file_and_back(stored: StoredComparison, tmp_path: Path) -> None:
    path = tmp_path / "x.state"
    path.write_bytes(write_comparison(stored))
    read = read_content(Resource(str(path)), StoredComparison)
    assert read.names == stored.names == ("m0.csv", "m1.csv", "m2.csv")
    assert len(read.whole) == len([*combinations(range(3), 2)])
    for one, other in zip(read.whole, stored.whole, strict=True):
        assert one.table is not None
        assert other.table is not None
        assert one.table.outcomes() == other.table.outcomes()
    assert [dict(part.by) for part in read.slices] == [{"site": "a"}, {"site": "b"}]


def test_two_add(stored: StoredComparison) -> None:
    both = stored + stored
    assert [len(model.parts) for model in both.models] == [2, 2, 2]
    for one, other in zip(both.whole, stored.whole, strict=True):
        assert one.table is not None
        assert other.table is not None
        assert one.table.n == 2 * other.table.n == 54
    assert len(both.slices) == 2


def test_show(stored: StoredComparison, cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "x.state"
    path.write_bytes(write_comparison(stored))
    assert cli("show", path, "-f", "json").json["models"] == ["m0.csv", "m1.csv", "m2.csv"]
    assert "m0.csv, m1.csv, m2.csv" in cli("show", path).out
