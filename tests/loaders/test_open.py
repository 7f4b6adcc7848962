from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from evalcli.errors import InputError, UsageError
from evalcli.loaders.open import open_source
from evalcli.loaders.source import Settings, Source

TABLE = pa.table({"label": [1, 0, 1], "p": [0.75, 0.25, 0.5]})


def values(source: Source, name: str) -> list[object]:
    return [value for batch in source.batches([name]) for value in batch.column(0).to_pylist()]


def test_the_content_decides_and_not_the_suffix(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "p.csv")
    source = open_source(str(tmp_path / "p.csv"))
    assert (source.columns, source.rows) == (("label", "p"), 3)
    assert values(source, "p") == [0.75, 0.25, 0.5]


def test_several_files_are_one_table(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "one.parquet")
    pq.write_table(TABLE[:1], tmp_path / "two.parquet")
    names = [str(tmp_path / name) for name in ("two.parquet", "one.parquet")]
    source = open_source(names)
    assert values(source, "p") == [0.75, 0.75, 0.25, 0.5]
    assert source.rows == 4
    assert [file.path for file in source.files] == names


def test_a_folder_of_two_formats(tmp_path: Path) -> None:
    pq.write_table(TABLE, tmp_path / "one.parquet")
    (tmp_path / "two.csv").write_text("label,p\n1,0.5\n")
    with pytest.raises(InputError, match="several formats") as caught:
        open_source(str(tmp_path))
    assert caught.value.code == "shards-differ"
    assert values(open_source(str(tmp_path / "*.parquet")), "label") == [1, 0, 1]


def test_a_format_that_is_unknown() -> None:
    with pytest.raises(UsageError, match="'stata'"):
        open_source("p.csv", Settings(format="stata"))


def test_two_columns_of_one_name(tmp_path: Path) -> None:
    (tmp_path / "p.csv").write_text("label,p,q,p\n1,0.5,0,1\n")
    with pytest.raises(InputError) as caught:
        open_source(str(tmp_path / "p.csv"))
    assert caught.value.code == "column-twice"
    assert caught.value.found == "p"


def test_two_columns_of_one_name_in_a_typed_file(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["p", "p"])
    feather.write_feather(table, str(tmp_path / "p.feather"))
    with pytest.raises(InputError) as caught:
        open_source(str(tmp_path / "p.feather"))
    assert caught.value.code == "column-twice"


def test_no_columns(tmp_path: Path) -> None:
    pq.write_table(pa.table({}), tmp_path / "p.parquet")
    with pytest.raises(InputError) as caught:
        open_source(str(tmp_path / "p.parquet"))
    assert caught.value.code == "empty"


def test_a_folder_named_after_a_value_is_a_column(tmp_path: Path) -> None:
    for name, rows in (("dev", 1), ("test", 2)):
        (tmp_path / f"split={name}").mkdir()
        pq.write_table(TABLE[:rows], tmp_path / f"split={name}" / "p.parquet")
    source = open_source(str(tmp_path))
    assert values(source, "split") == ["dev", "test", "test"]
