from __future__ import annotations

import numpy as np

from evalcli.loaders.table import TableSource
from evalcli.loaders.without import WithoutColumns


def test_the_rows_of_a_source_without_a_column() -> None:
    table = TableSource("arrays", {"a": np.arange(3), "b": np.arange(3) * 2, "c": np.ones(3)})
    source = WithoutColumns(table, ["b"])
    assert source.columns == ("a", "c")
    assert set(source.types) == {"a", "c"}
    assert source.rows == 3
    assert source.place("a", 1) == table.place("a", 1)
    (batch,) = source.batches(["c", "a"])
    assert batch.schema.names == ["c", "a"]
