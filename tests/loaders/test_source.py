from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from evalcli.errors import InputError
from evalcli.loaders.open import open_source
from support.formats import arrow_stream, feather


@pytest.mark.parametrize("form", ["parquet", "feather", "arrows"])
def test_a_duplicate_column_name(form: str, tmp_path: Path) -> None:
    table = pa.Table.from_arrays(
        [pa.array([0, 1]), pa.array([1, 0]), pa.array([0.1, 0.9])], ["y", "y", "prob"]
    )
    if form == "parquet":
        pq.write_table(table, tmp_path / "p.parquet")
    else:
        (tmp_path / f"p.{form}").write_bytes(arrow_stream(table) if form == "arrows" else feather(table))
    with pytest.raises(InputError, match="duplicate column name"):
        open_source(str(next(tmp_path.iterdir())))
