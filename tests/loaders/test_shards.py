from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq
import pytest
from pyarrow import feather

from evalcli.errors import InputError
from evalcli.loaders.open import open_source
from evalcli.loaders.shards import Shards
from support.command_line import Cli
from support.formats import TABLE, figures


def shards() -> Iterator[pa.Table]:
    yield from (TABLE.slice(start, 1) for start in range(6))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve shards whose names sort otherwise than their numbers, and what writers leave beside them."""
    for number, part in enumerate([*shards(), *(TABLE.slice(0, 0) for _ in range(6))]):
        pq.write_table(part, tmp_path / f"part-{number}.parquet")
    (tmp_path / "_SUCCESS").write_text("")
    (tmp_path / ".part-0.parquet.crc").write_bytes(b"crc")
    (tmp_path / "README.md").write_text("about")
    return tmp_path


def test_shards_come_in_the_order_of_their_numbers(folder: Path, expected: Any) -> None:
    assert figures(folder) == expected
    assert figures((str(folder / "part-*.parquet"),)) == expected
    assert figures((str(folder / "part-?.parquet"), str(folder / "part-1?.parquet"))) == expected
    source = open_source(str(folder / "part-*.parquet"))
    assert [Path(file.path).name for file in source.files][:3] == [f"part-{j}.parquet" for j in range(3)]
    assert [file.rows for file in source.files] == [1] * 6 + [0] * 6
    assert Path(source.place("label", 4).file).name == "part-4.parquet"
    assert source.place("label", 4).row == 1


def test_partitions_are_columns(tmp_path: Path, expected: Any) -> None:
    for region, rows in (("eu", (0, 3)), ("us%2Fwest", (3, 3))):
        (tmp_path / f"region={region}").mkdir()
        pc.write_csv(TABLE.slice(*rows), tmp_path / f"region={region}" / "part.csv")
    source = open_source(str(tmp_path))
    assert source.columns == (*TABLE.column_names, "region")
    found = pa.Table.from_batches(source.batches(["region"]))
    assert found.column("region").to_pylist() == ["eu"] * 3 + ["us/west"] * 3
    assert figures(tmp_path) == expected


def test_shards_that_do_not_fit(tmp_path: Path) -> None:
    pc.write_csv(TABLE, tmp_path / "a.csv")
    pc.write_csv(TABLE.rename_columns(["label", "prob_0", "prob_1", "prob_x"]), tmp_path / "b.csv")
    with pytest.raises(InputError, match="same columns") as caught:
        open_source([str(tmp_path / "a.csv"), str(tmp_path / "b.csv")])
    assert "no prob_2" in str(caught.value.found)
    np.save(tmp_path / "a.npy", np.zeros((2, 3)))
    np.save(tmp_path / "b.npy", np.zeros((2, 4)))
    with pytest.raises(InputError, match="different widths"):
        open_source(str(tmp_path / "*.npy"))
    with pytest.raises(InputError, match="several formats"):
        open_source(str(tmp_path))
    with pytest.raises(InputError, match="no file matches"):
        open_source(str(tmp_path / "*.parquet"))


def test_shards_of_different_precision_are_one_type(tmp_path: Path) -> None:
    pq.write_table(pa.table({"p": pa.array([0.1, 0.2], pa.float32())}), tmp_path / "a.parquet")
    pq.write_table(pa.table({"p": pa.array([0.3], pa.float64())}), tmp_path / "b.parquet")
    source = open_source(str(tmp_path / "*.parquet"))
    assert {str(batch.schema.types[0]) for batch in source.batches(["p"])} == {"double"}


@pytest.mark.parametrize("other", [pa.array([2**63 + 5], pa.uint64()), pa.array([2.0**60])])
def test_shards_with_ids_of_different_types(other: pa.Array, cli: Cli, tmp_path: Path) -> None:
    pq.write_table(
        pa.table({"id": pa.array([1, 2]), "label": [0, 1], "prob": [0.1, 0.9]}), tmp_path / "a.parquet"
    )
    pq.write_table(pa.table({"id": other, "label": [1], "prob": [0.9]}), tmp_path / "b.parquet")
    assert cli("score", tmp_path / "a.parquet", tmp_path / "b.parquet").code == 0
    assert cli("score", tmp_path / "a.parquet", tmp_path / "b.parquet", "--id-col", "id").code in (0, 2)


def test_names_of_classes_of_several_files(tmp_path: Path) -> None:
    table = pa.table({"p": [0.5]})
    for name, classes in (("1", b'["a", "b"]'), ("2", b"a, b"), ("3", None), ("4", b"b, a")):
        named = table.replace_schema_metadata({b"classes": classes} if classes else None)
        pq.write_table(named, tmp_path / f"{name}.parquet")
        feather.write_feather(named, str(tmp_path / f"{name}.feather"))
    for suffix in ("parquet", "feather"):
        paths = [str(tmp_path / f"{j}.{suffix}") for j in (1, 2, 3, 4)]
        assert open_source(paths[:3]).class_names == ("a", "b")
        assert open_source(paths[2]).class_names == ()
        with pytest.raises(InputError, match="name different classes"):
            open_source(paths)


def test_pieces_of_a_pandas_table(cli: Cli, tmp_path: Path) -> None:
    """Whose index begins at 0 in the first piece only, where it counts the rows and is not shown."""
    frame = TABLE.to_pandas().reset_index(drop=True)
    for number, start in enumerate((0, 2, 4)):
        frame.iloc[start : start + 2].to_parquet(tmp_path / f"part-{number}.parquet")
    source = open_source([str(tmp_path / "part-*.parquet")])
    (index,) = (name for name in source.columns if name not in frame.columns)
    rows = pa.Table.from_batches(source.batches(source.columns))
    assert rows.column(index).to_pylist() == list(range(6))
    assert isinstance(source, Shards)
    assert [source.at(row) for row in (0, 2, 5, 6)] == [f"file {number} of 3" for number in (1, 2, 3, 3)]
    assert cli("inspect", tmp_path / "part-*.parquet").code == 0


@pytest.mark.parametrize("start", [0, 3])
def test_a_named_pandas_index_is_a_column(start: int, cli: Cli, tmp_path: Path) -> None:
    """Also where it counts the rows and is not stored, so that files of other orders are matched by it."""
    frame = pd.DataFrame({"label": [0, 1, 1, 0, 1, 1], "score": [0.1, 0.9, 0.8, 0.2, 0.7, 0.4]})
    frame.index = pd.RangeIndex(start, start + 6, name="rowid")
    frame[["label"]].to_parquet(tmp_path / "y.parquet")
    frame[["score"]].sample(frac=1, random_state=1).to_parquet(tmp_path / "p.parquet")
    found = cli("score", tmp_path / "p.parquet", "-l", tmp_path / "y.parquet", "-f", "json").json
    assert found["input"]["roles"]["id"] == "rowid"
    assert found["metrics"]["accuracy"]["value"] == 5 / 6
