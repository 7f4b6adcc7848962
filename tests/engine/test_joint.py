from __future__ import annotations

import numpy as np
import pytest

from evalcli.engine.joint import RowJoints
from evalcli.engine.models import models_of
from evalcli.engine.sides import on_the_same_rows
from evalcli.inputs.options import Options


@pytest.fixture
def sides(tmp_path):  # type: ignore[no-untyped-def]
    for name, column in (("old", [0, 1, 1, 0, 1]), ("new", [0, 1, 0, 1, 1])):
        rows = "".join(f"{y},{p}\n" for y, p in zip([0, 1, 1, 1, 0], column, strict=True))
        (tmp_path / f"{name}.csv").write_text("label,prediction\n" + rows)
    options = Options((str(tmp_path / "old.csv"), str(tmp_path / "new.csv")))
    return on_the_same_rows(models_of(options, ()), ())[0]


def test_rows_of_two_models(sides) -> None:  # type: ignore[no-untyped-def]
    found = RowJoints().of(*sides, None)
    assert found.table is not None
    assert not found.identical
    assert found.table.outcomes() == (2, 1, 1, 1)  # right in both, broken, fixed, wrong in both
    assert RowJoints().of(sides[0], sides[0], None).identical


def test_the_other_way_round(sides) -> None:  # type: ignore[no-untyped-def]
    turned, expected = RowJoints().of(*sides, None).reversed(), RowJoints().of(*sides[::-1], None)
    assert turned.table is not None
    assert expected.table is not None
    both = (np.lexsort(table.cells) for table in (turned.table, expected.table))
    ours, theirs = (
        [*map(tuple, np.vstack([table.cells, table.counts]).T[order])]
        for table, order in zip((turned.table, expected.table), both, strict=True)
    )
    assert ours == theirs
    assert turned.table.outcomes() == (2, 1, 1, 1)
