from __future__ import annotations

import tempfile
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evalcli.loaders.long_table import LongTable
from evalcli.loaders.open import open_source

ROWS = st.lists(
    st.tuples(
        st.sampled_from("abc"), st.integers(0, 3), st.text("01x", min_size=1, max_size=3), st.floats(0, 1)
    ),
    min_size=1,
    max_size=40,
)


@given(rows=ROWS, form=st.sampled_from(("csv", "parquet")))
def test_parts_are_the_rows_of_their_keys_in_order(
    rows: list[tuple[str, int, str, float]], form: str
) -> None:
    table = pa.table(dict(zip(("split", "epoch", "label", "score"), zip(*rows, strict=True), strict=True)))
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/t.{form}"
        if form == "csv":
            pa.csv.write_csv(table, path)
        else:
            pa.parquet.write_table(table, path, row_group_size=7)
        long = LongTable(open_source(path), ["epoch", "split"])
        assert sorted(long.keys) == sorted({(str(epoch), split) for split, epoch, _, _ in rows})
        for number, (epoch, split) in enumerate(long.keys):
            part = long.part(number)
            own = [row for row in rows if (str(row[1]), row[0]) == (epoch, split)]
            batches = list(part.batches(["label", "score"], text=["label"]))
            assert part.rows == len(own) == sum(batch.num_rows for batch in batches)
            assert [value for batch in batches for value in batch.column(0).to_pylist()] == [
                r[2] for r in own
            ]
            scores = [value for batch in batches for value in batch.column(1).to_pylist()]
            assert scores == pytest.approx([r[3] for r in own], abs=1e-12)


def test_a_part_is_a_table_whose_places_are_in_the_file(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("epoch,label,p\n2,b,0.5\n1,a,0.25\n2,a,0.75\n")
    long = LongTable(open_source(str(tmp_path / "t.csv")), ["epoch"])
    assert len(long) == 2 and long.keys == [("2",), ("1",)], "as they come"
    part = long.part(0)
    assert part.columns == ("label", "p") and part.rows == 2
    assert str(part.place("p", 1)).endswith("column p, row 3")
    assert part.files[0].sha256() == open_source(str(tmp_path / "t.csv")).files[0].sha256()
    assert part.files[0].rows == 2


def test_each_column_is_read_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pa.parquet.write_table(
        pa.table({"epoch": [2, 1, 2], "p": [1.0, 2.0, 3.0], "q": [1, 2, 3]}), tmp_path / "t.parquet"
    )
    source, asked = open_source(str(tmp_path / "t.parquet")), []
    batches = source.batches

    def counted(columns, text=(), ids=()):  # type: ignore[no-untyped-def]
        asked.append(tuple(columns))
        return batches(columns, text, ids)

    monkeypatch.setattr(source, "batches", counted)
    long = LongTable(source, ["epoch"])
    for number in range(2):
        list(long.part(number).batches(["p"]))
        list(long.part(number).batches(["q", "p"]))
    assert asked == [("epoch",), ("p",), ("q",)]
