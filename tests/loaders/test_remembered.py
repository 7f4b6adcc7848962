from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from evalcli.inputs.matching.match import index_of
from evalcli.loaders.open import open_source
from evalcli.loaders.remembered import Remembered


def test_rows_and_index_are_made_once(tmp_path: Path) -> None:
    path = tmp_path / "y.csv"
    path.write_text("id,label\na,1\nb,0\n")
    source = open_source(str(path))
    kept = Remembered(source)
    assert (kept.columns, kept.path, kept.place()) == (source.columns, source.path, source.place())
    first = pa.Table.from_batches(kept.batches(["id", "label"], ids=["id"]))
    index = index_of(kept, "id")
    path.write_text("gone")
    assert pa.Table.from_batches(kept.batches(["id", "label"], ids=["id"])).equals(first)
    assert first.to_pylist()[1]["id"] == "b"
    assert index_of(kept, "id") is index
