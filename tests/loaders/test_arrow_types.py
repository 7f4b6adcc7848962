from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from evalcli.loaders.open import open_source
from support.formats import feather


def test_exotic_arrow_types(tmp_path: Path) -> None:
    score_column = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), pa.array([0.25, 0.75]))
    table = pa.table(
        {
            "label": pa.array(["a", "b", "a"]).cast(pa.binary_view()),
            "ends": pa.RunEndEncodedArray.from_arrays([2, 3], [0.5, 1.0]),
            "views": pa.array([[1.0], None, [3.0, 4.0]], pa.list_view(pa.float64())),
            "scores": score_column,
        }
    )
    (tmp_path / "p.arrow").write_bytes(feather(table, "uncompressed"))
    source = open_source(str(tmp_path / "p.arrow"))
    (batch,) = source.batches(source.columns)
    assert batch.to_pydict() == {
        "label": ["a", "b", "a"],
        "ends": [0.5, 0.5, 1.0],
        "views": [[1.0], None, [3.0, 4.0]],
        "scores": [0.25, 0.75, 0.25],
    }
